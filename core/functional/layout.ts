import type { Sizes } from '../workload/box.js';

/** Elements that lie between neighbours in each dimension, the last being contiguous. */
export function stridesOf(dims: Sizes): Readonly<Record<string, number>> {
  const strides: Record<string, number> = {};
  let stride = 1;
  for (const name of Object.keys(dims).reverse()) {
    strides[name] = stride;
    stride *= dims[name]!;
  }
  return strides;
}

export function sizesOf(dims: Sizes): number[] {
  return Object.values(dims);
}

export function volumeOfSizes(dims: Sizes): number {
  return sizesOf(dims).reduce((product, size) => product * size, 1);
}

/** Bounds of numbered dimensions, half open. */
export interface Range {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function volumeOfRange({ low, high }: Range): number {
  let volume = 1;
  for (let d = 0; d < low.length; d++) volume *= Math.max(0, high[d]! - low[d]!);
  return volume;
}

/** Calls with the position, in a dense tensor, of every element of a range inside of it (-1 outside), the last dimension fastest. */
export function forEachElement({ low, high }: Range, sizes: readonly number[], visit: (flat: number, index: number) => void): void {
  const count = volumeOfRange({ low, high });
  const at = [...low];
  for (let index = 0; index < count; index++) {
    let flat = 0;
    for (let d = 0; d < sizes.length; d++) flat = at[d]! < 0 || at[d]! >= sizes[d]! ? -Infinity : flat * sizes[d]! + at[d]!;
    visit(flat < 0 ? -1 : flat, index);
    for (let d = low.length - 1; d >= 0 && ++at[d]! === high[d]; d--) at[d] = low[d]!;
  }
}

/** Coordinates of a position, into `at`. */
export function unflatten(flat: number, sizes: readonly number[], at: number[]): void {
  let rest = flat;
  for (let d = sizes.length - 1; d >= 0; d--) {
    at[d] = rest % sizes[d]!;
    rest = Math.floor(rest / sizes[d]!);
  }
}
