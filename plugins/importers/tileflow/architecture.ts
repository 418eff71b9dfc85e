import { InputError } from 'tessera-sim';
import { machineOf, named, part, type ArchitecturePart, type TileflowMachine } from 'tessera-sim/tileflow';
import { isObject, type Section } from './source.js';

const MAXIMUM_LEVELS = 100;

/** The tree of an architecture file (version 0.2) from the outside in. */
export function readArchitecture(section: Section): TileflowMachine {
  if (!isObject(section.value)) section.fail('architecture', 'the architecture is no mapping', 'version and subtree');
  const { version } = section.value;
  if (version !== undefined && Number(version) !== 0.2) section.fail('architecture.version', `version ${JSON.stringify(version)} is not read`, '0.2');
  const parts: ArchitecturePart[] = [];
  let path = 'architecture';
  let [at, copies]: [unknown, number] = [section.value, 1];
  for (let depth = 0; isObject(at) && at['subtree'] !== undefined; depth += 1) {
    if (depth > MAXIMUM_LEVELS) section.fail(path, 'the architecture is too deep', `${MAXIMUM_LEVELS} levels at most`);
    const { subtree } = at;
    if (!Array.isArray(subtree) || subtree.length !== 1 || !isObject(subtree[0]))
      section.fail(`${path}.subtree`, 'a level has no or several parts below it', 'one');
    path = `${path}.subtree.0`;
    at = subtree[0];
    const own: Readonly<Record<string, unknown>> = subtree[0] as Readonly<Record<string, unknown>>;
    located(() => void (copies *= named(own['name'], path).range));
    const { local } = own;
    if (local !== undefined && !Array.isArray(local)) section.fail(`${path}.local`, 'local is no list', 'memories and units');
    for (const [index, one] of ((local ?? []) as unknown[]).entries()) located(() => void parts.push(part(one, `${path}.local.${index}`, copies)));
  }
  return located(() => machineOf(section.file.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, ''), parts, 'architecture'));

  function located<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const [problem] = error.problems;
      return section.fail(problem!.path ?? path, problem!.message, problem!.expected ?? '');
    }
  }
}
