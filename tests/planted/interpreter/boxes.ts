import type { Box, Tensor } from '../schedule-text.js';

/** A box by bounds, in the order of the tensor's dimensions. */
export interface Range {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function sizesOf(tensor: Tensor): number[] {
  return Object.values(tensor.dims);
}

export function elementsOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** Bounds of a named box; undefined when it is empty or leaves the tensor. */
export function rangeOf(tensor: Tensor, box: Box | undefined): Range | undefined {
  const dims = Object.entries(tensor.dims);
  for (const name in box) if (tensor.dims[name] === undefined) return undefined;
  const low: number[] = [];
  const high: number[] = [];
  for (const [name, size] of dims) {
    const [from, to] = box?.[name] ?? [0, size];
    if (!(from >= 0 && to <= size && from < to)) return undefined;
    low.push(from);
    high.push(to);
  }
  return { low, high };
}

export function boxOf(tensor: Tensor, range: Range): Box {
  return Object.fromEntries(Object.keys(tensor.dims).map((name, d) => [name, [range.low[d]!, range.high[d]!]]));
}

/** Row-major positions of the elements of a box in its tensor. */
export function indicesOf(sizes: readonly number[], { low, high }: Range): number[] {
  let found = [0];
  for (let d = 0; d < sizes.length; d++) {
    const next: number[] = [];
    for (const base of found) for (let i = low[d]!; i < high[d]!; i++) next.push(base * sizes[d]! + i);
    found = next;
  }
  return found;
}

/** The smallest box around some elements. */
export function hullOf(sizes: readonly number[], indices: Iterable<number>): Range | undefined {
  const low = sizes.map(() => Infinity);
  const high = sizes.map(() => 0);
  let isEmpty = true;
  for (let index of indices) {
    isEmpty = false;
    for (let d = sizes.length - 1; d >= 0; d--) {
      const at = index % sizes[d]!;
      index = (index - at) / sizes[d]!;
      if (at < low[d]!) low[d] = at;
      if (at >= high[d]!) high[d] = at + 1;
    }
  }
  return isEmpty ? undefined : { low, high };
}
