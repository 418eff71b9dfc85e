import type { StateExchange } from '../../kernel/state.js';
import type { ScheduleOperation } from '../form/form.js';
import { sourceOf } from '../form/source.js';

/** Rules of the sanitizer; docs/schedule.md explains each. */
export type ViolationRule =
  | 'read-before-write'
  | 'use-after-release'
  | 'overwrite-of-live-data'
  | 'capacity-overflow'
  | 'shape-mismatch'
  | 'operand-mismatch'
  | 'relabelled-data'
  | 'unfinished-sum'
  | 'wrong-accumulation'
  | 'stale-copy'
  | 'output-incomplete'
  | 'workload-mismatch'
  | 'race'
  | 'coverage';

/** A broken rule: both operations, the buffer or tensor, and the simulated time at which it showed. */
export interface ScheduleViolation {
  readonly rule: ViolationRule;
  readonly message: string;
  /** What to change. */
  readonly advice: string;
  readonly operations: readonly number[];
  readonly buffer?: string;
  readonly tensor?: string;
  readonly layer?: string;
  readonly tick: number;
  /** Where the later operation is written: a path in the schedule's file. */
  readonly source?: string;
}

/**
 * Collects violations; keeps the first ones and counts the rest. Most show while the schedule is read ahead: they take
 * the time at which their later operation begins.
 */
export class ViolationLog {
  readonly kept: ScheduleViolation[] = [];
  /** What nothing in the schedule or beside it could be held against, in sentences; there when the schedule has ended. */
  readonly unchecked: string[] = [];
  count = 0;
  /** The operation that is being looked at. */
  current: ScheduleOperation | undefined;
  /** Kept violations of operations that have not begun, by the later operation. */
  private readonly awaited = new Map<number, number[]>();

  constructor(
    private readonly now: () => number,
    private readonly limit = 100,
  ) {}

  /** Further ones are only counted. */
  get isFull(): boolean {
    return this.kept.length >= this.limit;
  }

  /** Its place is that of the operation that is being looked at, unless it brings its own. */
  report(violation: Omit<ScheduleViolation, 'tick'>): void {
    this.count++;
    if (this.isFull) return;
    const later = Math.max(...violation.operations);
    if (later >= 0) this.awaited.set(later, [...(this.awaited.get(later) ?? []), this.kept.length]);
    const source = violation.source ?? (this.current === undefined || later < 0 ? undefined : sourceOf(this.current));
    this.kept.push({ ...violation, tick: this.now(), ...(source === undefined ? {} : { source }) });
  }

  state(s: StateExchange): void {
    this.count = s.number(this.count);
    // Violations are told as they were reported: names, ids and ticks in their sentences are those of that run.
    const { kept, unchecked } = this;
    const told = JSON.parse(s.text(JSON.stringify({ kept, unchecked, awaited: [...this.awaited] }))) as {
      kept: ScheduleViolation[];
      unchecked: string[];
      awaited: [number, number[]][];
    };
    if (!s.loading) return;
    this.kept.length = 0;
    this.kept.push(...told.kept);
    this.unchecked.length = 0;
    this.unchecked.push(...told.unchecked);
    this.awaited.clear();
    for (const [id, places] of told.awaited) this.awaited.set(id, places);
  }

  /** Operation `id` begins now. */
  began(id: number): void {
    if (this.awaited.size === 0) return;
    for (const index of this.awaited.get(id) ?? []) this.kept[index] = { ...this.kept[index]!, tick: this.now() };
    this.awaited.delete(id);
  }
}
