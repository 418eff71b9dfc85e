import type { Box, Interval, Sizes } from './box.js';

/**
 * A reshape keeps the row-major order of the elements. It falls apart into groups of neighbouring dimensions with equal
 * products on both sides (`[B, 768] -> [B, 12, 64]`: B; 768 | 12 x 64), each of which is mapped by linear position.
 */
export interface ReshapeGroup {
  /** Source space (loops, outermost first) and its sizes. */
  readonly from: readonly string[];
  readonly fromSizes: readonly number[];
  /** Target space and its sizes, with the same product. */
  readonly to: readonly string[];
  readonly toSizes: readonly number[];
}

/** Cuts a reshape into its smallest groups. Both sides must have the same, non-zero product. */
export function reshapeGroups(from: Sizes, to: Sizes): ReshapeGroup[] {
  const source = Object.entries(from);
  const target = Object.entries(to);
  const groups: ReshapeGroup[] = [];
  let i = 0;
  let j = 0;
  while (i < source.length || j < target.length) {
    const a = source.slice(i, i + 1);
    const b = target.slice(j, j + 1);
    i += a.length;
    j += b.length;
    while (productOf(a) !== productOf(b)) {
      const takeSource = productOf(a) < productOf(b);
      const next = takeSource ? source[i++] : target[j++];
      if (next === undefined) throw new RangeError(`cannot reshape ${sizesText(from)} to ${sizesText(to)}`);
      (takeSource ? a : b).push(next);
    }
    groups.push({ from: a.map(first), fromSizes: a.map(second), to: b.map(first), toSizes: b.map(second) });
  }
  return groups;
}

const first = (entry: readonly [string, number]): string => entry[0];
const second = (entry: readonly [string, number]): number => entry[1];
const productOf = (entries: readonly (readonly [string, number])[]): number => entries.reduce((product, entry) => product * entry[1], 1);
const sizesText = (sizes: Sizes): string => `[${Object.values(sizes).join(', ')}]`;

/** Bounding box, in the target, of a box of the source. */
export function reshapeForward(groups: readonly ReshapeGroup[], box: Box): Box {
  return Object.assign({}, ...groups.map((group) => linearHull(group.from, group.fromSizes, group.to, group.toSizes, box))) as Box;
}

/** Bounding box, in the source, of a box of the target. */
export function reshapeBackward(groups: readonly ReshapeGroup[], box: Box): Box {
  return Object.assign({}, ...groups.map((group) => linearHull(group.to, group.toSizes, group.from, group.fromSizes, box))) as Box;
}

/**
 * A box spans the linear positions from its first to its last point. All positions in between lie in the box that has
 * the common leading coordinates of both ends, spans the first differing one, and is whole behind it.
 */
function linearHull(from: readonly string[], fromSizes: readonly number[], to: readonly string[], toSizes: readonly number[], box: Box): Box {
  let low = 0;
  let last = 0;
  from.forEach((name, d) => {
    const size = fromSizes[d] ?? 1;
    const [start, end] = box[name] ?? [0, size];
    low = low * size + start;
    last = last * size + Math.max(start, end - 1);
  });
  const hull: Record<string, Interval> = {};
  let stride = toSizes.reduce((product, size) => product * size, 1);
  let apart = false;
  to.forEach((name, d) => {
    const size = toSizes[d] ?? 1;
    stride /= size;
    const start = Math.floor(low / stride) % size;
    const end = Math.floor(last / stride) % size;
    hull[name] = apart ? [0, size] : [start, end + 1];
    apart ||= start !== end;
  });
  return hull;
}
