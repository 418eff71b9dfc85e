import type { Box } from './box.js';

interface Bounds {
  readonly low: number[];
  readonly high: number[];
}

/**
 * A set of points held as disjoint boxes. Neighbours that make one box together are joined at once, so that a regular
 * tiling, walked in any loop order, keeps about one box per loop however many tiles it has (10^7 and more).
 */
export class BoxSet {
  private readonly boxes: Bounds[] = [];
  private coveredVolume = 0;

  /** @param dimensions names that count; a box must have them all, others are ignored. */
  constructor(readonly dimensions: readonly string[]) {}

  /** Adds a box. Returns how many of its points were in the set already: 0 when it does not overlap. */
  add(box: Box): number {
    const bounds = this.boundsOf(box);
    const volume = volumeOf(bounds);
    if (volume === 0) return 0;
    const fresh = this.outside(bounds);
    let added = 0;
    for (const part of fresh) {
      added += volumeOf(part);
      this.insert(part);
    }
    this.coveredVolume += added;
    return volume - added;
  }

  /** Removes a box. Returns how many of its points were in the set. */
  remove(box: Box): number {
    const bounds = this.boundsOf(box);
    let removed = 0;
    for (let index = this.boxes.length - 1; index >= 0; index--) {
      const mine = this.boxes[index]!;
      if (!overlap(mine, bounds)) continue;
      const rest = cut(mine, bounds);
      removed += volumeOf(mine) - rest.reduce((sum, part) => sum + volumeOf(part), 0);
      this.boxes.splice(index, 1, ...rest);
    }
    this.coveredVolume -= removed;
    return removed;
  }

  /** Whether any point of the box is in the set. */
  overlaps(box: Box): boolean {
    const bounds = this.boundsOf(box);
    return volumeOf(bounds) > 0 && this.boxes.some((mine) => overlap(mine, bounds));
  }

  /** Whether every point of the box is in the set. */
  contains(box: Box): boolean {
    return this.missing(box).length === 0;
  }

  /** The parts of the box that are not in the set: disjoint. */
  missing(box: Box): Box[] {
    return this.outside(this.boundsOf(box)).map((part) => this.boxOf(part));
  }

  /** Exact number of points in the set. */
  get volume(): number {
    return this.coveredVolume;
  }

  /** Number of boxes held: the memory that the set takes. */
  get boxCount(): number {
    return this.boxes.length;
  }

  /** The set as disjoint boxes. */
  toBoxes(): Box[] {
    return this.boxes.map((bounds) => this.boxOf(bounds));
  }

  private boundsOf(box: Box): Bounds {
    const low: number[] = [];
    const high: number[] = [];
    for (const name of this.dimensions) {
      const interval = box[name];
      if (interval === undefined) throw new RangeError(`the box has no dimension ${name}`);
      low.push(interval[0]);
      high.push(interval[1]);
    }
    return { low, high };
  }

  private boxOf(bounds: Bounds): Box {
    return Object.fromEntries(this.dimensions.map((name, d) => [name, [bounds.low[d]!, bounds.high[d]!] as const]));
  }

  private outside(bounds: Bounds): Bounds[] {
    let rest: Bounds[] = volumeOf(bounds) === 0 ? [] : [bounds];
    for (const mine of this.boxes) {
      if (!overlap(mine, bounds)) continue;
      rest = rest.flatMap((part) => cut(part, mine));
      if (rest.length === 0) break;
    }
    return rest;
  }

  /** Joins as long as some neighbour makes one box with the new one. The latest boxes are the likeliest neighbours. */
  private insert(bounds: Bounds): void {
    let index = this.boxes.length - 1;
    while (index >= 0) {
      const along = jointDimension(this.boxes[index]!, bounds);
      if (along < 0) {
        index--;
        continue;
      }
      const mine = this.boxes[index]!;
      bounds = {
        low: bounds.low.map((low, d) => Math.min(low, mine.low[d]!)),
        high: bounds.high.map((high, d) => Math.max(high, mine.high[d]!)),
      };
      this.boxes.splice(index, 1);
      index = this.boxes.length - 1;
    }
    this.boxes.push(bounds);
  }
}

function volumeOf(bounds: Bounds): number {
  let volume = 1;
  for (let d = 0; d < bounds.low.length; d++) volume *= Math.max(0, bounds.high[d]! - bounds.low[d]!);
  return volume;
}

function overlap(a: Bounds, b: Bounds): boolean {
  for (let d = 0; d < a.low.length; d++) {
    if (a.low[d]! >= b.high[d]! || b.low[d]! >= a.high[d]!) return false;
  }
  return true;
}

/** The parts of `a` outside `b`. */
function cut(a: Bounds, b: Bounds): Bounds[] {
  if (!overlap(a, b)) return [a];
  const parts: Bounds[] = [];
  const low = [...a.low];
  const high = [...a.high];
  for (let d = 0; d < low.length; d++) {
    if (low[d]! < b.low[d]!) parts.push({ low: [...low], high: high.with(d, b.low[d]!) });
    if (high[d]! > b.high[d]!) parts.push({ low: low.with(d, b.high[d]!), high: [...high] });
    low[d] = Math.max(low[d]!, b.low[d]!);
    high[d] = Math.min(high[d]!, b.high[d]!);
  }
  return parts;
}

/** The one dimension in which two boxes differ and touch; -1 when they do not make one box. */
function jointDimension(a: Bounds, b: Bounds): number {
  let along = -1;
  for (let d = 0; d < a.low.length; d++) {
    if (a.low[d] === b.low[d] && a.high[d] === b.high[d]) continue;
    if (along >= 0 || (a.high[d] !== b.low[d] && b.high[d] !== a.low[d])) return -1;
    along = d;
  }
  return along;
}
