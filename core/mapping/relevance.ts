import { wholeBox, type Box } from '../workload/box.js';
import type { Layer, Operand } from '../workload/layer.js';
import { termInterval, type IndexExpression } from '../workload/region-map.js';

/**
 * How a loop concerns an operand. `relevant`: each step needs other elements. `irrelevant`: every step needs the same
 * ones (reuse). `partial`: neighbouring steps share some (OY and FY in the input of a convolution).
 */
export type Relevance = 'relevant' | 'irrelevant' | 'partial';

export function loopRelevance(layer: Layer, operand: Operand, loop: string): Relevance {
  const map = operand.map;
  if (map.kind === 'reshape') return map.groups.some((group) => group.from.includes(loop)) ? 'relevant' : 'irrelevant';
  const users = map.expressions.filter((expression) => expression.terms.some((term) => term.loop === loop));
  if (users.length === 0) return 'irrelevant';
  return users.some((expression) => sharesElements(layer, expression, loop)) ? 'partial' : 'relevant';
}

/**
 * Two steps of a loop share elements unless one steps over all that the others of its dimension span
 * (`32 * G + C` with C below 32), or the others step over all that it spans.
 */
function sharesElements(layer: Layer, expression: IndexExpression, loop: string): boolean {
  const own = expression.terms.find((term) => term.loop === loop);
  if (own === undefined) return false;
  const others = expression.terms.filter((term) => term !== own);
  const span = (terms: readonly (typeof own)[]): number =>
    terms.reduce((sum, term) => {
      const [low, high] = termInterval(term, [0, layer.loops[term.loop] ?? 1]);
      return sum + high - 1 - low;
    }, expression.window ?? 1);
  const step = (term: typeof own): number => Math.abs(term.coefficient) / (term.divisor ?? 1);
  if (step(own) >= span(others)) return false;
  return (expression.window ?? 1) > step(own) || others.some((term) => step(term) < span([own]) && (layer.loops[term.loop] ?? 1) > 1);
}

export function relevantLoops(layer: Layer, operand: Operand): string[] {
  return Object.keys(layer.loops).filter((loop) => loopRelevance(layer, operand, loop) !== 'irrelevant');
}

/** Loops that no output depends on: their steps add up into the same elements. */
export function reductionLoops(layer: Layer): string[] {
  const outputs = layer.operands.filter((operand) => operand.role === 'output');
  return Object.keys(layer.loops).filter((loop) => outputs.every((output) => loopRelevance(layer, output, loop) === 'irrelevant'));
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
    const byFirst = first !== undefined && loopRelevance(layer, first, loop) !== 'irrelevant';
    const bySecond = second !== undefined && loopRelevance(layer, second, loop) !== 'irrelevant';
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
