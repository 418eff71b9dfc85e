import { isPlainObject, type Places } from '../../document/places.js';
import { InputError, type SourcePlace } from '../../errors.js';
import { importPart, importSource } from '../../plugin/import-source.js';
import type { PluginRegistry } from '../../plugin/registry.js';
import type { ToolContexts } from '../../plugin/tool-contexts.js';
import type { LoadTools } from '../load-tools.js';
import { readImport } from '../parts.js';

export function namesMachineImport(document: Record<string, unknown>): boolean {
  return isPlainObject(document['machine']) && document['machine']['import'] !== undefined;
}

/**
 * `machine: { import: { use, file or files, with }, set: ... }`: what the importer makes stands in place of the import, and the other
 * keys of the machine are laid over it.
 */
export async function importMachine(document: Record<string, unknown>, registry: PluginRegistry, tools: LoadTools, contexts: ToolContexts): Promise<void> {
  const { places, problems } = tools;
  const machine = document['machine'] as Record<string, unknown>;
  const written = machine['import'];
  const source = isPlainObject(written) ? written : { file: written };
  if (source !== written) places.copyChild(machine, 'import', source, 'file');
  const found = readImport(source, 'machine.import', 'machine', registry, tools);
  if (found === undefined) return;
  const { file, furtherFiles = [], importer, config, place } = found;
  try {
    const sources = [file, ...furtherFiles].map((name) => importSource(name, (sibling) => void tools.files.readBytes(sibling)));
    const made = await importPart(registry.get('importer', importer), 'machine', sources, config, contexts.for(`importer ${importer}`));
    const base = structuredClone(made) as Record<string, unknown>;
    placeAll(base, place, places);
    const others = { ...machine };
    const own = places.ofSelf(machine);
    if (own !== undefined) places.setOwn(others, own);
    for (const key of Object.keys(machine)) places.copyChild(machine, key, others);
    delete others['import'];
    document['machine'] = places.merge(base, others);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.addAll(error.problems.map((problem) => locatedIn(problem.file, [file, ...furtherFiles], problem, place)));
  }
}

/** What the importer made has no lines of its own: messages name the place of the import. */
function placeAll(value: unknown, place: SourcePlace, places: Places): void {
  if (typeof value !== 'object' || value === null) return;
  places.setOwn(value, place);
  for (const child of Object.values(value)) placeAll(child, place, places);
}

/** Importers know files by their last names; a problem without one is the import's. */
function locatedIn<P extends { readonly file?: string; readonly path?: string }>(
  name: string | undefined,
  files: readonly string[],
  problem: P,
  place: SourcePlace,
): P {
  if (name === undefined) return { ...place, ...problem };
  return { ...problem, file: files.find((one) => one.endsWith(name)) ?? name };
}
