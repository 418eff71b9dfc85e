import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { RowPolicyParameters } from '../config.js';

/**
 * The small decisions of a controller, each behind an interface of its own. All are asked about integers and answer with
 * integers, at most once per scheduling step; none may look at a clock of its own.
 */

/** Which requests a queue offers. */
export interface SchedulerRules {
  readonly name: string;
  /** Only the oldest request of the queue may be worked on. */
  readonly inOrder: boolean;
  /**
   * May a request to another row close a row that waiting requests hit?
   * @param hitArrival cycle at which the oldest request to the open row came, Infinity if there is none
   * @param missArrival cycle at which the request to the other row came
   */
  mayClose(hitArrival: number, missArrival: number): boolean;
}

/** When rows are closed without anybody asking for another one. Keeps nothing from one question to the next. */
export interface RowPolicy {
  readonly name: string;
  /** Whether the next column command should precharge by itself, given the column commands since the row was opened. */
  autoPrecharge(columnAccesses: number): boolean;
  /** First tick at which the row should be closed by a precharge, Infinity for never. */
  closeAt(columnAccesses: number, lastAccessTick: number): number;
}

/** When reads stop and writes are drained. */
export interface WriteDrain {
  readonly name: string;
  /**
   * Whether to serve writes now, given the queue lengths and whether writes were served until now. Asked again with equal lengths
   * it must answer alike, and for empty queues its answer must not depend on what was before.
   */
  drain(reads: number, writes: number, draining: boolean): boolean;
}

/** One refresh that has become due. */
export interface RefreshTarget {
  /** Rank (or pseudo-channel), -1 for the channel. */
  rank: number;
  /** Bank for a per-bank refresh, -1 for all banks. */
  bank: number;
}

/** When refreshes become due. */
export interface RefreshPolicy {
  readonly name: string;
  /** Tick of the next one, Infinity for never. */
  nextTick: number;
  /** Calls `due` for each refresh that is due at `nextTick`, and moves that on. */
  emit(due: (rank: number, bank: number) => void): void;
  state(s: StateExchange, clock: ClockDomain): void;
}

export const firstReady: SchedulerRules = { name: 'frfcfs', inOrder: false, mayClose: () => true };

export const firstReadyRowHit: SchedulerRules = {
  name: 'frfcfs-row-hit',
  inOrder: false,
  mayClose: (hitArrival, missArrival) => hitArrival > missArrival,
};

export const inOrder: SchedulerRules = { name: 'fcfs', inOrder: true, mayClose: () => true };

export const openRowPolicy: RowPolicy = { name: 'open', autoPrecharge: () => false, closeAt: () => Infinity };

/** Every access precharges. */
export const closedRowPolicy: RowPolicy = { name: 'closed', autoPrecharge: () => true, closeAt: () => Infinity };

/** After `cap` column commands the row is closed, with the next access if one comes, else by a precharge. */
export function cappedRowPolicy(cap: number): RowPolicy {
  return {
    name: 'capped',
    autoPrecharge: (columnAccesses) => columnAccesses >= cap,
    closeAt: (columnAccesses) => (columnAccesses >= cap ? 0 : Infinity),
  };
}

/** A row that nobody has used for so many ticks is closed. */
export function timeoutRowPolicy(idleTicks: number): RowPolicy {
  return {
    name: 'timeout',
    autoPrecharge: () => false,
    closeAt: (columnAccesses, lastAccessTick) => (columnAccesses > 0 ? lastAccessTick + idleTicks : Infinity),
  };
}

/** Writes from the high watermark (or when there are no reads) down to the low one. Watermarks in requests. */
export function watermarkDrain(low: number, high: number): WriteDrain {
  return {
    name: 'watermarks',
    drain: (reads, writes, draining) => (draining ? !(writes < low && reads > 0) : writes > high || reads === 0),
  };
}

/** Built-in schedulers by name. */
export const SCHEDULERS: ReadonlyMap<string, SchedulerRules> = new Map([firstReady, firstReadyRowHit, inOrder].map((scheduler) => [scheduler.name, scheduler]));

/** Makes a row policy from the configuration's numbers; `idleCycles` comes in controller ticks. */
export type RowPolicyFactory = (parameters: RowPolicyParameters) => RowPolicy;

/** Built-in row policies by name. */
export const ROW_POLICIES: ReadonlyMap<string, RowPolicyFactory> = new Map<string, RowPolicyFactory>([
  ['open', () => openRowPolicy],
  ['closed', () => closedRowPolicy],
  ['capped', ({ accesses }) => cappedRowPolicy(accesses)],
  ['timeout', ({ idleCycles }) => timeoutRowPolicy(idleCycles)],
]);

export class NoRefresh implements RefreshPolicy {
  readonly name = 'none';
  nextTick = Infinity;
  emit(): void {}

  state(): void {}
}

/** All scopes at once every interval; no scope is ever postponed. */
export class AllBankRefresh implements RefreshPolicy {
  readonly name = 'all-bank';
  nextTick: number;

  /** @param scopes ranks to refresh, 0 for the channel as a whole */
  constructor(
    private readonly intervalTicks: number,
    private readonly scopes: number,
  ) {
    this.nextTick = intervalTicks;
  }

  emit(due: (rank: number, bank: number) => void): void {
    this.nextTick += this.intervalTicks;
    if (this.scopes === 0) due(-1, -1);
    for (let rank = 0; rank < this.scopes; rank++) due(rank, -1);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.nextTick = s.cycle(this.nextTick, clock);
  }
}

/** One rank after the other, evenly spread over the interval: the other ranks go on working. */
export class StaggeredRefresh implements RefreshPolicy {
  readonly name = 'staggered';
  nextTick: number;
  private readonly step: number;
  private rank = 0;

  constructor(
    intervalTicks: number,
    private readonly ranks: number,
  ) {
    this.step = Math.floor(intervalTicks / ranks);
    this.nextTick = this.step;
  }

  emit(due: (rank: number, bank: number) => void): void {
    this.nextTick += this.step;
    due(this.rank, -1);
    this.rank = (this.rank + 1) % this.ranks;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.nextTick = s.cycle(this.nextTick, clock);
    this.rank = s.number(this.rank);
  }
}

/** One bank every interval, in the given order. */
export class PerBankRefresh implements RefreshPolicy {
  readonly name = 'per-bank';
  nextTick: number;
  private at = 0;

  /** @param order banks in the order of their refreshes */
  constructor(
    private readonly intervalTicks: number,
    private readonly order: readonly number[],
  ) {
    this.nextTick = intervalTicks;
  }

  emit(due: (rank: number, bank: number) => void): void {
    this.nextTick += this.intervalTicks;
    due(-1, this.order[this.at] as number);
    this.at = (this.at + 1) % this.order.length;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.nextTick = s.cycle(this.nextTick, clock);
    this.at = s.number(this.at);
  }
}
