import { COMMANDS, Command, isColumn } from '../commands.js';
import { CLOSED, type DramDevice } from '../device/device.js';
import type { BankLists } from './bank-lists.js';
import { BankQueueRequests, type BankQueueSizes } from './bank-queue-requests.js';
import type { ChannelListener, CommandObserver, DramChannel } from './channel.js';
import { ChannelCounters } from './counters.js';
import { MergedReads } from './merged-reads.js';
import { RankActivity } from './rank-activity.js';
import { RankRefreshes } from './rank-refreshes.js';
import { NONE, type RequestTable } from './request-table.js';
import type { RefreshPolicy } from './strategies.js';

export interface BankQueueOptions extends Omit<BankQueueSizes, 'banks'> {
  readonly device: DramDevice;
  readonly refresh: RefreshPolicy;
  /** Every access precharges. */
  readonly closePage: boolean;
  /** A column and another command may go in one tick. */
  readonly dualCommands: boolean;
  readonly readLatencyTicks: number;
  readonly burstTicks: number;
  readonly refreshTicks: number;
  readonly listener: ChannelListener;
}

/** A row is given up for another one once it has had so many accesses, even if more wait for it. */
const ROW_ACCESS_LIMIT = 4;
/**
 * A controller with a queue per bank (or rank), served round-robin, fed from a read queue and a write buffer, one request a tick
 * (as in DRAMsim3). Writes are posted: done one cycle after acceptance. A due refresh closes its rank's banks one by
 * one and goes before everything else, while other ranks go on.
 *
 * Its tick t is DRAMsim3's clock t - 1: requests of cycle c are moved in tick c + 1, and cycles told to the listener are DRAMsim3's.
 */
export class BankQueueChannel implements DramChannel {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  observer: CommandObserver | undefined;

  private readonly device: DramDevice;
  private readonly requests: BankQueueRequests;
  private readonly table: RequestTable;
  private readonly reads: BankLists;
  private readonly writes: BankLists;
  private readonly queued: Int32Array;
  private readonly merged = new MergedReads();
  private readonly refreshes: RankRefreshes;
  private lastQueue = 0;
  private wake = Infinity;

  private foundTick = Infinity;
  private foundSlot = NONE;
  private foundBank = 0;
  private foundCommand = 0;
  private foundOrder = Infinity;
  private lastColumnTick = -1;
  private lastColumnWasWrite = false;
  private occupancyTick = 0;

  constructor(private readonly options: BankQueueOptions) {
    const { device } = options;
    this.device = device;
    const banks = device.topology.banks;
    this.counters = new ChannelCounters(banks);
    this.activity = new RankActivity(device.openBanksOfRank);
    this.requests = new BankQueueRequests({ ...options, banks }, device.openRow);
    this.table = this.requests.table;
    this.reads = this.requests.reads;
    this.writes = this.requests.writes;
    this.queued = this.requests.queued;
    this.refreshes = new RankRefreshes(device, options.refresh, options.banksPerQueue);
  }

  accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    if (!this.requests.hasRoom(isWrite)) return false;
    if (isWrite) this.acceptWrite(bank, row, column, tag, cycle);
    else this.acceptRead(bank, row, column, tag, cycle);
    return true;
  }

  nextTick(): number {
    return Math.min(this.wake, this.refreshes.nextTick);
  }

  advance(tick: number): void {
    for (let at = this.nextTick(); at <= tick; at = this.nextTick()) this.tick(at);
  }

  pending(): number {
    return this.requests.pending();
  }

  get writesLeft(): number {
    return this.requests.writesLeft;
  }

  finish(ticks: number): void {
    this.countOccupancy(ticks);
    this.activity.finish(ticks + 1);
  }

  private acceptWrite(bank: number, row: number, column: number, tag: number, cycle: number): void {
    this.counters.writes++;
    if (this.requests.findPending(bank, row, column, true) === NONE) {
      this.enqueue(bank, row, column, true, tag, cycle);
    } else {
      this.counters.writesMerged++;
    }
    this.options.listener.completed(tag, cycle + 1, true);
  }

  private acceptRead(bank: number, row: number, column: number, tag: number, cycle: number): void {
    this.counters.reads++;
    if (this.requests.findPending(bank, row, column, true) !== NONE) {
      this.counters.readsForwarded++;
      this.returnRead(tag, cycle, cycle + 1);
      return;
    }
    const same = this.requests.findPending(bank, row, column, false);
    if (same === NONE) {
      this.enqueue(bank, row, column, false, tag, cycle);
      return;
    }
    this.counters.readsMerged++;
    this.merged.add(same, tag, cycle);
  }

  private enqueue(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): void {
    this.countOccupancy(cycle);
    this.merged.start(this.requests.enqueue(bank, row, column, isWrite, tag, cycle));
    this.wake = Math.min(this.wake, cycle + 1);
  }

  private tick(tick: number): void {
    this.counters.maintenance += this.refreshes.collect(tick);
    const issued = this.issueSome(tick);
    const moved = this.requests.moveOne();
    this.wake = issued || moved ? tick + 1 : this.earliestCandidate(tick + 1);
  }

  private issueSome(tick: number): boolean {
    if (this.refreshes.find(tick)) this.found(NONE, this.refreshes.bank, this.refreshes.command);
    else if (!this.findDemand(tick)) return false;
    const firstIsColumn = isColumn(this.foundCommand);
    this.issueFound(tick);
    if (!this.options.dualCommands || !this.findDemand(tick)) return true;
    // A second command of the same kind is found, and its queue passed over, but not issued.
    if (isColumn(this.foundCommand) !== firstIsColumn) {
      this.issueFound(tick);
      this.counters.dualCommands++;
    }
    return true;
  }

  // Demand

  /** The next queue, after the last one looked at, that has a ready command. The pointer moves on with every look. */
  private findDemand(tick: number): boolean {
    const queues = this.queued.length;
    for (let i = 0; i < queues; i++) {
      this.lastQueue = this.lastQueue + 1 === queues ? 0 : this.lastQueue + 1;
      if (this.queued[this.lastQueue] === 0 || this.refreshes.holds(this.lastQueue)) continue;
      this.searchQueue(this.lastQueue, tick);
      if (this.foundTick > tick) continue;
      if (this.foundCommand === Command.precharge) this.counters.onDemandPrecharges++;
      return true;
    }
    return false;
  }

  /** The oldest entry of a queue whose required command may go at `from`, else the one that may go first. */
  private searchQueue(queue: number, from: number): void {
    this.foundTick = Infinity;
    this.foundOrder = Infinity;
    const size = this.options.banksPerQueue;
    for (let bank = queue * size; bank < (queue + 1) * size; bank++) this.searchBank(bank, from);
  }

  private searchBank(bank: number, from: number): void {
    const { reads, writes, device } = this;
    const oldest = this.older(reads.head[bank]!, writes.head[bank]!);
    if (oldest === NONE) return;
    const open = device.openRow[bank]!;
    if (open === CLOSED) {
      this.offer(oldest, bank, Command.activate, from);
      return;
    }
    const readHit = reads.hit[bank]!;
    const writeHit = writes.hit[bank]!;
    const auto = this.options.closePage;
    if (readHit !== NONE) this.offer(readHit, bank, auto ? Command.readAuto : Command.read, from);
    if (writeHit !== NONE) this.offerWrite(writeHit, bank, open, auto ? Command.writeAuto : Command.write, from);
    if (this.table.row[oldest] === open) return;
    const hitsWait = readHit !== NONE || writeHit !== NONE;
    if (hitsWait && device.columnAccesses[bank]! < ROW_ACCESS_LIMIT) return;
    this.offer(oldest, bank, Command.precharge, from);
  }

  /** A write waits for an older read of the same line. */
  private offerWrite(firstHit: number, bank: number, open: number, command: number, from: number): void {
    const { table } = this;
    for (let slot = firstHit; slot !== NONE; slot = table.next[slot]!) {
      if (table.row[slot] !== open) continue;
      const read = this.reads.find(bank, open, table.column[slot]!);
      if (read !== NONE && table.order[read]! < table.order[slot]!) continue;
      this.offer(slot, bank, command, from);
      return;
    }
  }

  private offer(slot: number, bank: number, command: number, from: number): void {
    const ready = this.device.readyAt(command, bank);
    const tick = ready > from ? ready : from;
    const order = this.table.order[slot]!;
    if (tick > this.foundTick || (tick === this.foundTick && order >= this.foundOrder)) return;
    this.foundTick = tick;
    this.foundOrder = order;
    this.found(slot, bank, command);
  }

  private found(slot: number, bank: number, command: number): void {
    this.foundSlot = slot;
    this.foundBank = bank;
    this.foundCommand = command;
  }

  private older(a: number, b: number): number {
    if (a === NONE) return b;
    if (b === NONE) return a;
    return this.table.order[a]! < this.table.order[b]! ? a : b;
  }

  /** The first tick from `from` on in which a command becomes possible, if nothing else happens. */
  private earliestCandidate(from: number): number {
    let earliest = Infinity;
    for (let queue = 0; queue < this.queued.length; queue++) {
      if (this.queued[queue] === 0 || this.refreshes.holds(queue)) continue;
      this.searchQueue(queue, from);
      earliest = Math.min(earliest, this.foundTick);
    }
    return Math.min(earliest, this.refreshes.earliest(from));
  }

  // Issuing

  private issueFound(tick: number): void {
    const { foundCommand: command, foundBank: bank, foundSlot: slot, device } = this;
    const row = slot === NONE ? 0 : this.table.row[slot]!;
    this.counters.commandsOfBank[bank * COMMANDS + command]!++;
    this.observer?.command(command, bank, row, tick);
    if (isColumn(command)) this.retire(slot, bank, tick);
    if (command === Command.refreshAll) {
      device.issueAll(command, bank, bank + device.topology.banksPerRank, 1, tick);
    } else {
      device.issue(command, bank, row, tick);
    }
    this.followState(command, bank, row);
    this.activity.update(device.rankOfBank[bank]!, tick);
  }

  private followState(command: number, bank: number, row: number): void {
    if (command === Command.activate) {
      this.reads.opened(bank, row);
      this.writes.opened(bank, row);
      return;
    }
    if (command === Command.read || command === Command.write) return;
    this.reads.closed(bank);
    this.writes.closed(bank);
    if (command === Command.precharge) this.counters.rowConflicts++;
    if (command === Command.refreshAll || command === Command.refreshBank) this.counters.refreshCycles += this.options.refreshTicks;
  }

  private retire(slot: number, bank: number, tick: number): void {
    const { counters, table } = this;
    const isWrite = table.isWrite[slot] === 1;
    if (this.device.columnAccesses[bank]! > 0) counters.rowHits++;
    else counters.rowMisses++;
    this.countTurnaround(isWrite, tick);
    this.countOccupancy(tick);
    this.requests.removeQueued(slot);
    if (isWrite) counters.lastWriteCommandCycle = tick - 1;
    else this.returnReads(slot, tick - 1 + this.options.readLatencyTicks);
    table.giveBack(slot);
  }

  private returnReads(slot: number, cycle: number): void {
    this.returnRead(this.table.tag[slot]!, this.table.arrival[slot]!, cycle);
    for (let more = this.merged.first(slot); more !== NONE; more = this.merged.next(more)) {
      this.returnRead(this.merged.tag(more), this.merged.arrival(more), cycle);
    }
    this.merged.end(slot);
  }

  private returnRead(tag: number, arrival: number, cycle: number): void {
    const { counters } = this;
    if (cycle > counters.lastReadReturnCycle) counters.lastReadReturnCycle = cycle;
    counters.countRead(cycle - arrival);
    this.options.listener.completed(tag, cycle, false);
  }

  private countTurnaround(isWrite: boolean, tick: number): void {
    if (isWrite !== this.lastColumnWasWrite && this.lastColumnTick >= 0) {
      this.counters.turnaroundCycles += Math.max(0, tick - this.lastColumnTick - this.options.burstTicks);
    }
    this.lastColumnWasWrite = isWrite;
    this.lastColumnTick = tick;
  }

  private countOccupancy(tick: number): void {
    this.counters.occupancyCycles += this.table.used * (tick - this.occupancyTick);
    this.occupancyTick = tick;
  }
}
