import { COMMANDS, Command, isColumn } from '../commands.js';
import type { ChannelListener, CommandObserver, DramChannel } from './channel.js';
import { ChannelQueues, Source, type ChannelQueueOptions } from './channel-queues.js';
import { ChannelCounters } from './counters.js';
import { RankActivity } from './rank-activity.js';
import { NONE } from './request-table.js';
import type { RefreshPolicy, RowPolicy } from './strategies.js';

export interface SharedQueueOptions extends ChannelQueueOptions {
  readonly rowPolicy: RowPolicy;
  readonly refresh: RefreshPolicy;
  /** Tree level of an all-bank refresh: 0 channel, 1 rank. */
  readonly refreshLevel: number;
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
export abstract class SharedQueueChannel extends ChannelQueues implements DramChannel {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  observer: CommandObserver | undefined;

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
    super(options);
    const banks = this.device.topology.banks;
    this.counters = new ChannelCounters(banks);
    this.activity = new RankActivity(this.device.openBanksOfRank);
    this.closesRows = options.rowPolicy.closeAt(1 << 30, 0) < Infinity;
    this.closeAsked = new Uint8Array(banks);
    this.lastAccessTick = new Float64Array(banks);
    this.refreshBanks = options.refreshLevel === 0 ? banks : this.device.topology.banksPerRank;
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
