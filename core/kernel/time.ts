/** The kernel's integer time unit is one picosecond, held in a double. */
export const TICKS_PER_SECOND = 1e12;

/** Ticks must stay below 2^53 so that adding one is exact: 2.5 hours of simulated time. */
export const MAX_TICK = Number.MAX_SAFE_INTEGER;

/** Order of events within one tick. A block reads what `deliver` brought, acts in `compute`, publishes in `commit`. */
export const Phase = {
  /** Links hand over what has arrived. */
  deliver: 0,
  /** Blocks act on their inputs. */
  compute: 1,
  /** Blocks publish results; operations end. */
  commit: 2,
  /** Observers look at a settled state. */
  sample: 3,
} as const;

export type Phase = (typeof Phase)[keyof typeof Phase];
