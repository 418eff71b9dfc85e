import type { SizedLoop, ZigzagLayer, ZigzagOperand } from './form.js';

/** How a loop touches an operand: it picks other data, repeats the same, or slides over them (`ox` and `fx` of an input). */
export type Relevance = 'relevant' | 'irrelevant' | 'partial';

export function relevance(layer: ZigzagLayer, operand: ZigzagOperand, loop: string): Relevance {
  if (operand.dims.includes(loop)) return 'relevant';
  const slides = layer.relations.some(({ dim }) => operand.dims.includes(dim));
  if (slides && layer.relations.some(({ terms }) => terms.some((term) => term.loop === loop))) return 'partial';
  return 'irrelevant';
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Number of different values of `sa * a + sb * b`, with a and b counted from 0. */
export function slidingSize(sa: number, a: number, sb: number, b: number): number {
  const divisor = gcd(sa, sb);
  return Math.trunc(a * b - Math.max(0, b - sa / divisor) * (a - sb / divisor));
}

/** Size of an input dimension that loops of these sizes touch. */
export function relatedSize(layer: ZigzagLayer, dim: string, size: (loop: string) => number): number {
  const relation = layer.relations.find((candidate) => candidate.dim === dim)!;
  const [first, second] = relation.terms;
  const full = slidingSize(first.factor, size(first.loop), second.factor, size(second.loop));
  return Math.min(full, layer.clippedDims?.[dim] ?? Infinity);
}

/** Elements of an operand that the whole layer touches. */
export function operandElements(layer: ZigzagLayer, operand: ZigzagOperand): number {
  const size = (loop: string): number => layer.loops[loop] ?? 1;
  return operand.dims.reduce((all, dim) => all * (layer.relations.some((relation) => relation.dim === dim) ? relatedSize(layer, dim, size) : size(dim)), 1);
}

/** What a loop does to an operand: `data` times more of them, each used `reuse` times. */
export interface SplitLoop {
  readonly data: number;
  readonly reuse: number;
}

/** Splits loops of each level into data and reuse; loops that slide over the same dimension are taken together from the innermost on. */
export function splitLoops(layer: ZigzagLayer, operand: ZigzagOperand, levels: readonly (readonly SizedLoop[])[]): SplitLoop[][] {
  const sizes = new Map<string, number>();
  const done = new Map<string, SplitLoop>();
  const split = ([loop, factor]: SizedLoop): SplitLoop => {
    const kind = relevance(layer, operand, loop);
    if (kind === 'relevant') return { data: factor, reuse: 1 };
    if (kind === 'irrelevant') return { data: 1, reuse: factor };
    const relation = layer.relations.find(({ terms }) => terms.some((term) => term.loop === loop))!;
    sizes.set(loop, (sizes.get(loop) ?? 1) * factor);
    const size = (name: string): number => sizes.get(name) ?? 1;
    const data = relatedSize(layer, relation.dim, (name) => wholeSize(size(name)));
    const reuse = (size(relation.terms[0].loop) * size(relation.terms[1].loop)) / data;
    const before = done.get(relation.dim) ?? { data: 1, reuse: 1 };
    done.set(relation.dim, { data, reuse });
    return { data: data / before.data, reuse: reuse / before.reuse };
  };
  return levels.map((loops) => loops.map(split));
}

/** Fractions of an unrolling are cut off where sliding windows are counted. */
const wholeSize = (size: number): number => Math.trunc(size + 1e-9);
