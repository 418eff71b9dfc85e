/** A box of a tensor by bounds, half open; the last dimension is contiguous. */
export interface Range {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function volume({ low, high }: Range): number {
  let product = 1;
  for (let d = 0; d < low.length; d++) product *= Math.max(0, high[d]! - low[d]!);
  return product;
}

export function isInside(inner: Range, outer: Range): boolean {
  return inner.low.every((low, d) => low >= outer.low[d]! && inner.high[d]! <= outer.high[d]!);
}

export function isSame(a: Range, b: Range): boolean {
  return isInside(a, b) && isInside(b, a);
}

/** Undefined when they share nothing. */
export function shared(a: Range, b: Range): Range | undefined {
  const low = a.low.map((value, d) => Math.max(value, b.low[d]!));
  const high = a.high.map((value, d) => Math.min(value, b.high[d]!));
  return low.every((value, d) => value < high[d]!) ? { low, high } : undefined;
}

/** Numbers of the elements of a box: one number for all of them, or an array in row-major order. */
export type Numbers = number | Int32Array;

/** One number for each element of a box. */
export class Grid {
  /** Elements that are not 0. */
  present: number;
  private numbers: Numbers;

  constructor(
    readonly range: Range,
    start = 0,
  ) {
    this.numbers = start;
    this.present = start === 0 ? 0 : volume(range);
  }

  /** The numbers of a part; 0 outside of the grid. */
  get(part: Range): Numbers {
    if (typeof this.numbers === 'number' && isInside(part, this.range)) return this.numbers;
    const out = new Int32Array(volume(part));
    const both = shared(part, this.range);
    if (both === undefined) return out;
    const { numbers } = this;
    if (typeof numbers === 'number') forEachRow(part, both, (at, length) => out.fill(numbers, at, at + length));
    else forTwoRows(this.range, part, both, (at, to, length) => out.set(numbers.subarray(at, at + length), to));
    return uniform(out);
  }

  /** Sets a part, which lies inside of the grid. */
  set(part: Range, values: Numbers): void {
    if (typeof values === 'number' && (values === this.numbers || isInside(this.range, part))) {
      if (values !== this.numbers) this.present = values === 0 ? 0 : volume(this.range);
      this.numbers = values;
      return;
    }
    this.present += notZero(values, volume(part)) - notZero(this.get(part), volume(part));
    const numbers = this.spread();
    if (typeof values === 'number') forEachRow(this.range, part, (at, length) => numbers.fill(values, at, at + length));
    else forTwoRows(this.range, part, part, (at, from, length) => numbers.set(values.subarray(from, from + length), at));
  }

  /** An array of its own for every element, where one number stood for all. */
  private spread(): Int32Array {
    if (typeof this.numbers === 'number') this.numbers = new Int32Array(volume(this.range)).fill(this.numbers);
    return this.numbers;
  }
}

function notZero(numbers: Numbers, count: number): number {
  if (typeof numbers === 'number') return numbers === 0 ? 0 : count;
  let found = 0;
  for (let i = 0; i < numbers.length; i++) if (numbers[i] !== 0) found++;
  return found;
}

/** One number where all are the same. */
export function uniform(numbers: Int32Array): Numbers {
  const first = numbers[0];
  if (first === undefined) return 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i] !== first) return numbers;
  return first;
}

/** Every number by a function, which is asked once for neighbours that are equal. */
export function mapped(numbers: Numbers, by: (number: number) => number): Numbers {
  if (typeof numbers === 'number') return by(numbers);
  const out = new Int32Array(numbers.length);
  let [last, result] = [NaN, 0];
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (number !== last) [last, result] = [number, by(number)];
    out[i] = result;
  }
  return uniform(out);
}

/** Two numbers of each of `count` elements by a function, which is asked once for neighbours that are equal. */
export function combined(a: Numbers, b: Numbers, count: number, by: (a: number, b: number) => number): Numbers {
  if (typeof a === 'number' && typeof b === 'number') return by(a, b);
  const out = new Int32Array(count);
  let [lastA, lastB, result] = [NaN, NaN, 0];
  for (let i = 0; i < count; i++) {
    const x = typeof a === 'number' ? a : a[i]!;
    const y = typeof b === 'number' ? b : b[i]!;
    if (x !== lastA || y !== lastB) [lastA, lastB, result] = [x, y, by(x, y)];
    out[i] = result;
  }
  return uniform(out);
}

/** How often each number stands there. */
export function counted(numbers: Numbers, count: number, into: Map<number, number>): void {
  if (typeof numbers === 'number') {
    into.set(numbers, (into.get(numbers) ?? 0) + count);
    return;
  }
  for (let from = 0, to = 1; from < numbers.length; to++) {
    if (to < numbers.length && numbers[to] === numbers[from]) continue;
    into.set(numbers[from]!, (into.get(numbers[from]!) ?? 0) + to - from);
    from = to;
  }
}

/** The rows of a part of a box: where each begins in the box, and its length. */
function forEachRow(box: Range, part: Range, row: (at: number, length: number) => void): void {
  forTwoRows(box, box, part, (at, _, length) => row(at, length));
}

/** The rows of a part of two boxes: where each begins in either. */
function forTwoRows(a: Range, b: Range, part: Range, row: (inA: number, inB: number, length: number) => void): void {
  const last = part.low.length - 1;
  const point = [...part.low];
  const length = part.high[last]! - part.low[last]!;
  if (volume(part) === 0) return;
  for (;;) {
    row(positionIn(a, point), positionIn(b, point), length);
    let d = last - 1;
    while (d >= 0 && ++point[d]! === part.high[d]!) point[d] = part.low[d--]!;
    if (d < 0) return;
  }
}

function positionIn({ low, high }: Range, point: readonly number[]): number {
  let position = 0;
  for (let d = 0; d < low.length; d++) position = position * (high[d]! - low[d]!) + point[d]! - low[d]!;
  return position;
}
