import type { Boxed, Found } from './boxed.js';
import { overlaps, type Extent } from './extent.js';

/** A box over more cells than this is kept in a list that every query looks through. */
const MOST_CELLS = 64;
/** Boxes of the first ones whose sizes are looked at to choose that of a cell. */
const SAMPLES = 255;

/** Of all grids together: an item keeps its stamp when its list gets another grid. */
let lastStamp = 0;

interface Linked extends Boxed {
  after: Linked | undefined;
}

/** A grid over a space of boxes. A cell is as large as half of the boxes are at most, so that a box lies in few cells and a cell holds few boxes. */
export class GridIndex<T extends Boxed> {
  private readonly cellSize: number[];
  private readonly strides: number[] = [];
  private readonly cells = new Map<number, T[]>();
  private readonly large: T[] = [];

  // Cells that a box covers, by dimension (`coverOf`) and one by one (`listKeys`).
  private readonly from: number[];
  private readonly to: number[];
  private readonly keys: number[] = [];

  constructor(
    private readonly whole: Extent,
    first: Linked,
    size: number,
  ) {
    this.cellSize = medianSizes(whole, first, size);
    let stride = 1;
    for (let d = 0; d < this.cellSize.length; d++) {
      this.strides.push(stride);
      stride *= Math.ceil((whole.high[d]! - whole.low[d]!) / this.cellSize[d]!) + 2;
    }
    this.from = this.cellSize.map(() => 0);
    this.to = this.cellSize.map(() => 0);
  }

  /** Boxes that lie over many cells: every query looks through them. */
  get largeCount(): number {
    return this.large.length;
  }

  cellsOf(extent: Extent): number {
    return this.coverOf(extent);
  }

  add(item: T): void {
    if (this.coverOf(item.extent) > MOST_CELLS) {
      this.large.push(item);
      return;
    }
    const count = this.listKeys();
    for (let i = 0; i < count; i++) {
      const cell = this.cells.get(this.keys[i]!);
      if (cell === undefined) this.cells.set(this.keys[i]!, [item]);
      else cell.push(item);
    }
  }

  remove(item: T): void {
    if (this.coverOf(item.extent) > MOST_CELLS) {
      dropFrom(this.large, item);
      return;
    }
    const count = this.listKeys();
    for (let i = 0; i < count; i++) {
      const cell = this.cells.get(this.keys[i]!);
      if (cell === undefined) continue;
      dropFrom(cell, item);
      if (cell.length === 0) this.cells.delete(this.keys[i]!);
    }
  }

  /** Appends what overlaps a box, in any order. */
  find(extent: Extent, found: Found<T>): void {
    const stamp = ++lastStamp;
    for (let i = 0; i < this.large.length; i++) if (overlaps(this.large[i]!.extent, extent)) found.items[found.count++] = this.large[i]!;
    this.coverOf(extent);
    const count = this.listKeys();
    for (let k = 0; k < count; k++) {
      const cell = this.cells.get(this.keys[k]!);
      if (cell === undefined) continue;
      for (let i = 0; i < cell.length; i++) {
        const item = cell[i]!;
        if (item.stamp === stamp || !overlaps(item.extent, extent)) continue;
        item.stamp = stamp;
        found.items[found.count++] = item;
      }
    }
  }

  /** Sets `from` and `to` to the cells that a box covers (what lies outside of the space, to its rim), and counts them. */
  private coverOf(extent: Extent): number {
    let count = 1;
    for (let d = 0; d < this.cellSize.length; d++) {
      const low = this.whole.low[d]!;
      const high = this.whole.high[d]!;
      const size = this.cellSize[d]!;
      this.from[d] = Math.floor((clamp(extent.low[d]!, low, high) - low) / size);
      this.to[d] = Math.max(this.from[d]!, Math.floor((clamp(extent.high[d]! - 1, low, high) - low) / size));
      count *= this.to[d]! - this.from[d]! + 1;
    }
    return count;
  }

  /** Sets `keys` to the cells that `coverOf` has set; returns their number. */
  private listKeys(): number {
    const { keys } = this;
    keys[0] = 0;
    let count = 1;
    for (let d = 0; d < this.cellSize.length; d++) {
      const stride = this.strides[d]!;
      const from = this.from[d]!;
      const to = this.to[d]!;
      // Each cell of the inner dimensions once for every further one of this, then itself moved to the first.
      let next = count;
      for (let cell = from + 1; cell <= to; cell++) for (let i = 0; i < count; i++) keys[next++] = keys[i]! + cell * stride;
      for (let i = 0; i < count; i++) keys[i]! += from * stride;
      count = next;
    }
    return count;
  }
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

function dropFrom<T>(items: T[], item: T): void {
  const index = items.indexOf(item);
  if (index < 0) return;
  items[index] = items[items.length - 1]!;
  items.length--;
}

/** The median size of some boxes of the list, spread over it, in each dimension. */
function medianSizes(whole: Extent, first: Linked, size: number): number[] {
  const step = Math.ceil(size / SAMPLES);
  const samples: Extent[] = [];
  let position = 0;
  for (let item: Linked | undefined = first; item !== undefined; item = item.after) if (position++ % step === 0) samples.push(item.extent);
  return whole.low.map((_, d) => {
    const sizes = samples.map((extent) => extent.high[d]! - extent.low[d]!).sort((a, b) => a - b);
    return Math.max(1, sizes[sizes.length >> 1] ?? 1);
  });
}
