import type { Schedule, ScheduleLayer, ScheduleOperand, ScheduleTensor } from '../schedule/form/form.js';
import type { Layer, Workload } from '../workload/layer.js';

/**
 * A schedule whose layers have operands where those of a workload have them: of the same name, over the same loops and over tensors of the
 * same names and dimensions. A layer that is not declared is added when an operation computes it.
 */
export function withOperandsOf(schedule: Schedule, workload: Workload): Schedule {
  const declared = schedule.layers ?? {};
  const layers: Record<string, ScheduleLayer> = { ...declared };
  let computed: ReadonlySet<string> | undefined;
  for (const known of workload.layers) {
    const layer = Object.hasOwn(declared, known.name) ? declared[known.name] : undefined;
    if (Object.keys(layer?.operands ?? {}).length > 0) continue;
    if (layer === undefined && !(computed ??= computedLayers(schedule)).has(known.name)) continue;
    const operands = operandsIn(known, layer?.loops ?? known.loops, schedule.tensors, workload);
    if (operands !== undefined) layers[known.name] = { ...(layer ?? { operator: known.operator, loops: known.loops }), operands };
  }
  return { ...schedule, layers };
}

function operandsIn(
  { operands, loops }: Layer,
  mine: Readonly<Record<string, number>>,
  tensors: Readonly<Record<string, ScheduleTensor>>,
  workload: Workload,
): Record<string, ScheduleOperand> | undefined {
  const names = new Set([...Object.keys(loops), ...Object.keys(mine)]);
  if ([...names].some((loop) => (loops[loop] ?? 1) !== (mine[loop] ?? 1))) return undefined;
  const found: Record<string, ScheduleOperand> = {};
  for (const { name, tensor, role, map, indirect } of operands) {
    const dims = Object.hasOwn(tensors, tensor) ? tensors[tensor]!.dims : undefined;
    if (dims === undefined || JSON.stringify(dims) !== JSON.stringify(workload.tensors[tensor]?.dims)) return undefined;
    found[name] = { tensor, role, map, indirect: indirect === true };
  }
  return found;
}

function computedLayers({ operations }: Schedule): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { kind, layer } of operations) if (layer !== undefined && (kind === 'compute' || kind === 'pim')) names.add(layer);
  return names;
}
