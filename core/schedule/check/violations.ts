/** Rules of the sanitizer; docs/schedule.md explains each. */
export type ViolationRule = 'read-before-write' | 'overwrite-of-live-data' | 'capacity-overflow' | 'use-after-release' | 'shape-mismatch' | 'race' | 'coverage';

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

/**
 * Collects violations; keeps the first ones and counts the rest. Most show while the schedule is read ahead: they take
 * the time at which their later operation begins.
 */
export class ViolationLog {
  readonly kept: ScheduleViolation[] = [];
  count = 0;
  /** Kept violations of operations that have not begun, by the later operation. */
  private readonly awaited = new Map<number, number[]>();

  constructor(
    private readonly now: () => number,
    private readonly limit = 100,
  ) {}

  report(violation: Omit<ScheduleViolation, 'tick'>): void {
    this.count++;
    if (this.kept.length >= this.limit) return;
    const later = Math.max(...violation.operations);
    if (later >= 0) this.awaited.set(later, [...(this.awaited.get(later) ?? []), this.kept.length]);
    this.kept.push({ ...violation, tick: this.now() });
  }

  /** Operation `id` begins now. */
  began(id: number): void {
    if (this.awaited.size === 0) return;
    for (const index of this.awaited.get(id) ?? []) this.kept[index] = { ...this.kept[index]!, tick: this.now() };
    this.awaited.delete(id);
  }
}
