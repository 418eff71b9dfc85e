import type { Schedule } from './form.js';

/** The schedule as the lines of an `.ndjson` file, one at a time: header first, then an operation on each line. */
export function* scheduleLines(schedule: Schedule): Generator<string> {
  const { operations, operationCount: _, ...header } = schedule;
  yield JSON.stringify({ tesseraSchedule: 1, ...header });
  for (const operation of operations) yield JSON.stringify(operation);
}
