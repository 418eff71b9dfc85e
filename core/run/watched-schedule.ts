import type { StopWatch } from '../plugin/stop-watch.js';
import type { Schedule, ScheduleOperation } from '../schedule/form/form.js';

/** Operations between two looks; making one may take long. */
const OPERATIONS_A_LOOK = 32;

/**
 * The same schedule, whose walks throw RunStopped when the run is to end: whoever walks it (estimator, check of bounds, cache of plans, our own
 * expansion) can be ended without knowing of limits and signals.
 */
export function watched(schedule: Schedule, watch: StopWatch): Schedule {
  const { operations } = schedule;
  return { ...schedule, operations: { [Symbol.iterator]: () => new WatchedWalk(operations[Symbol.iterator](), watch) } };
}

class WatchedWalk implements IterableIterator<ScheduleOperation> {
  private untilLook = 0;

  constructor(
    private readonly walk: Iterator<ScheduleOperation>,
    private readonly watch: StopWatch,
  ) {}

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<ScheduleOperation> {
    if (this.untilLook-- === 0) {
      this.untilLook = OPERATIONS_A_LOOK;
      if (this.watch.guardsWalks) this.watch.check();
    }
    return this.walk.next();
  }

  /** A loop over the operations was left. */
  return(): IteratorResult<ScheduleOperation> {
    return this.walk.return?.() ?? { done: true, value: undefined };
  }
}
