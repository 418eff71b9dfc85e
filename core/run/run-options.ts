import type { EventQueue } from '../kernel/event-queue.js';
import type { PlanCache } from './plan-cache.js';
import type { Machine } from '../machine/machine.js';
import type { ExecutionObserver } from '../schedule/execute/executor.js';
import type { Schedule } from '../schedule/form/form.js';
import type { SavedState } from '../kernel/state-stream.js';
import type { StopCause } from '../plugin/stop-watch.js';
import type { CheckpointOptions } from './checkpoint-options.js';
import type { RunProgress } from './progress.js';

/** Listens to a run. */
export interface RunObserver extends ExecutionObserver {
  /** Called once, before anything runs: the place to listen to probes and milestones. */
  attach?(machine: Machine): void;
}

export interface RunOptions {
  /** Where progress is reported; without it a run is silent. */
  readonly progress?: RunProgress;
  /** When the wall clock of the run began, as `performance.now()`: limits of wall time count from there. Default: the call. */
  readonly startedAt?: number;
  /** Told when the run ends before its time and what is finished is about to be kept. */
  readonly onKeeping?: () => void;
  /** Asked between slices; true ends the run with what is finished. */
  readonly shouldStop?: () => boolean;
  /** Resolves when what is being done has been broken off from outside, since it did not stop when asked: what is finished is kept. */
  readonly halted?: Promise<StopCause>;
  /** Told at once of what the result will list under `warnings`. */
  readonly onWarning?: (message: string) => void;
  /** Told of every operation, and, through probes and milestones of the machine, of all that blocks note. */
  readonly observers?: readonly RunObserver[];
  /** Carry values through the run and compare its outputs with a plain reference, whatever the scenario says. */
  readonly functional?: boolean;
  /** Keep the state of the run, to go on from. */
  readonly checkpoint?: CheckpointOptions;
  /** Go on from a state that a run of the same scenario has kept. */
  readonly resume?: SavedState;
  /** Record spans and counters for exporters; costs time and memory. */
  readonly trace?: boolean;
  /** Spans and counter values that are kept, instead of what the scenario says; beyond, neighbours are merged over the whole run. */
  readonly traceEvents?: number | undefined;
  /** Told of the schedule, collectives expanded, before anything is simulated. */
  readonly onSchedule?: (schedule: Schedule) => void;
  /** The result holds the schedule, for exporters. */
  readonly keepSchedule?: boolean;
  /** Where schedules of mappers are kept from one process to the next; without it they are made anew. */
  readonly planCache?: PlanCache;
  /** Another event queue than the wheel (tests). */
  readonly queue?: EventQueue;
  /** Construct blocks in another order (tests). */
  readonly constructionOrder?: readonly number[];
}
