import { wholeBox, type Box, type Sizes } from '../workload/box.js';
import type { Layer } from '../workload/layer.js';
import type { LoopClass } from '../workload/loop-class.js';
import { mapTile, type OperandMap } from '../workload/operand-map.js';
import { operandRelevance } from './relevance.js';

/** What of an operand says what the loops are for. */
export interface ClassifiedOperand {
  readonly name: string;
  readonly role: 'weight' | 'activation' | 'output';
  readonly map: OperandMap;
}

/**
 * What each loop of a matrix product is for, from the maps of its operands alone: rows concern the first factor and the output,
 * columns the second (see `factorsOf`), groups both, and what no output knows of is summed.
 *
 * @param dims dimensions of an operand's tensor, for maps that go through other tensors
 */
export function loopClassesOf(loops: Sizes, operands: readonly ClassifiedOperand[], dims: (operand: ClassifiedOperand) => Sizes): LoopClass[] {
  const outputs = operands.filter(({ role }) => role === 'output');
  const concerns = (operand: ClassifiedOperand | undefined, loop: string): boolean =>
    operand !== undefined && isConcerned(loops, operand.map, loop, dims(operand));
  const names = Object.keys(loops);
  const isSummed = names.map((loop) => !outputs.some((output) => concerns(output, loop)));
  const [first, second] = factorsOf(operands, (operand) => names.some((loop, l) => isSummed[l] === true && concerns(operand, loop)));
  return names.map((loop, l) => {
    if (isSummed[l] === true) return 'reduction';
    if (!concerns(second, loop)) return 'row';
    return concerns(first, loop) ? 'group' : 'column';
  });
}

/** Whether a loop moves the region of a map. */
export function isConcerned(loops: Sizes, map: OperandMap, loop: string, dims: Sizes): boolean {
  return map.kind === 'chain' ? moves(loops, map, loop, dims) : operandRelevance(loops, map, loop) !== 'irrelevant';
}

/** Whether the region of the first step and that of the last one differ. */
function moves(loops: Sizes, map: OperandMap, loop: string, dims: Sizes): boolean {
  const size = loops[loop] ?? 1;
  if (size < 2) return false;
  const whole = wholeBox(loops);
  const first = mapTile(map, { ...whole, [loop]: [0, 1] }, dims);
  const last = mapTile(map, { ...whole, [loop]: [size - 1, size] }, dims);
  return !sameBox(first, last);
}

function sameBox(a: Box, b: Box): boolean {
  for (const name in a) if (a[name]![0] !== b[name]?.[0] || a[name]![1] !== b[name]?.[1]) return false;
  return true;
}

/**
 * The two operands that are multiplied: I and W, or I and I2. Where they have other names, the first activation, and of the rest what is
 * summed over (a bias is not), a weight rather than an activation.
 */
export function factorsOf<T extends { readonly name: string; readonly role: string }>(
  operands: readonly T[],
  isSummedOver: (operand: T) => boolean,
): readonly [T | undefined, T | undefined] {
  const named = (name: string): T | undefined => operands.find((operand) => operand.name === name);
  const first = named('I') ?? operands.find(({ role }) => role === 'activation');
  const rest = operands.filter((operand) => operand !== first && operand.role !== 'output');
  const summed = rest.filter(isSummedOver);
  const likely = summed.length > 0 ? summed : rest;
  return [first, named('W') ?? named('I2') ?? likely.find(({ role }) => role === 'weight') ?? likely[0]];
}

/** A `mac` layer's tile as `groups` independent matrix products of m x k by k x n. */
export interface MatrixShape {
  readonly groups: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

const PART_OF = { group: 'groups', row: 'm', column: 'n', reduction: 'k' } as const;

const classesOfLayer = new WeakMap<Layer, readonly LoopClass[]>();

/** Reads a tile as matrix products, from the relevance of its loops alone. */
export function matrixShape(layer: Layer, tile: Box = wholeBox(layer.loops)): MatrixShape {
  let classes = classesOfLayer.get(layer);
  if (classes === undefined) classesOfLayer.set(layer, (classes = loopClassesOf(layer.loops, layer.operands, () => ({}))));
  const shape = { groups: 1, m: 1, n: 1, k: 1 };
  Object.keys(layer.loops).forEach((loop, index) => {
    const [low, high] = tile[loop] ?? [0, layer.loops[loop] ?? 1];
    shape[PART_OF[classes![index]!]] *= Math.max(0, high - low);
  });
  return shape;
}
