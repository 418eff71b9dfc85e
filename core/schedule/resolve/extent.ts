import type { StateExchange } from '../../kernel/state.js';

/**
 * Boxes as the executor holds them: low and high bounds by dimension index, half open. (core/workload has boxes by
 * dimension name; here the names are resolved once, and the rest is arithmetic.)
 */
export interface Extent {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function volumeOf({ low, high }: Extent): number {
  let volume = 1;
  for (let d = 0; d < low.length; d++) volume *= Math.max(0, high[d]! - low[d]!);
  return volume;
}

export function overlaps(a: Extent, b: Extent): boolean {
  for (let d = 0; d < a.low.length; d++) {
    if (a.low[d]! >= b.high[d]! || b.low[d]! >= a.high[d]!) return false;
  }
  return true;
}

export function covers(outer: Extent, inner: Extent): boolean {
  if (outer === inner) return true;
  for (let d = 0; d < outer.low.length; d++) {
    if (outer.low[d]! > inner.low[d]! || outer.high[d]! < inner.high[d]!) return false;
  }
  return true;
}

/** The common part of two boxes that overlap. */
export function intersection(a: Extent, b: Extent): Extent {
  const low = new Array<number>(a.low.length);
  const high = new Array<number>(a.low.length);
  for (let d = 0; d < a.low.length; d++) {
    low[d] = Math.max(a.low[d]!, b.low[d]!);
    high[d] = Math.min(a.high[d]!, b.high[d]!);
  }
  return { low, high };
}

export function sameExtent(a: Extent, b: Extent): boolean {
  if (a === b) return true;
  for (let d = 0; d < a.low.length; d++) if (a.low[d] !== b.low[d] || a.high[d] !== b.high[d]) return false;
  return a.low.length === b.low.length;
}

export function intersectionVolume(a: Extent, b: Extent): number {
  let volume = 1;
  for (let d = 0; d < a.low.length; d++) {
    const size = Math.min(a.high[d]!, b.high[d]!) - Math.max(a.low[d]!, b.low[d]!);
    if (size <= 0) return 0;
    volume *= size;
  }
  return volume;
}

/** The parts of `a` outside `b`: at most two a dimension, disjoint. */
export function subtract(a: Extent, b: Extent): Extent[] {
  if (!overlaps(a, b)) return [a];
  const parts: Extent[] = [];
  if (covers(b, a)) return parts;
  // What is left of `a`, smaller by each part that is cut off.
  let { low, high } = a;
  for (let d = 0; d < low.length; d++) {
    const from = b.low[d]!;
    const to = b.high[d]!;
    if (low[d]! < from) {
      parts.push({ low, high: withBound(high, d, from) });
      low = withBound(low, d, from);
    }
    if (high[d]! > to) {
      parts.push({ low: withBound(low, d, to), high });
      high = withBound(high, d, to);
    }
  }
  return parts;
}

function withBound(bounds: readonly number[], dimension: number, bound: number): readonly number[] {
  const changed = bounds.slice();
  changed[dimension] = bound;
  return changed;
}

/** The one box that both make together when they differ in one dimension and touch there; else undefined. */
export function merged(a: Extent, b: Extent): Extent | undefined {
  let along = -1;
  for (let d = 0; d < a.low.length; d++) {
    if (a.low[d] === b.low[d] && a.high[d] === b.high[d]) continue;
    if (along >= 0 || (a.high[d] !== b.low[d] && b.high[d] !== a.low[d])) return undefined;
    along = d;
  }
  const low = a.low.slice();
  const high = a.high.slice();
  if (along >= 0) {
    low[along] = Math.min(a.low[along]!, b.low[along]!);
    high[along] = Math.max(a.high[along]!, b.high[along]!);
  }
  return { low, high };
}

/** A box of a chain. */
interface ChainedBox {
  readonly extent: Extent;
  readonly after: ChainedBox | undefined;
}

/** Smallest box that holds all of a chain. */
export function boundingExtent(first: ChainedBox): Extent {
  const low = [...first.extent.low];
  const high = [...first.extent.high];
  for (let box = first.after; box !== undefined; box = box.after) {
    for (let d = 0; d < low.length; d++) {
      low[d] = Math.min(low[d]!, box.extent.low[d]!);
      high[d] = Math.max(high[d]!, box.extent.high[d]!);
    }
  }
  return { low, high };
}

/** Saves a box, or loads a new one. */
export function exchangeExtent(s: StateExchange, extent: Extent | undefined): Extent {
  const low = s.loading ? [] : [...extent!.low];
  const high = s.loading ? [] : [...extent!.high];
  s.numbers(low);
  s.numbers(high);
  return s.loading ? { low, high } : extent!;
}
