import { Command } from '../commands.js';
import { CLOSED } from '../device/device.js';
import { LateWaits } from './late-waits.js';
import { NONE } from './request-table.js';
import { RowRun } from './row-run.js';
import { Source } from './channel-queues.js';
import { SharedQueueChannel, type SharedQueueOptions } from './shared-queue.js';
import { openRowPolicy } from './strategies.js';

/** One command a tick (DDR, GDDR, LPDDR3/4). */
export class SingleBusChannel extends SharedQueueChannel {
  private planned = false;
  private planTick = Infinity;
  private planSlot = NONE;
  private planCommand = 0;
  private planSource: number = Source.queue;

  /** A request that is alone in the channel, if `hasLone`, and in no queue yet. */
  private hasLone = false;
  private loneBank = 0;
  private loneRow = 0;
  private loneColumn = 0;
  private loneIsWrite = false;
  private loneTag = 0;
  private loneArrival = 0;
  /** It has been counted as hit, miss or conflict. */
  private loneCounted = false;
  /** Accesses to one open row that nobody competes with, in no queue yet. */
  private readonly run = new RowRun();
  /** Tick at which the write mode of the empty queues has yet to be evaluated. */
  private modeDue = Infinity;
  private readonly waits: LateWaits;
  private readonly prechargeToActivate: number;
  private readonly activateToRead: number;
  private readonly activateToWrite: number;

  constructor(options: SharedQueueOptions) {
    super(options);
    const waits = new LateWaits(options.device);
    this.waits = waits;
    this.prechargeToActivate = waits.between(Command.precharge, Command.activate);
    this.activateToRead = waits.between(Command.activate, Command.read);
    this.activateToWrite = waits.between(Command.activate, Command.write);
  }

  override accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    this.settleWriteMode(cycle);
    if (this.run.isActive) this.queueRun(cycle);
    if (this.hasLone) {
      this.join(cycle + 1);
    } else if (this.isEmpty()) {
      this.acceptLone(bank, row, column, isWrite, tag, cycle);
      return true;
    }
    return super.accept(bank, row, column, isWrite, tag, cycle);
  }

  private acceptLone(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): void {
    this.hasLone = true;
    this.loneBank = bank;
    this.loneRow = row;
    this.loneColumn = column;
    this.loneIsWrite = isWrite;
    this.loneTag = tag;
    this.loneArrival = cycle;
    this.loneCounted = false;
    if (isWrite) this.counters.writes++;
    else this.counters.reads++;
    this.wake = cycle + 1;
  }

  /**
   * Takes a run of accesses to one row: the channel is empty, the row open, and the accesses are offered one a cycle from `cycle` on.
   * @returns how many are taken: 0 if this is no such case, fewer than `count` if a refresh comes first
   */
  acceptRun(bank: number, row: number, columns: Int32Array, count: number, isWrite: boolean, tag: number, cycle: number): number {
    const { device, options, run } = this;
    if (!this.isEmpty() || this.hasLone || device.openRow[bank] !== row || options.rowPolicy !== openRowPolicy) return 0;
    this.settleWriteMode(cycle);
    this.waits.settle();
    const command = isWrite ? Command.write : Command.read;
    const firstTick = this.earliest(command, bank, cycle + 1);
    const spacing = device.ownWait(command, command);
    run.start(bank, row, isWrite, tag, cycle, firstTick, spacing, isWrite ? options.writeQueueSize : options.readQueueSize);
    const taken = Math.min(count, run.countBefore(options.refresh.nextTick));
    if (taken === 0) return 0;
    run.setColumns(columns, taken);
    if (isWrite) this.counters.writes += taken;
    else this.counters.reads += taken;
    this.wake = run.tickOf(taken - 1);
    return taken;
  }

  /** Cycle in which the last access of the run that was taken last has been accepted. */
  lastRunArrival(): number {
    return this.run.arrival(this.run.count - 1);
  }

  override advance(tick: number): void {
    if (this.run.isActive) this.issueRun(tick);
    if (this.hasLone && this.wake <= tick) this.runAlone(Math.min(tick, this.options.refresh.nextTick - 1));
    super.advance(tick);
  }

  override pending(): number {
    return super.pending() + (this.hasLone ? 1 : 0) + this.run.count - this.run.issued;
  }

  protected override invalidate(tick: number): void {
    this.planned = false;
    this.wake = tick;
  }

  protected override tick(tick: number): void {
    this.waits.settle();
    if (!this.planned) this.plan(tick);
    if (this.planTick > tick) {
      this.wake = this.planTick;
      return;
    }
    this.issue(this.planSource, this.planSlot, this.planCommand, tick);
    this.invalidate(tick + 1);
  }

  /**
   * Finds what will be issued next if no request comes before. The state only changes by issuing, so the earliest candidate now
   * is the one that the tick-by-tick search would find first.
   */
  private plan(tick: number): void {
    this.resetBest();
    this.searchActive(tick, false);
    const activeGoesNow = this.bestTick <= tick;
    if (!activeGoesNow) {
      if (this.maintenance.count > 0) {
        this.searchMaintenance(tick);
      } else {
        this.updateWriteMode();
        this.searchQueue(tick, true, true, true);
      }
    }
    this.planned = true;
    this.planTick = this.bestTick;
    this.planSlot = this.bestSlot;
    this.planCommand = this.bestCommand;
    this.planSource = this.bestSource;
  }

  private isEmpty(): boolean {
    const queued = this.reads.count + this.writes.count + this.activeCount + this.maintenance.count;
    return queued === 0 && !this.closesRows && !this.run.isActive;
  }

  /** Evaluates the write mode of the empty queues, as the tick after the last request would have. */
  private settleWriteMode(cycle: number): void {
    if (cycle < this.modeDue) return;
    this.updateWriteMode();
    this.modeDue = Infinity;
  }

  /** Issues what is due of the run, all at once: of equal commands to one row only the last decides what may follow. */
  private issueRun(limit: number): void {
    const { run, device, counters } = this;
    const end = Math.min(run.count, run.countBefore(limit + 1));
    if (end === run.issued) return;
    const command = run.isWrite ? Command.write : Command.read;
    const last = run.tickOf(end - 1);
    device.issueRepeated(command, run.bank, end - run.issued, last);
    counters.rowHits += end - run.issued;
    for (let k = run.issued; k < end; k++) {
      const tick = run.tickOf(k);
      const arrival = run.arrival(k);
      this.note(command, run.bank, run.row, tick);
      counters.occupancyCycles += tick - arrival;
      this.complete(run.bank, run.isWrite, run.tag, arrival, tick);
    }
    run.issued = end;
    if (run.isActive) return;
    this.rest(last);
  }

  /** A competitor has come: what the run has not issued yet goes into the queue that it would be in. */
  private queueRun(cycle: number): void {
    const { run, table } = this;
    this.countOccupancy(cycle);
    const queue = run.isWrite ? this.writes : this.reads;
    for (let k = run.issued; k < run.count; k++) {
      const arrival = run.arrival(k);
      this.counters.occupancyCycles += cycle - arrival;
      queue.push(table.take(run.bank, run.row, run.columns[k]!, run.isWrite, arrival, run.tag));
    }
    run.count = run.issued;
    this.invalidate(cycle + 1);
  }

  /** Nothing is left to do after `tick`. */
  private rest(tick: number): void {
    this.modeDue = tick + 1;
    this.planned = true;
    this.planTick = Infinity;
    this.wake = Infinity;
  }

  /**
   * Carries out a request that nobody competes with, command by command, without queues or plans. Where the next command would
   * come after `limit`, the request goes to where the ordinary path would have it by now.
   */
  private runAlone(limit: number): void {
    const first = this.loneArrival + 1;
    if (this.options.rowPolicy === openRowPolicy && this.waits.quietAt(first)) {
      if (this.runUnhindered(first, limit)) return;
    }
    this.waits.settle();
    this.runHindered(limit);
  }

  /** The access of a request that nothing issued before makes wait. @returns false, with nothing done, if it would last beyond `limit` */
  private runUnhindered(first: number, limit: number): boolean {
    const { counters, device, loneBank: bank, loneRow: row, loneIsWrite: isWrite } = this;
    const open = device.openRow[bank]!;
    const activateAt = open === CLOSED || open === row ? first : first + this.prechargeToActivate;
    const columnAt = open === row ? first : activateAt + (isWrite ? this.activateToWrite : this.activateToRead);
    if (columnAt > limit) return false;
    if (open === row) {
      counters.rowHits++;
    } else {
      if (open === CLOSED) {
        counters.rowMisses++;
      } else {
        counters.rowConflicts++;
        this.issueLate(Command.precharge, first);
      }
      this.issueLate(Command.activate, activateAt);
    }
    this.issueLate(isWrite ? Command.write : Command.read, columnAt);
    this.finishLone(columnAt);
    return true;
  }

  private runHindered(limit: number): void {
    const { device, loneBank: bank, loneRow: row, loneIsWrite: isWrite } = this;
    let tick = this.loneArrival + 1;
    let opened = false;
    const open = device.openRow[bank]!;
    if (open !== row) {
      if (open !== CLOSED) {
        const at = Math.max(tick, device.readyAt(Command.precharge, bank));
        if (at > limit) return this.join(tick);
        this.issueAlone(Command.precharge, at);
        this.counters.rowConflicts++;
        this.loneCounted = true;
        tick = at + 1;
      }
      const at = Math.max(tick, device.readyAt(Command.activate, bank));
      if (at > limit) return this.join(tick);
      this.issueAlone(Command.activate, at);
      if (!this.loneCounted) this.counters.rowMisses++;
      this.loneCounted = true;
      opened = true;
      tick = at + 1;
    }
    const command = isWrite ? Command.write : Command.read;
    const at = Math.max(tick, device.readyAt(command, bank));
    if (at > limit) {
      if (opened) this.promoteLone(tick);
      else this.join(tick);
      return;
    }
    this.issueAlone(this.upgraded(command, bank, at), at);
    if (!this.loneCounted) this.counters.rowHits++;
    this.finishLone(at);
  }

  private finishLone(tick: number): void {
    this.counters.occupancyCycles += tick - this.loneArrival;
    this.complete(this.loneBank, this.loneIsWrite, this.loneTag, this.loneArrival, tick);
    this.hasLone = false;
    this.rest(tick);
  }

  private issueLate(command: number, tick: number): void {
    this.waits.issue(command, this.loneBank, this.loneRow, tick);
    this.note(command, this.loneBank, this.loneRow, tick);
  }

  protected override note(command: number, bank: number, row: number, tick: number): void {
    super.note(command, bank, row, tick);
    this.waits.noted(command, tick);
  }

  private issueAlone(command: number, tick: number): void {
    this.device.issue(command, this.loneBank, this.loneRow, tick);
    this.note(command, this.loneBank, this.loneRow, tick);
  }

  /** The lone request goes into its queue, to be looked at from `tick` on. */
  private join(tick: number): void {
    (this.loneIsWrite ? this.writes : this.reads).push(this.loneSlot());
    this.invalidate(tick);
  }

  /** The lone request's row has been opened: it goes to the active ones. */
  private promoteLone(tick: number): void {
    this.promote(this.loneSlot(), this.loneBank);
    this.invalidate(tick);
  }

  /** Puts the lone request into the table, as if it had been there from its arrival on. */
  private loneSlot(): number {
    this.hasLone = false;
    this.countOccupancy(this.loneArrival);
    const slot = this.table.take(this.loneBank, this.loneRow, this.loneColumn, this.loneIsWrite, this.loneArrival, this.loneTag);
    this.table.counted[slot] = this.loneCounted ? 1 : 0;
    return slot;
  }
}
