import type { ScheduleHeader, ScheduleLayer, ScheduleTensor } from '../schedule/form/form.js';
import type { Box } from '../workload/box.js';
import { isMatrixOperator, standardLoopClass, type LoopClass } from '../workload/loop-class.js';
import { mapTile, type OperandMap } from '../workload/operand-map.js';
import { volume, type Range } from './grid.js';

/** An operand of a layer: its tensor, and the box of it that a tile needs or makes. */
export interface Operand {
  readonly name: string;
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  readonly indirect: boolean;
  readonly map: OperandMap;
}

export function wholeOf({ dims }: ScheduleTensor): Range {
  const sizes = Object.values(dims);
  return { low: sizes.map(() => 0), high: sizes };
}

export function operandsOf(layer: ScheduleLayer): readonly Operand[] {
  return Object.entries(layer.operands ?? {}).map(([name, { tensor, role, map, indirect }]) => ({ name, tensor, role, map, indirect: indirect === true }));
}

/** The box of a tensor that a tile touches, clipped to it. @param tile by loops */
export function regionOf(map: OperandMap, tile: Box, tensor: ScheduleTensor): Range {
  if (map.kind === 'index') return indexRegion(map, tile, tensor);
  const box = mapTile(map, tile, tensor.dims);
  const dims = Object.keys(tensor.dims);
  return { low: dims.map((dim) => box[dim]![0]), high: dims.map((dim) => box[dim]![1]) };
}

/** Each dimension is a sum of floor((coefficient * loop + shift) / divisor), and a window from there on. */
function indexRegion(map: Extract<OperandMap, { kind: 'index' }>, tile: Box, tensor: ScheduleTensor): Range {
  const bounds = Object.entries(tensor.dims).map(([dim, size]): readonly [number, number] => {
    const expression = map.expressions.find((candidate) => candidate.dim === dim);
    if (expression === undefined) return [0, size];
    let [first, last] = [expression.offset ?? 0, expression.offset ?? 0];
    for (const { loop, coefficient, shift = 0, divisor = 1 } of expression.terms) {
      const [from, to] = tile[loop] ?? [0, 1];
      const ends = [from, to - 1].map((at) => Math.floor((coefficient * at + shift) / divisor));
      first += Math.min(...ends);
      last += Math.max(...ends);
    }
    const low = Math.min(Math.max(first, 0), size);
    return [low, Math.max(low, Math.min(last + (expression.window ?? 1), size))];
  });
  return { low: bounds.map(([low]) => low), high: bounds.map(([, high]) => high) };
}

/** Loops whose steps add up into the same elements of a tensor that the layer makes. */
export function summedLoops(layer: ScheduleLayer, tensor: string, header: ScheduleHeader): string[] {
  const loops = Object.keys(layer.loops);
  const operands = operandsOf(layer);
  if (operands.length === 0) return loops.filter((loop) => classOf(layer, loop, false) === 'reduction');
  const output = operands.find((operand) => operand.role === 'output' && operand.tensor === tensor);
  return output === undefined ? [] : loops.filter((loop) => !isMoved(layer, output.map, loop, header.tensors[tensor]!));
}

/** Whether the region of a loop's first step is another one than that of its last. */
function isMoved({ loops }: ScheduleLayer, map: OperandMap, loop: string, tensor: ScheduleTensor): boolean {
  const whole: Box = Object.fromEntries(Object.entries(loops).map(([name, size]) => [name, [0, size] as const]));
  const size = loops[loop]!;
  const at = (step: number): string => JSON.stringify(regionOf(map, { ...whole, [loop]: [step, step + 1] }, tensor));
  return size > 1 && at(0) !== at(size - 1);
}

/** Of a layer without maps; undefined for what is no matrix product. */
export function classOf(layer: ScheduleLayer, loop: string, isBatched: boolean): LoopClass | undefined {
  if (!isMatrixOperator(layer.operator)) return undefined;
  return layer.loopClasses?.[loop] ?? standardLoopClass(loop, isBatched);
}

const FACTORS: Readonly<Record<string, readonly LoopClass[]>> = {
  I: ['group', 'row', 'reduction'],
  W: ['group', 'column', 'reduction'],
  I2: ['group', 'column', 'reduction'],
  O: ['group', 'row', 'column'],
};
/** What people call the dimensions of a matrix product. */
const LETTERS: Readonly<Record<string, LoopClass>> = { M: 'row', N: 'column', K: 'reduction' };

/** Loops that a factor of a matrix product has; undefined where a window slides over it, or of another operand. */
export function standardLoops(layer: ScheduleLayer, name: string, isBatched: boolean): string[] | undefined {
  const wanted = Object.hasOwn(FACTORS, name) && isMatrixOperator(layer.operator) ? FACTORS[name] : undefined;
  const loops = Object.keys(layer.loops).filter((loop) => layer.loops[loop]! > 1);
  if (wanted === undefined || (name === 'I' && loops.some((loop) => /^F[XYZ]$/.test(loop)))) return undefined;
  return loops.filter((loop) => wanted.includes(classOf(layer, loop, isBatched)!));
}

/**
 * The map of an operand of a layer that states none, where names and sizes leave only one: every dimension is one loop of its size, the
 * one that its letter means or the only one of that size.
 */
export function inferredMap(layer: ScheduleLayer, loops: readonly string[], tensor: ScheduleTensor, isBatched: boolean): OperandMap | undefined {
  const dims = Object.entries(tensor.dims).filter(([, size]) => size > 1);
  if (dims.length !== loops.length) return undefined;
  const pick = (dim: string, size: number): string | undefined => {
    const meant = loops.filter((loop) => classOf(layer, loop, isBatched) === (Object.hasOwn(LETTERS, dim) ? LETTERS[dim] : null));
    if (meant.length === 1 && layer.loops[meant[0]!] === size) return meant[0];
    const fitting = loops.filter((loop) => layer.loops[loop] === size);
    return fitting.length === 1 ? fitting[0] : undefined;
  };
  const picked = dims.map(([dim, size]) => [dim, pick(dim, size)] as const);
  if (picked.some(([, loop]) => loop === undefined) || new Set(picked.map(([, loop]) => loop)).size < picked.length) return undefined;
  const loopOf = new Map(picked);
  const expressions = Object.keys(tensor.dims).map((dim) => ({ dim, terms: loopOf.has(dim) ? [{ loop: loopOf.get(dim)!, coefficient: 1 }] : [] }));
  return { kind: 'index', expressions };
}

/**
 * Whether a box can be what a tile of these sizes has, where nothing says which dimension is which loop.
 *
 * @param mayBeMore more than the tile needs is read of a tensor that has the shape of the operand; @param groups may share a factor
 */
export function hasShape(range: Range, sizes: readonly number[], isOutput: boolean, mayBeMore: boolean, groups: number): boolean {
  const given = range.low.map((low, d) => range.high[d]! - low).filter((size) => size > 1);
  const needed = sizes.filter((size) => size > 1);
  const isFlat = given.length !== needed.length;
  if (!isFlat && !(mayBeMore && !isOutput)) return isSameShape(given, needed);
  const [have, want] = [volume(range), needed.reduce((product, size) => product * size, 1) / (isFlat ? groups : 1)];
  return isOutput ? have === want : have >= want;
}

/** The same sizes, in whatever order, sizes of 1 left out. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return sorted(a.filter((size) => size > 1)) === sorted(b.filter((size) => size > 1));
}

function sorted(sizes: readonly number[]): string {
  return [...sizes].sort((a, b) => a - b).join(' ');
}
