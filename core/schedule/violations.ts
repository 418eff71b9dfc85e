/** Rules of the sanitizer; docs/schedule.md explains each. */
export type ViolationRule =
  | 'read-before-write'
  | 'overwrite-of-live-data'
  | 'capacity-overflow'
  | 'use-after-release'
  | 'shape-mismatch'
  | 'race'
  | 'coverage';

/** A broken rule: both operations, the buffer or tensor, and the simulated time at which it showed. */
export interface ScheduleViolation {
  readonly rule: ViolationRule;
  readonly message: string;
  readonly operations: readonly number[];
  readonly buffer?: string;
  readonly tensor?: string;
  readonly layer?: string;
  readonly tick: number;
}

/** Collects violations; keeps the first ones and counts the rest. */
export class ViolationLog {
  readonly kept: ScheduleViolation[] = [];
  count = 0;

  constructor(
    private readonly now: () => number,
    private readonly limit = 100,
  ) {}

  report(violation: Omit<ScheduleViolation, 'tick'>): void {
    this.count++;
    if (this.kept.length < this.limit) this.kept.push({ ...violation, tick: this.now() });
  }
}
