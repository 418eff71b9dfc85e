import type { InputProblem } from '../errors.js';
import { listNames, nearestName } from '../document/nearest.js';
import type { ScheduleHeader } from '../schedule/form/form.js';
import { isRepeat, type ScheduleItem } from '../schedule/form/repeat.js';

/** What operations of a file say of loop nests: each names one that exists, and it turns loops that its layer has. */
export function mappingProblems(header: ScheduleHeader, items: readonly ScheduleItem[], path = 'operations'): InputProblem[] {
  const problems: InputProblem[] = [];
  for (const [index, item] of items.entries()) {
    const place = `${path}.${index}`;
    if (isRepeat(item)) problems.push(...mappingProblems(header, item.operations, `${place}.operations`));
    else if (item.mapping !== undefined && !isTemplate(item.mapping)) problems.push(...operationProblems(header, item.mapping, item.layer, `${place}.mapping`));
    if (problems.length >= MOST) break;
  }
  return problems;
}

/** Problems told at once. */
const MOST = 20;

/** A name that is made anew at each turn of a repeat. */
function isTemplate(name: string): boolean {
  return name.startsWith('=') || name.includes('{');
}

function operationProblems(header: ScheduleHeader, name: string, layer: string | undefined, path: string): InputProblem[] {
  const names = Object.keys(header.mappings ?? {});
  const nest = header.mappings?.[name];
  if (nest === undefined) return [{ path, message: `no mapping '${name}' in the schedule`, expected: listNames(names), ...nearestOf(name, names) }];
  const form = header.layers?.[layer ?? ''];
  if (form === undefined) return [];
  const turned = nest.levels.flatMap((level) => level.loops.map(({ loop }) => loop));
  const stored = form.operands === undefined ? [] : nest.levels.flatMap(({ storage }) => Object.keys(storage));
  return [
    ...foreign(turned, Object.keys(form.loops), `mapping '${name}' turns loop`, layer ?? '', path),
    ...foreign(stored, Object.keys(form.operands ?? {}), `mapping '${name}' stores operand`, layer ?? '', path),
  ];
}

/** The first name that the layer does not have. */
function foreign(names: readonly string[], known: readonly string[], what: string, layer: string, path: string): InputProblem[] {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return [];
  return [{ path, message: `${what} '${unknown}', which layer '${layer}' does not have`, expected: listNames(known), ...nearestOf(unknown, known) }];
}

function nearestOf(word: string, names: readonly string[]): { nearest?: string } {
  const nearest = nearestName(word, names);
  return nearest === undefined ? {} : { nearest };
}
