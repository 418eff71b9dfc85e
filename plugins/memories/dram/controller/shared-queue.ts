import { COMMANDS, Command, isColumn } from '../commands.js';
import { ACTIVATING, CLOSED, type DramDevice } from '../device/device.js';
import { BankLists } from './bank-lists.js';
import type { BankSet } from './bank-set.js';
import type { ChannelListener, CommandObserver, DramChannel } from './channel.js';
import { ChannelCounters } from './counters.js';
import { MaintenanceQueue } from './maintenance.js';
import { RankActivity } from './rank-activity.js';
import { NONE, RequestTable } from './request-table.js';
import type { RefreshPolicy, RequestScheduler, RowPolicy, WriteDrain } from './strategies.js';

/** Where a planned command comes from. Lower goes first when two are ready in the same tick. */
export const Source = { active: 0, maintenance: 1, queue: 2 } as const;

export interface SharedQueueOptions {
  readonly device: DramDevice;
  readonly scheduler: RequestScheduler;
  readonly rowPolicy: RowPolicy;
  readonly writeDrain: WriteDrain;
  readonly refresh: RefreshPolicy;
  /** Tree level of an all-bank refresh: 0 channel, 1 rank. */
  readonly refreshLevel: number;
  readonly readQueueSize: number;
  readonly writeQueueSize: number;
  readonly maintenanceQueueSize: number;
  /** From a read command to its last beat. */
  readonly readLatencyTicks: number;
  /** Ticks that one access keeps the data bus. */
  readonly burstTicks: number;
  /** Ticks of a refresh, for statistics only. */
  readonly refreshTicks: number;
  /** Reads that hit a waiting write are answered from it, writes to a waiting write replace it. */
  readonly forwardAndMerge: boolean;
  readonly listener: ChannelListener;
}

/**
 * A controller with one read and one write queue for the whole channel (as in Ramulator 2). Once a request's row has been
 * opened it leaves its queue for the active set, which is served first; refreshes come next and stop new demand; then the
 * read or the write queue. Subclasses say how many commands a tick can carry.
 */
export abstract class SharedQueueChannel implements DramChannel {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  observer: CommandObserver | undefined;

  protected readonly device: DramDevice;
  protected readonly table: RequestTable;
  protected readonly reads: BankLists;
  protected readonly writes: BankLists;
  protected readonly maintenance: MaintenanceQueue;
  /** Opened requests, in the order of their activates. */
  protected readonly active: Int32Array;
  protected activeCount = 0;
  protected readonly activeInBank: Int32Array;
  protected draining = false;
  /** Ready ticks as last computed, by (bank, command). They never fall, so they are lower bounds for good. */
  private readonly readyBound: Float64Array;

  /** The candidate found by the last search. */
  protected bestTick = Infinity;
  protected bestSlot = NONE;
  protected bestCommand = 0;
  protected bestSource: number = Source.queue;
  private bestOrder = Infinity;

  /** Next tick that must be run, apart from refresh and row policy. */
  protected wake = Infinity;
  private closeWake = Infinity;
  protected readonly closesRows: boolean;
  private readonly closeAsked: Uint8Array;
  private readonly lastAccessTick: Float64Array;
  private lastReturnCycle = 0;
  private lastColumnTick = -1;
  private lastColumnWasWrite = false;
  private occupancyTick = 0;
  private readonly refreshBanks: number;

  constructor(protected readonly options: SharedQueueOptions) {
    const { device } = options;
    this.device = device;
    const banks = device.topology.banks;
    this.counters = new ChannelCounters(banks);
    this.activity = new RankActivity(device.openBanksOfRank);
    this.table = new RequestTable(options.readQueueSize + options.writeQueueSize + banks + 2);
    this.reads = new BankLists(this.table, device.openRow);
    this.writes = new BankLists(this.table, device.openRow);
    this.maintenance = new MaintenanceQueue(options.maintenanceQueueSize);
    this.active = new Int32Array(this.table.capacity);
    this.activeInBank = new Int32Array(banks);
    this.readyBound = new Float64Array(banks * COMMANDS);
    this.closesRows = options.rowPolicy.closeAt(1 << 30, 0) < Infinity;
    this.closeAsked = new Uint8Array(banks);
    this.lastAccessTick = new Float64Array(banks);
    this.refreshBanks = options.refreshLevel === 0 ? banks : device.topology.banksPerRank;
  }

  accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    const { counters, options } = this;
    if (options.forwardAndMerge && this.writes.count > 0 && this.writes.find(bank, row, column) !== NONE) {
      this.answerFromWrite(isWrite, tag, cycle);
      return true;
    }
    const queue = isWrite ? this.writes : this.reads;
    if (queue.count >= (isWrite ? options.writeQueueSize : options.readQueueSize)) return false;
    this.countOccupancy(cycle);
    queue.push(this.table.take(bank, row, column, isWrite, cycle, tag));
    if (isWrite) counters.writes++;
    else counters.reads++;
    this.invalidate(cycle + 1);
    return true;
  }

  nextTick(): number {
    return Math.min(this.wake, this.options.refresh.nextTick, this.closeWake);
  }

  advance(tick: number): void {
    for (let at = this.nextTick(); at <= tick; at = this.nextTick()) {
      if (at === this.options.refresh.nextTick) this.enqueueRefreshes(at);
      if (this.closesRows) this.closeRows(at);
      this.tick(at);
    }
  }

  pending(): number {
    return this.reads.count + this.writes.count + this.activeCount;
  }

  finish(ticks: number): void {
    this.countOccupancy(ticks);
    this.activity.finish(ticks + 1);
  }

  /** Issues what this tick allows and sets `wake` to the next tick that matters. */
  protected abstract tick(tick: number): void;

  /** A request has come or the state has changed: plans are void, look again at `tick`. */
  protected abstract invalidate(tick: number): void;

  // Searching

  protected resetBest(): void {
    this.bestTick = Infinity;
    this.bestOrder = Infinity;
    this.bestSlot = NONE;
    this.bestSource = Source.queue;
  }

  protected offer(source: number, slot: number, command: number, tick: number, order: number): void {
    if (tick > this.bestTick) return;
    if (tick === this.bestTick && (source > this.bestSource || (source === this.bestSource && order >= this.bestOrder))) return;
    this.choose(source, slot, command, tick, order);
  }

  private choose(source: number, slot: number, command: number, tick: number, order: number): void {
    this.bestTick = tick;
    this.bestSource = source;
    this.bestSlot = slot;
    this.bestCommand = command;
    this.bestOrder = order;
  }

  /** First tick from `from` on at which the command may go to the bank, on this bus. */
  protected earliest(command: number, bank: number, from: number): number {
    const ready = this.device.readyAt(command, bank);
    this.readyBound[bank * COMMANDS + command] = ready;
    return ready > from ? ready : from;
  }

  protected searchActive(from: number, columnsOnly: boolean): void {
    const { table } = this;
    for (let i = 0; i < this.activeCount; i++) {
      const slot = this.active[i]!;
      const bank = table.bank[slot]!;
      const command = this.commandFor(slot, bank);
      if (columnsOnly && !isColumn(command)) continue;
      this.offer(Source.active, slot, command, this.earliest(command, bank, from), table.arrival[slot]!);
    }
  }

  /** The first waiting refresh or policy precharge; it waits for activated requests of its banks. */
  protected searchMaintenance(from: number): void {
    const { maintenance } = this;
    if (maintenance.count === 0) return;
    const first = maintenance.firstBank;
    const end = maintenance.endBank;
    const command = maintenance.required(this.anyOpen(first, end));
    const closes = command === Command.precharge || command === Command.prechargeAll;
    if (closes && this.anyActive(first, end)) return;
    this.offer(Source.maintenance, NONE, command, this.maintenanceTick(command, first, end, from), 0);
  }

  protected maintenanceTick(command: number, first: number, end: number, from: number): number {
    return Math.max(from, this.device.readyAtAll(command, first, end));
  }

  /** The requests of the queue that the write mode selects; `rows` and `columns` say which kinds of command may go. */
  protected searchQueue(from: number, columns: boolean, rows: boolean, activates: boolean): void {
    const queue = this.draining ? this.writes : this.reads;
    if (queue.count === 0) return;
    if (this.options.scheduler.inOrder) {
      this.searchOldest(queue, from, columns, rows, activates);
      return;
    }
    if (columns) this.searchBanks(queue, queue.hitBanks, queue.hit, this.draining ? Command.write : Command.read, from);
    if (!rows) return;
    this.searchBanks(queue, queue.missBanks, queue.miss, Command.precharge, from);
    if (activates) this.searchBanks(queue, queue.shutBanks, queue.head, Command.activate, from);
  }

  /**
   * The best of one kind of candidate. The hottest loop of a busy channel: what cannot beat the best so far, going by a lower
   * bound of its ready tick, is passed over before the tick itself is computed.
   */
  private searchBanks(queue: BankLists, set: BankSet, slots: Int32Array, command: number, from: number): void {
    const floor = Math.max(from, this.device.readyFloor(command));
    let bestTick = this.bestTick;
    if (set.count === 0 || floor > bestTick) return;
    // A candidate of another source wins ties.
    let bestOrder = this.bestSource === Source.queue ? this.bestOrder : -1;
    let bestSlot = NONE;
    const { readyBound } = this;
    const { order } = this.table;
    const { banks, count } = set;
    for (let i = 0; i < count; i++) {
      const bank = banks[i]!;
      const slot = slots[bank]!;
      const bound = readyBound[bank * COMMANDS + command]!;
      const earliest = bound > floor ? bound : floor;
      if (earliest > bestTick || (earliest === bestTick && order[slot]! > bestOrder)) continue;
      if (command === Command.precharge && !this.mayClose(bank, queue.hit[bank]!, slot)) continue;
      const tick = this.earliest(command, bank, from);
      if (tick > bestTick || (tick === bestTick && order[slot]! > bestOrder)) continue;
      bestTick = tick;
      bestOrder = order[slot]!;
      bestSlot = slot;
    }
    if (bestSlot !== NONE) this.choose(Source.queue, bestSlot, command, bestTick, bestOrder);
  }

  protected updateWriteMode(): void {
    this.draining = this.options.writeDrain.drain(this.reads.count, this.writes.count, this.draining);
  }

  private searchOldest(queue: BankLists, from: number, columns: boolean, rows: boolean, activates: boolean): void {
    let oldest = NONE;
    for (const slot of queue.head) {
      if (slot !== NONE && (oldest === NONE || this.table.order[slot]! < this.table.order[oldest]!)) oldest = slot;
    }
    const bank = this.table.bank[oldest]!;
    if (this.device.openRow[bank] === ACTIVATING) return;
    const command = this.commandFor(oldest, bank);
    if (isColumn(command) ? !columns : !rows) return;
    if (command === Command.activate && !activates) return;
    if (command === Command.precharge && this.activeInBank[bank]! > 0) return;
    this.offer(Source.queue, oldest, command, this.earliest(command, bank, from), 0);
  }

  /** A row that an activated request still needs stays open; else the scheduler decides between hits and the miss. */
  private mayClose(bank: number, hit: number, miss: number): boolean {
    if (this.activeInBank[bank]! > 0) return false;
    if (hit === NONE) return true;
    const { arrival } = this.table;
    return this.options.scheduler.mayClose(arrival[hit]!, arrival[miss]!);
  }

  private commandFor(slot: number, bank: number): number {
    const open = this.device.openRow[bank]!;
    if (open === CLOSED) return Command.activate;
    if (open !== this.table.row[slot]) return Command.precharge;
    return this.table.isWrite[slot] === 1 ? Command.write : Command.read;
  }

  private anyOpen(first: number, end: number): boolean {
    for (let bank = first; bank < end; bank++) if (this.device.openRow[bank] !== CLOSED) return true;
    return false;
  }

  protected anyActive(first: number, end: number): boolean {
    if (this.activeCount === 0) return false;
    for (let bank = first; bank < end; bank++) if (this.activeInBank[bank]! > 0) return true;
    return false;
  }

  // Issuing

  /** Issues a found candidate. `upgrade` lets the row policy turn a column command into a precharging one. */
  protected issue(source: number, slot: number, command: number, tick: number, upgrade = true): void {
    if (source === Source.maintenance) {
      this.issueMaintenance(command, tick);
      return;
    }
    const bank = this.table.bank[slot]!;
    if (this.table.counted[slot] === 0) this.countOutcome(slot, command);
    if (!isColumn(command)) {
      this.issueRow(source, slot, bank, command, tick);
      return;
    }
    this.leave(source, slot);
    const final = upgrade ? this.upgraded(command, bank, tick) : command;
    this.device.issue(final, bank, 0, tick);
    if (final !== command) this.rowClosed(bank);
    this.note(final, bank, this.table.row[slot]!, tick);
    this.retire(slot, tick);
  }

  private issueRow(source: number, slot: number, bank: number, command: number, tick: number): void {
    const row = this.table.row[slot]!;
    if (command === Command.precharge) {
      this.device.issue(command, bank, row, tick);
      this.rowClosed(bank);
      this.note(command, bank, row, tick);
      return;
    }
    this.leave(source, slot);
    this.device.issue(command, bank, row, tick);
    this.note(command, bank, row, tick);
    this.activated(slot, bank, row, tick);
  }

  /** The row of a request has been opened (or, with split activation, half opened). */
  protected activated(slot: number, bank: number, row: number, _tick: number): void {
    this.rowOpened(bank, row);
    this.promote(slot, bank);
  }

  protected rowOpened(bank: number, row: number): void {
    this.reads.opened(bank, row);
    this.writes.opened(bank, row);
  }

  protected promote(slot: number, bank: number): void {
    this.active[this.activeCount++] = slot;
    this.activeInBank[bank]!++;
  }

  private rowClosed(bank: number): void {
    this.reads.closed(bank);
    this.writes.closed(bank);
    this.closeAsked[bank] = 0;
  }

  private issueMaintenance(command: number, tick: number): void {
    const { maintenance, device } = this;
    const first = maintenance.firstBank;
    const end = maintenance.endBank;
    if (command === maintenance.command) maintenance.shift();
    if (command === Command.precharge || command === Command.refreshBank) {
      device.issue(command, first, 0, tick);
      this.note(command, first, 0, tick);
      if (command === Command.precharge) this.rowClosed(first);
      else this.counters.refreshCycles += this.options.refreshTicks;
      return;
    }
    device.issueAll(command, first, end, this.options.refreshLevel, tick);
    this.note(command, first, 0, tick);
    if (command === Command.refreshAll) this.counters.refreshCycles += this.options.refreshTicks;
    else for (let bank = first; bank < end; bank++) this.rowClosed(bank);
  }

  protected upgraded(command: number, bank: number, tick: number): number {
    // The row stays open while an activated request still needs it.
    if (this.activeInBank[bank]! > 0 || !this.options.rowPolicy.autoPrecharge(this.device.columnAccesses[bank]!)) return command;
    const auto = command === Command.read ? Command.readAuto : Command.writeAuto;
    return this.device.readyAt(auto, bank) <= tick ? auto : command;
  }

  /** Takes a request out of its queue or out of the active set. */
  private leave(source: number, slot: number): void {
    if (source === Source.queue) {
      (this.table.isWrite[slot] === 1 ? this.writes : this.reads).remove(slot);
      return;
    }
    let i = 0;
    while (this.active[i] !== slot) i++;
    this.active.copyWithin(i, i + 1, this.activeCount--);
    this.activeInBank[this.table.bank[slot]!]!--;
  }

  protected retire(slot: number, tick: number): void {
    const { table } = this;
    this.countOccupancy(tick);
    this.complete(table.bank[slot]!, table.isWrite[slot] === 1, table.tag[slot]!, table.arrival[slot]!, tick);
    table.giveBack(slot);
  }

  /** The column command of an access has been issued: a write is done, a read returns after its latency. */
  protected complete(bank: number, isWrite: boolean, tag: number, arrival: number, tick: number): void {
    this.countTurnaround(isWrite, tick);
    this.lastAccessTick[bank] = tick;
    if (isWrite) {
      this.counters.lastWriteCommandCycle = tick;
      this.options.listener.completed(tag, tick, true);
    } else {
      this.returnRead(tag, arrival, tick + this.options.readLatencyTicks);
    }
  }

  /** Reads return in order: one that is ready early waits for those before it. */
  private returnRead(tag: number, arrival: number, ready: number): void {
    const cycle = Math.max(ready, this.lastReturnCycle);
    this.lastReturnCycle = cycle;
    this.counters.lastReadReturnCycle = cycle;
    this.counters.countRead(cycle - arrival);
    this.options.listener.completed(tag, cycle, false);
  }

  private answerFromWrite(isWrite: boolean, tag: number, cycle: number): void {
    if (isWrite) {
      this.counters.writes++;
      this.counters.writesMerged++;
      this.options.listener.completed(tag, cycle, true);
      return;
    }
    this.counters.reads++;
    this.counters.readsForwarded++;
    this.returnRead(tag, cycle, cycle + 1);
  }

  // Refresh and row policy

  private enqueueRefreshes(tick: number): void {
    this.options.refresh.emit((rank, bank) => {
      this.counters.maintenance++;
      if (bank >= 0) {
        this.maintenance.push(Command.refreshBank, bank, bank + 1);
        return;
      }
      const first = Math.max(0, rank) * this.refreshBanks;
      this.maintenance.push(Command.refreshAll, first, first + this.refreshBanks);
    });
    this.invalidate(tick);
  }

  /** Asks for a precharge of every row that the policy wants closed, as soon as the bank allows one. */
  private closeRows(tick: number): void {
    this.closeWake = Infinity;
    for (let bank = 0; bank < this.closeAsked.length; bank++) {
      if (this.closeAsked[bank] === 1 || this.device.openRow[bank]! < 0) continue;
      const wanted = this.options.rowPolicy.closeAt(this.device.columnAccesses[bank]!, this.lastAccessTick[bank]!);
      if (wanted === Infinity) continue;
      const at = Math.max(wanted, this.device.readyAt(Command.precharge, bank));
      if (at > tick) {
        this.closeWake = Math.min(this.closeWake, at);
        continue;
      }
      this.closeAsked[bank] = 1;
      this.counters.maintenance++;
      this.maintenance.push(Command.precharge, bank, bank + 1);
      this.invalidate(tick);
    }
  }

  // Statistics

  /** Counts a command that has just been issued and tells who listens. */
  protected note(command: number, bank: number, row: number, tick: number): void {
    if (command !== Command.read && command !== Command.write) this.activity.update(this.device.rankOfBank[bank]!, tick);
    this.counters.commandsOfBank[bank * COMMANDS + command]!++;
    if (this.observer !== undefined) this.observer.command(command, bank, row, tick);
  }

  protected countOutcome(slot: number, command: number): void {
    this.table.counted[slot] = 1;
    if (command === Command.activate) this.counters.rowMisses++;
    else if (command === Command.precharge) this.counters.rowConflicts++;
    else this.counters.rowHits++;
  }

  private countTurnaround(isWrite: boolean, tick: number): void {
    if (isWrite !== this.lastColumnWasWrite && this.lastColumnTick >= 0) {
      this.counters.turnaroundCycles += Math.max(0, tick - this.lastColumnTick - this.options.burstTicks);
    }
    this.lastColumnWasWrite = isWrite;
    this.lastColumnTick = tick;
  }

  protected countOccupancy(tick: number): void {
    this.counters.occupancyCycles += this.table.used * (tick - this.occupancyTick);
    this.occupancyTick = tick;
  }
}
