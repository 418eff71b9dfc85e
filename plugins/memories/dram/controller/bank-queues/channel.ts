import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command, isColumn } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';
import type { CommandObserver, DramChannel } from '../channel.js';
import type { ChannelLog } from '../channel-log.js';
import type { ChannelCounters } from '../counters.js';
import type { RankActivity } from '../rank-activity.js';
import { NONE } from '../request-table.js';
import type { Completions } from './completions.js';
import type { CommandIssue } from './issue.js';
import type { RankRefreshes } from './rank-refreshes.js';
import type { BankQueueRequests } from './requests.js';
import type { DemandSearch } from './search.js';

/** The parts of a controller; `assemble.ts` puts them together. */
export interface BankQueueParts {
  readonly device: DramDevice;
  readonly requests: BankQueueRequests;
  readonly log: ChannelLog;
  readonly completions: Completions;
  readonly refreshes: RankRefreshes;
  readonly search: DemandSearch;
  readonly issuer: CommandIssue;
}

/**
 * A controller with a queue per bank (or rank), served round-robin, fed from a read queue and a write buffer, one request a tick
 * (as in DRAMsim3). Writes are posted: done one cycle after acceptance. A due refresh closes its rank's banks one by
 * one and goes before everything else, while other ranks go on.
 *
 * Its tick t is DRAMsim3's clock t - 1: requests of cycle c are moved in tick c + 1, and the listener gets DRAMsim3's cycles.
 */
export class BankQueueChannel implements DramChannel {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  private readonly device: DramDevice;
  private readonly requests: BankQueueRequests;
  private readonly log: ChannelLog;
  private readonly completions: Completions;
  private readonly refreshes: RankRefreshes;
  private readonly search: DemandSearch;
  private readonly issuer: CommandIssue;
  private wakeTick = Infinity;

  /** @param dualCommands a column and another command may go in one tick */
  constructor(
    parts: BankQueueParts,
    private readonly dualCommands: boolean,
  ) {
    this.counters = parts.log.counters;
    this.activity = parts.log.activity;
    this.device = parts.device;
    this.requests = parts.requests;
    this.log = parts.log;
    this.completions = parts.completions;
    this.refreshes = parts.refreshes;
    this.search = parts.search;
    this.issuer = parts.issuer;
  }

  get observer(): CommandObserver | undefined {
    return this.log.observer;
  }

  set observer(observer: CommandObserver | undefined) {
    this.log.observer = observer;
  }

  accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    if (!this.requests.hasRoom(isWrite)) return false;
    if (isWrite) this.acceptWrite(bank, row, column, tag, cycle);
    else this.acceptRead(bank, row, column, tag, cycle);
    return true;
  }

  nextTick(): number {
    return Math.min(this.wakeTick, this.refreshes.nextTick);
  }

  advance(tick: number): void {
    for (let at = this.nextTick(); at <= tick; at = this.nextTick()) this.run(at);
  }

  pending(): number {
    return this.requests.pending();
  }

  get writesLeft(): number {
    return this.requests.writesLeft;
  }

  finish(ticks: number): void {
    this.log.finish(ticks);
  }

  private acceptWrite(bank: number, row: number, column: number, tag: number, cycle: number): void {
    this.counters.writes++;
    if (this.requests.findPending(bank, row, column, true) === NONE) {
      this.enqueue(bank, row, column, true, tag, cycle);
    } else {
      this.counters.writesMerged++;
    }
    this.completions.writeAccepted(tag, cycle);
  }

  private acceptRead(bank: number, row: number, column: number, tag: number, cycle: number): void {
    this.counters.reads++;
    if (this.requests.findPending(bank, row, column, true) !== NONE) {
      this.completions.readForwarded(tag, cycle);
      return;
    }
    const same = this.requests.findPending(bank, row, column, false);
    if (same === NONE) this.enqueue(bank, row, column, false, tag, cycle);
    else this.completions.readMerged(same, tag, cycle);
  }

  private enqueue(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): void {
    this.log.countOccupancy(cycle);
    this.completions.started(this.requests.enqueue(bank, row, column, isWrite, tag, cycle));
    this.wakeTick = Math.min(this.wakeTick, cycle + 1);
  }

  private run(tick: number): void {
    this.counters.maintenance += this.refreshes.collect(tick);
    const issued = this.issueSome(tick);
    const moved = this.requests.moveOne();
    this.wakeTick = issued || moved ? tick + 1 : this.earliestCommand(tick + 1);
  }

  private issueSome(tick: number): boolean {
    const { refreshes, search } = this;
    let firstIsColumn = false;
    if (refreshes.find(tick)) {
      this.issuer.issue(refreshes.command, refreshes.bank, NONE, tick);
    } else if (this.findDemand(tick)) {
      firstIsColumn = isColumn(search.command);
      this.issueFound(tick);
    } else {
      return false;
    }
    if (!this.dualCommands || !this.findDemand(tick)) return true;
    // A second command of the same kind is found, and its queue passed over, but not issued.
    if (isColumn(search.command) !== firstIsColumn) {
      this.issueFound(tick);
      this.counters.dualCommands++;
    }
    return true;
  }

  private findDemand(tick: number): boolean {
    if (!this.search.find(tick)) return false;
    if (this.search.command === Command.precharge) this.counters.onDemandPrecharges++;
    return true;
  }

  private issueFound(tick: number): void {
    const { command, bank, slot } = this.search;
    this.issuer.issue(command, bank, slot, tick);
  }

  /** The first tick from `from` on in which a command becomes possible, if nothing else happens. */
  private earliestCommand(from: number): number {
    return Math.min(this.search.earliest(from), this.refreshes.earliest(from));
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.device.state(s, clock);
    this.requests.state(s, clock);
    this.log.state(s, clock);
    this.completions.state(s, clock);
    this.refreshes.state(s, clock);
    this.search.state(s);
    this.wakeTick = s.cycle(this.wakeTick, clock);
  }
}
