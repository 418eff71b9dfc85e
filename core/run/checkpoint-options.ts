import type { SavedState } from '../kernel/state-stream.js';

/** When the state of a run is kept, and what is done with it. */
export interface CheckpointOptions {
  /** Gets each state; the last one counts. */
  readonly write: (saved: SavedState, at: { readonly tick: number; readonly cycle: number }) => void;
  /** Cycle of the reference clock after whose events one is taken. */
  readonly atCycle?: number | undefined;
  /** Seconds of wall time from one to the next. */
  readonly everySeconds?: number | undefined;
}
