import type { EventQueue } from '../kernel/event-queue.js';
import type { RunProgress } from './progress.js';

export interface RunOptions {
  /** Where progress is reported; without it a run is silent. */
  readonly progress?: RunProgress;
  /** Asked between slices; true ends the run with what is finished. */
  readonly shouldStop?: () => boolean;
  /** Told at once of what the result will list under `warnings`. */
  readonly onWarning?: (message: string) => void;
  /** Record spans and counters for exporters; costs time and memory. */
  readonly trace?: boolean;
  /** Another event queue than the wheel (tests). */
  readonly queue?: EventQueue;
  /** Construct blocks in another order (tests). */
  readonly constructionOrder?: readonly number[];
}
