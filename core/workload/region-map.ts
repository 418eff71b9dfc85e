import type { Box, Interval, Sizes } from './box.js';
import { reshapeBackward, reshapeForward, type ReshapeGroup } from './reshape-map.js';

/** `floor((coefficient * loop + shift) / divisor)`; coefficient not 0, divisor at least 1. */
export interface IndexTerm {
  readonly loop: string;
  readonly coefficient: number;
  readonly shift?: number;
  readonly divisor?: number;
}

/**
 * Where a point of the loops lies in one dimension of a tensor: the sum of the terms plus the offset, and `window`
 * positions from there on (1 when absent). Convolution: `Y = stride * OY + dilation * FY - pad`. No terms and the whole
 * dimension as window: every point needs all of it.
 */
export interface IndexExpression {
  readonly dim: string;
  readonly terms: readonly IndexTerm[];
  readonly offset?: number;
  readonly window?: number;
}

/** From the box of one space (loops) to the smallest box of another (tensor dimensions) that holds all it touches. */
export type RegionMap =
  | { readonly kind: 'index'; readonly expressions: readonly IndexExpression[] }
  | { readonly kind: 'reshape'; readonly groups: readonly ReshapeGroup[] };

export function termInterval(term: IndexTerm, [low, high]: Interval): Interval {
  const at = (value: number): number => Math.floor((term.coefficient * value + (term.shift ?? 0)) / (term.divisor ?? 1));
  const a = at(low);
  const b = at(high - 1);
  return a <= b ? [a, b + 1] : [b, a + 1];
}

function indexInterval(expression: IndexExpression, box: Box): Interval {
  let low = expression.offset ?? 0;
  let last = low;
  for (const term of expression.terms) {
    const part = termInterval(term, box[term.loop] ?? [0, 1]);
    low += part[0];
    last += part[1] - 1;
  }
  return [low, last + (expression.window ?? 1)];
}

/**
 * The region of the target space that a box of the source space touches, clipped to the target (padding holds no data).
 * Exact for affine terms inside the tensor; the gaps of strides are included, also where one steps over the edge.
 */
export function mapForward(map: RegionMap, box: Box, target: Sizes): Box {
  const region: Record<string, Interval> = {};
  const raw = map.kind === 'index' ? unclipped(map.expressions, box) : reshapeForward(map.groups, box);
  let empty = false;
  for (const name in box) if (box[name]![1] <= box[name]![0]) empty = true;
  for (const [name, size] of Object.entries(target)) {
    const [low, high] = raw[name] ?? [0, size];
    const from = Math.min(Math.max(low, 0), size);
    region[name] = empty ? [0, 0] : [from, Math.max(from, Math.min(high, size))];
  }
  return region;
}

/** As `mapForward` for an index map, before clipping: negative at the padding. */
export function unclipped(expressions: readonly IndexExpression[], box: Box): Box {
  const region: Record<string, Interval> = {};
  for (const expression of expressions) region[expression.dim] = indexInterval(expression, box);
  return region;
}

/**
 * The smallest box of the source space (loops) that holds every point which touches the region of the target space;
 * loops that the map does not use are covered whole. Conservative where several terms meet in one dimension.
 */
export function mapBackward(map: RegionMap, region: Box, source: Sizes): Box {
  const box: Record<string, Interval> = {};
  for (const [name, size] of Object.entries(source)) box[name] = [0, size];
  if (map.kind === 'reshape') return narrow(box, reshapeBackward(map.groups, region));
  for (const expression of map.expressions) {
    const wanted = region[expression.dim];
    if (wanted !== undefined) solve(expression, wanted, box);
  }
  return box;
}

function narrow(box: Record<string, Interval>, by: Box): Box {
  for (const [name, [low, high]] of Object.entries(by)) {
    const mine = box[name];
    if (mine !== undefined) box[name] = [Math.max(mine[0], low), Math.max(Math.max(mine[0], low), Math.min(mine[1], high))];
  }
  return box;
}

/**
 * Narrows the loops of one expression to where its value can fall into `wanted`. Every loop is narrowed against the
 * current range of all others until nothing changes: exact for one term and for mixed-radix sums (group * size + c).
 */
function solve(expression: IndexExpression, wanted: Interval, box: Record<string, Interval>): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const term of expression.terms) {
      const mine = box[term.loop] ?? [0, 1];
      const others = { ...expression, terms: expression.terms.filter((other) => other !== term) };
      const [restLow, restHigh] = indexInterval(others, box);
      // The term's value v must satisfy: v + rest overlaps wanted, rest being [restLow, restHigh).
      const next = inverseTerm(term, [wanted[0] - restHigh + 1, wanted[1] - restLow]);
      const low = Math.max(mine[0], next[0]);
      const high = Math.max(low, Math.min(mine[1], next[1]));
      if (low === mine[0] && high === mine[1]) continue;
      box[term.loop] = [low, high];
      changed = high > low;
      if (high === low) return;
    }
  }
}

/** Loop values whose term lies in [low, high). */
function inverseTerm(term: IndexTerm, [low, high]: Interval): Interval {
  const divisor = term.divisor ?? 1;
  const shift = term.shift ?? 0;
  // floor((c x + s) / d) >= low  <=>  c x >= low d - s;   floor(..) < high  <=>  c x < high d - s
  const from = (low * divisor - shift) / term.coefficient;
  const to = (high * divisor - shift) / term.coefficient;
  if (term.coefficient > 0) return [Math.ceil(from), Math.ceil(to)];
  return [Math.floor(to) + 1, Math.floor(from) + 1];
}

/** Each target dimension is the source dimension of the same position: `dims[i] = loops[i]`. */
export function identityMap(dims: readonly string[], loops: readonly string[]): RegionMap {
  return { kind: 'index', expressions: dims.map((dim, i) => ({ dim, terms: [{ loop: loops[i]!, coefficient: 1 }] })) };
}
