import { boxVolume, wholeBox, type Box } from './box.js';
import type { Layer, Operand } from './layer.js';
import type { RegionMap } from './region-map.js';

/**
 * How a loop concerns an operand. `relevant`: each step needs other elements. `irrelevant`: every step needs the same
 * ones (reuse). `partial`: neighbouring steps share some (OY and FY in the input of a convolution).
 */
export type Relevance = 'relevant' | 'irrelevant' | 'partial';

export function loopRelevance(operand: Operand, loop: string): Relevance {
  const map = operand.map;
  if (map.kind === 'reshape') return map.groups.some((group) => group.from.includes(loop)) ? 'relevant' : 'irrelevant';
  const users = map.expressions.filter((expression) => expression.terms.some((term) => term.loop === loop));
  if (users.length === 0) return 'irrelevant';
  return users.some((expression) => sharesElements(expression, loop)) ? 'partial' : 'relevant';
}

type Expression = Extract<RegionMap, { kind: 'index' }>['expressions'][number];

/** Two loops that add up in one dimension share elements unless one steps over the whole range of the other. */
function sharesElements(expression: Expression, loop: string): boolean {
  const term = expression.terms.find((candidate) => candidate.loop === loop);
  const others = expression.terms.filter((candidate) => candidate.loop !== loop);
  const step = Math.abs(term?.coefficient ?? 1) / (term?.divisor ?? 1);
  if ((expression.window ?? 1) > step) return true;
  return others.length > 0 && loop !== 'G' && !others.some((other) => other.loop === 'G');
}

export function relevantLoops(layer: Layer, operand: Operand): string[] {
  return Object.keys(layer.loops).filter((loop) => loopRelevance(operand, loop) !== 'irrelevant');
}

/** Loops that no output depends on: their steps add up into the same elements. */
export function reductionLoops(layer: Layer): string[] {
  const outputs = layer.operands.filter((operand) => operand.role === 'output');
  return Object.keys(layer.loops).filter((loop) => outputs.every((output) => loopRelevance(output, loop) === 'irrelevant'));
}

/** A `mac` layer's tile as `groups` independent matrix products of m x k by k x n. */
export interface MatrixShape {
  readonly groups: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * Reads a tile as matrix products, from the relevance of its loops alone: rows `m` concern the first operand (I) and
 * the output, columns `n` the second (W, or I2) and the output, `k` is reduced, `groups` concern all three.
 */
export function matrixShape(layer: Layer, tile: Box = wholeBox(layer.loops)): MatrixShape {
  const [first, second] = multiplied(layer);
  const reduced = new Set(reductionLoops(layer));
  const shape = { groups: 1, m: 1, n: 1, k: 1 };
  for (const loop of Object.keys(layer.loops)) {
    const [low, high] = tile[loop] ?? [0, layer.loops[loop] ?? 1];
    const byFirst = first !== undefined && loopRelevance(first, loop) !== 'irrelevant';
    const bySecond = second !== undefined && loopRelevance(second, loop) !== 'irrelevant';
    const part = reduced.has(loop) ? 'k' : byFirst && bySecond ? 'groups' : bySecond ? 'n' : 'm';
    shape[part] *= Math.max(0, high - low);
  }
  return shape;
}

/** The two operands that are multiplied: the streamed one (I) and the other (W, or a second activation). */
export function multiplied(layer: Layer): readonly [Operand | undefined, Operand | undefined] {
  const find = (name: string): Operand | undefined => layer.operands.find((operand) => operand.name === name);
  const first = find('I') ?? layer.operands.find((operand) => operand.role === 'activation');
  return [first, find('W') ?? find('I2')];
}

/** Points of the whole iteration space. */
export function iterationPoints(layer: Layer): number {
  return boxVolume(wholeBox(layer.loops));
}
