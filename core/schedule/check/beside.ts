import { InputError } from '../../errors.js';
import { layerViewOf } from '../../mapping/layer-view.js';
import type { Layer, Operand, Workload, WorkloadTensor } from '../../workload/layer.js';
import type { RegionMap } from '../../workload/region-map.js';
import type { ScheduleHeader, ScheduleLayer, ScheduleOperand, ScheduleTensor } from '../form/form.js';

type Layers = Readonly<Record<string, ScheduleLayer>>;

/**
 * The layers as the checks see them: those of the schedule, first and in its order. Where one states no operands, and where one is not
 * declared at all, the layer of the same name in the workload that stands beside speaks for it.
 */
export function layersBeside({ layers = {}, tensors }: Pick<ScheduleHeader, 'layers' | 'tensors'>, workload: Workload | undefined): Layers {
  if (workload === undefined) return layers;
  const all: Record<string, ScheduleLayer> = { ...layers };
  for (const known of workload.layers) {
    const declared = Object.hasOwn(layers, known.name) ? layers[known.name] : undefined;
    if (Object.keys(declared?.operands ?? {}).length > 0) continue;
    const filled = layerOf(known, declared, tensors, workload.tensors);
    if (filled !== undefined) all[known.name] = filled;
  }
  return all;
}

/** Undefined where the schedule calls loops or tensors by other names than the workload: then nothing says what is what. */
function layerOf(
  known: Layer,
  declared: ScheduleLayer | undefined,
  tensors: Readonly<Record<string, ScheduleTensor>>,
  theirs: Readonly<Record<string, WorkloadTensor>>,
): ScheduleLayer | undefined {
  const base: ScheduleLayer = declared ?? { operator: known.operator, class: known.class, loops: known.loops };
  if (longLoops(base.loops) !== longLoops(known.loops)) return undefined;
  const operands: Record<string, ScheduleOperand> = {};
  for (const operand of known.operands) {
    const map = mapIn(operand, base.loops, own(tensors, operand.tensor), own(theirs, operand.tensor));
    if (map === undefined) return undefined;
    operands[operand.name] = { tensor: operand.tensor, role: operand.role, map, ...(operand.indirect === true ? { indirect: true } : {}) };
  }
  const { loopClasses: _, ...rest } = base;
  const filled = { ...rest, operands };
  return compiles(known.name, filled, tensors) ? filled : undefined;
}

/** A map of the workload for the schedule's tensor of that name: same dimensions, or the same sizes under other names. */
function mapIn(
  { map }: Operand,
  loops: Readonly<Record<string, number>>,
  mine: ScheduleTensor | undefined,
  theirs: WorkloadTensor | undefined,
): RegionMap | undefined {
  if (mine === undefined || theirs === undefined) return undefined;
  const [names, known] = [Object.keys(mine.dims), Object.keys(theirs.dims)];
  const isSame = names.length === known.length && names.every((name) => mine.dims[name] === own(theirs.dims, name));
  if (!isSame && (map.kind !== 'index' || Object.values(mine.dims).join() !== Object.values(theirs.dims).join())) return undefined;
  if (map.kind !== 'index') return map;
  const expressions = map.expressions.map(({ dim, terms, ...rest }) => ({
    ...rest,
    dim: isSame ? dim : names[known.indexOf(dim)]!,
    // A loop of one step that the schedule leaves out stands at 0.
    terms: terms.filter(({ loop, shift = 0 }) => Object.hasOwn(loops, loop) || shift !== 0),
  }));
  return { kind: 'index', expressions };
}

function longLoops(loops: Readonly<Record<string, number>>): string {
  const long = Object.entries(loops).filter(([, size]) => size > 1);
  return long
    .map(([loop, size]) => `${loop} ${size}`)
    .sort()
    .join();
}

function compiles(name: string, layer: ScheduleLayer, tensors: Readonly<Record<string, ScheduleTensor>>): boolean {
  try {
    layerViewOf(0, name, layer, tensors);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
