import type { Schedule, ScheduleOperation } from './form.js';

/** Operations kept in memory so that estimator, bounds check and run need the mapper only once: about 200 MB at the most. */
const KEPT_OPERATIONS = 300_000;

/**
 * A schedule whose operations are made once and walked as often as one likes. A longer one than fits is not kept: `make`
 * is asked again for every walk.
 */
export function replayable(make: () => Schedule): Schedule {
  const first = make();
  const kept: ScheduleOperation[] = [];
  for (const operation of first.operations) {
    kept.push(operation);
    if (kept.length > KEPT_OPERATIONS) return { ...first, operations: { [Symbol.iterator]: () => make().operations[Symbol.iterator]() } };
  }
  return { ...first, operations: kept, operationCount: kept.length };
}
