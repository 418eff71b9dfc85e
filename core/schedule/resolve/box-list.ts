import type { Boxed, Found } from './boxed.js';
import { overlaps, type Extent } from './extent.js';
import { GridIndex } from './grid-index.js';

interface Node<T> {
  before: T | undefined;
  after: T | undefined;
}

/** Boxes from which on an index pays. */
const INDEXED_FROM = 24;
const LARGE_FROM = 32;
const LABEL_STEP = 2 ** 20;

/**
 * Boxes in an order, with a grid over them as soon as there are many: what touches a box is found in a time that does not depend on how
 * many there are. Results come in the order of the list, whether the grid was asked or not.
 */
export class BoxList<T extends Boxed & Node<T>> {
  first: T | undefined;
  last: T | undefined;
  size = 0;
  private grid: GridIndex<T> | undefined;
  /** Boxes at which the grid is laid anew. */
  private nextGrid = INDEXED_FROM;
  /** Boxes over many cells at which it is, too: their sizes are no longer those that it was laid for. */
  private nextLarge = LARGE_FROM;

  constructor(private readonly whole: Extent) {}

  /** Adds a box at the end. */
  push(item: T): void {
    this.insertAfter(this.last, item);
  }

  /** Adds a box behind another of the list; at the front when there is none. */
  insertAfter(before: T | undefined, item: T): void {
    const after = before === undefined ? this.first : before.after;
    item.before = before;
    item.after = after;
    if (before === undefined) this.first = item;
    else before.after = item;
    if (after === undefined) this.last = item;
    else after.before = item;
    item.label = after === undefined ? (before?.label ?? 0) + LABEL_STEP : ((before?.label ?? after.label - 2 * LABEL_STEP) + after.label) / 2;
    if (after !== undefined && !(item.label < after.label && item.label > (before?.label ?? -Infinity))) this.relabel();
    this.size++;
    if (this.grid !== undefined) this.grid.add(item);
    if (this.size >= this.nextGrid || (this.grid !== undefined && this.grid.largeCount >= this.nextLarge)) this.layGrid();
  }

  remove(item: T): void {
    const { before, after } = item;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    this.size--;
    this.grid?.remove(item);
  }

  clear(): void {
    this.first = undefined;
    this.last = undefined;
    this.size = 0;
    this.grid = undefined;
    this.nextGrid = INDEXED_FROM;
  }

  /** Gives an item of the list another extent. */
  resize(item: T, extent: Extent): void {
    this.grid?.remove(item);
    item.extent = extent;
    this.grid?.add(item);
  }

  /** Finds the boxes that overlap another. */
  overlapping(extent: Extent, found: Found<T>): void {
    found.count = 0;
    const { grid } = this;
    if (grid !== undefined && grid.cellsOf(extent) * 2 < this.size) {
      grid.find(extent, found);
      sortByLabel(found);
      return;
    }
    for (let item = this.first; item !== undefined; item = item.after) if (overlaps(item.extent, extent)) found.items[found.count++] = item;
  }

  private layGrid(): void {
    this.grid = new GridIndex<T>(this.whole, this.first!, this.size);
    for (let item = this.first; item !== undefined; item = item.after) this.grid.add(item);
    // Doubled each time, so that all layings together cost no more than a few additions a box.
    this.nextGrid = this.size * 2;
    this.nextLarge = Math.max(LARGE_FROM, this.grid.largeCount * 2);
  }

  private relabel(): void {
    let label = 0;
    for (let item = this.first; item !== undefined; item = item.after) item.label = label += LABEL_STEP;
  }
}

/** Few are found as a rule, nearly in order. */
function sortByLabel<T extends Boxed>({ items, count }: Found<T>): void {
  for (let i = 1; i < count; i++) {
    const item = items[i]!;
    let at = i;
    for (; at > 0 && items[at - 1]!.label > item.label; at--) items[at] = items[at - 1]!;
    items[at] = item;
  }
}
