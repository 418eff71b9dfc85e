/** A loop of a mapping over one dimension of the problem. */
export interface TimeloopLoop {
  readonly dimension: string;
  readonly size: number;
  /** Bound when all outer loops of the dimension are at their last step (imperfect factors); absent: `size`. */
  readonly last?: number;
  readonly kind: 'temporal' | 'spatial';
  /** Of a spatial loop. */
  readonly axis?: 'X' | 'Y';
}

/** A tiling level: what it keeps, and its loops, outermost first, those in time outside of those in space. */
export interface MappingLevel {
  readonly name: string;
  /** Names of the data spaces that it holds; the others pass by. */
  readonly keep: readonly string[];
  readonly loops: readonly TimeloopLoop[];
}

/** A mapping of Timeloop, outermost level first. Levels that keep nothing are there for their loops in space. */
export interface TimeloopMapping {
  readonly levels: readonly MappingLevel[];
}
