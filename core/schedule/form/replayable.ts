import { InputError } from '../../errors.js';
import type { Schedule, ScheduleOperation } from './form.js';

/** Operations kept in memory so that estimator, bounds check and run need the mapper only once: about 200 MB at the most. */
const KEPT_OPERATIONS = 300_000;

/**
 * A schedule whose operations are made once and walked as often as one likes. Those of a longer one than fits are not kept but made
 * again at every walk. InputError when they are many and can be walked only once.
 */
export function replayable(schedule: Schedule): Schedule {
  const kept: ScheduleOperation[] = [];
  for (const operation of schedule.operations) {
    kept.push(operation);
    if (kept.length > KEPT_OPERATIONS) return repeating(schedule);
  }
  return { ...schedule, operations: kept, operationCount: kept.length };
}

function repeating(schedule: Schedule): Schedule {
  const { done } = schedule.operations[Symbol.iterator]().next();
  if (done !== true) return schedule;
  throw new InputError({
    path: 'operations',
    message: `the schedule has more than ${KEPT_OPERATIONS} operations, and they can be walked only once`,
    expected: 'an object whose [Symbol.iterator] starts a new walk, not a generator',
  });
}
