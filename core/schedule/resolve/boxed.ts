import type { Extent } from './extent.js';

/** A box in a list. The list owns the fields besides the extent. */
export interface Boxed {
  extent: Extent;
  /** Place in the list's order. */
  label: number;
  /** Stamp of the last query that found it. */
  stamp: number;
}

/** What a query has found, in the order of the list; used again and again. */
export class Found<T> {
  readonly items: T[] = [];
  count = 0;
}
