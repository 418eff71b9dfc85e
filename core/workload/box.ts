/**
 * N-dimensional half-open boxes over named dimensions: `{ C: [0, 64], Y: [4, 8] }`. The same form as the regions of a
 * tile schedule. Functions that take two boxes want the same dimensions in both unless they say otherwise.
 */
export type Interval = readonly [low: number, high: number];
export type Box = Readonly<Record<string, Interval>>;

/** Ordered dimension (or loop) sizes; the last one is contiguous in memory. */
export type Sizes = Readonly<Record<string, number>>;

/** The whole space `[0, size)` in each dimension. */
export function wholeBox(sizes: Sizes): Box {
  return mapSizes(sizes, (_, size) => [0, size]);
}

/** The tile that starts at `at` (0 where absent) and is `sizes` large (1 where absent), in the space of `space`. */
export function tileBox(space: Sizes, at: Sizes, sizes: Sizes): Box {
  return mapSizes(space, (name) => {
    const low = at[name] ?? 0;
    return [low, low + (sizes[name] ?? 1)];
  });
}

/** Fills in dimensions that the box leaves out (they are covered whole) and puts them in the order of `sizes`. */
export function completeBox(sizes: Sizes, box: Box): Box {
  return mapSizes(sizes, (name, size) => box[name] ?? [0, size]);
}

function mapSizes(sizes: Sizes, interval: (name: string, size: number) => Interval): Box {
  const box: Record<string, Interval> = {};
  for (const [name, size] of Object.entries(sizes)) box[name] = interval(name, size);
  return box;
}

/** Number of points; 0 when any interval is empty. A box without dimensions is one point (a scalar). */
export function boxVolume(box: Box): number {
  let volume = 1;
  for (const name in box) volume *= Math.max(0, box[name]![1] - box[name]![0]);
  return volume;
}

export function isEmptyBox(box: Box): boolean {
  for (const name in box) if (box[name]![1] <= box[name]![0]) return true;
  return false;
}

/** Size in each dimension. */
export function boxSizes(box: Box): Sizes {
  const sizes: Record<string, number> = {};
  for (const name in box) sizes[name] = Math.max(0, box[name]![1] - box[name]![0]);
  return sizes;
}

/** Common part; dimensions that only one of them names are taken from that one. Undefined when there is none. */
export function intersectBoxes(a: Box, b: Box): Box | undefined {
  const both: Record<string, Interval> = { ...a };
  for (const name in b) {
    const mine = a[name];
    const theirs = b[name]!;
    both[name] = mine === undefined ? theirs : [Math.max(mine[0], theirs[0]), Math.min(mine[1], theirs[1])];
  }
  return isEmptyBox(both) ? undefined : both;
}

/** Whether every point of `inner` lies in `outer`; an empty box lies in any. */
export function boxContains(outer: Box, inner: Box): boolean {
  if (isEmptyBox(inner)) return true;
  for (const name in inner) {
    const bounds = outer[name];
    if (bounds !== undefined && (bounds[0] > inner[name]![0] || bounds[1] < inner[name]![1])) return false;
  }
  return true;
}

/** The parts of `a` outside `b`: disjoint, at most two a dimension. */
export function subtractBox(a: Box, b: Box): Box[] {
  if (intersectBoxes(a, b) === undefined) return isEmptyBox(a) ? [] : [a];
  const parts: Box[] = [];
  let rest: Box = a;
  for (const name in a) {
    const [low, high] = rest[name]!;
    const cut = b[name] ?? [low, high];
    if (low < cut[0]) parts.push({ ...rest, [name]: [low, cut[0]] });
    if (high > cut[1]) parts.push({ ...rest, [name]: [cut[1], high] });
    rest = { ...rest, [name]: [Math.max(low, cut[0]), Math.min(high, cut[1])] };
  }
  return parts;
}

/** Whether `box` is covered by the boxes together (which may overlap one another). */
export function unionContains(boxes: readonly Box[], box: Box): boolean {
  let rest: Box[] = isEmptyBox(box) ? [] : [box];
  for (const covering of boxes) {
    if (rest.length === 0) return true;
    rest = rest.flatMap((part) => subtractBox(part, covering));
  }
  return rest.length === 0;
}

/** The smallest box around both. An empty box adds nothing. */
export function boundingBox(a: Box, b: Box): Box {
  if (isEmptyBox(a)) return b;
  if (isEmptyBox(b)) return a;
  const hull: Record<string, Interval> = {};
  for (const name in a) {
    const other = b[name] ?? a[name]!;
    hull[name] = [Math.min(a[name]![0], other[0]), Math.max(a[name]![1], other[1])];
  }
  return hull;
}

/** `C[0,64) Y[4,8)`, for messages. */
export function formatBox(box: Box): string {
  const parts = Object.entries(box).map(([name, [low, high]]) => `${name}[${low},${high})`);
  return parts.length === 0 ? 'scalar' : parts.join(' ');
}
