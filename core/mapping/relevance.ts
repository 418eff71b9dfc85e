import type { Sizes } from '../workload/box.js';
import type { Layer, Operand } from '../workload/layer.js';
import { termInterval, type IndexExpression, type RegionMap } from '../workload/region-map.js';

/**
 * How a loop concerns an operand. `relevant`: each step needs other elements. `irrelevant`: every step needs the same
 * ones (reuse). `partial`: neighbouring steps share some (OY and FY in the input of a convolution).
 */
export type Relevance = 'relevant' | 'irrelevant' | 'partial';

export function loopRelevance(layer: Layer, operand: Operand, loop: string): Relevance {
  return operandRelevance(layer.loops, operand.map, loop);
}

/** As `loopRelevance`, of the loops and the map alone. */
export function operandRelevance(loops: Sizes, map: RegionMap, loop: string): Relevance {
  if (map.kind === 'reshape') return map.groups.some((group) => group.from.includes(loop)) ? 'relevant' : 'irrelevant';
  const users = map.expressions.filter((expression) => expression.terms.some((term) => term.loop === loop));
  if (users.length === 0) return 'irrelevant';
  return users.some((expression) => sharesElements(loops, expression, loop)) ? 'partial' : 'relevant';
}

/**
 * Two steps of a loop share elements unless one steps over all that the others of its dimension span
 * (`32 * G + C` with C below 32), or the others step over all that it spans.
 */
function sharesElements(loops: Sizes, expression: IndexExpression, loop: string): boolean {
  const own = expression.terms.find((term) => term.loop === loop);
  if (own === undefined) return false;
  const others = expression.terms.filter((term) => term !== own);
  const span = (terms: readonly (typeof own)[]): number =>
    terms.reduce((sum, term) => {
      const [low, high] = termInterval(term, [0, loops[term.loop] ?? 1]);
      return sum + high - 1 - low;
    }, expression.window ?? 1);
  const step = (term: typeof own): number => Math.abs(term.coefficient) / (term.divisor ?? 1);
  if (step(own) >= span(others)) return false;
  return (expression.window ?? 1) > step(own) || others.some((term) => step(term) < span([own]) && (loops[term.loop] ?? 1) > 1);
}

export function relevantLoops(layer: Layer, operand: Operand): string[] {
  return Object.keys(layer.loops).filter((loop) => loopRelevance(layer, operand, loop) !== 'irrelevant');
}

/** Loops that no output depends on: their steps add up into the same elements. */
export function reductionLoops(layer: Layer): string[] {
  const outputs = layer.operands.filter((operand) => operand.role === 'output');
  return Object.keys(layer.loops).filter((loop) => outputs.every((output) => loopRelevance(layer, output, loop) === 'irrelevant'));
}
