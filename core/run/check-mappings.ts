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
  const loops = Object.keys(header.layers?.[layer ?? '']?.loops ?? {});
  if (layer === undefined || loops.length === 0) return [];
  const unknown = nest.levels.flatMap((level) => level.loops.map(({ loop }) => loop)).find((loop) => !loops.includes(loop));
  if (unknown === undefined) return [];
  return [
    {
      path,
      message: `mapping '${name}' turns loop '${unknown}', which layer '${layer}' does not have`,
      expected: listNames(loops),
      ...nearestOf(unknown, loops),
    },
  ];
}

function nearestOf(word: string, names: readonly string[]): { nearest?: string } {
  const nearest = nearestName(word, names);
  return nearest === undefined ? {} : { nearest };
}
