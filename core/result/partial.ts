import type { Outcome, ScheduleResult } from './run-result.js';

/** What tells how a run ended; absent of a performance that is no run of ours, such as an estimate. */
export interface RunEnding {
  readonly outcome?: Outcome;
  readonly bound?: ScheduleResult['bound'];
  readonly deadlock?: ScheduleResult['deadlock'];
}

/**
 * True of a run that did not come to its end: interrupted, at a limit, in a deadlock. Its figures are those of a part and are never held
 * against those of a whole. An illegal schedule that ran to its end is whole.
 */
export function isPartial({ outcome, bound, deadlock }: RunEnding): boolean {
  return outcome === 'interrupted' || outcome === 'bound' || outcome === 'deadlock' || bound !== undefined || deadlock !== undefined;
}
