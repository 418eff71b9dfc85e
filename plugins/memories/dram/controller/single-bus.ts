import { Command } from '../commands.js';
import { CLOSED } from '../device/device.js';
import { NONE } from './request-table.js';
import { SharedQueueChannel, Source } from './shared-queue.js';

/** One command a tick (DDR, GDDR, LPDDR3/4). */
export class SingleBusChannel extends SharedQueueChannel {
  private planned = false;
  private planTick = Infinity;
  private planSlot = NONE;
  private planCommand = 0;
  private planSource: number = Source.queue;

  /** A request that is alone in the channel and in no queue yet. */
  private alone = NONE;
  /** Tick at which the write mode of the empty queues has yet to be evaluated. */
  private modeDue = Infinity;

  override accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    if (cycle >= this.modeDue) {
      this.updateWriteMode();
      this.modeDue = Infinity;
    }
    if (this.alone !== NONE) {
      this.join(cycle + 1);
    } else if (this.isEmpty()) {
      this.countOccupancy(cycle);
      this.alone = this.table.take(bank, row, column, isWrite, cycle, tag);
      if (isWrite) this.counters.writes++;
      else this.counters.reads++;
      this.wake = cycle + 1;
      return true;
    }
    return super.accept(bank, row, column, isWrite, tag, cycle);
  }

  override advance(tick: number): void {
    if (this.alone !== NONE && this.wake <= tick) this.runAlone(Math.min(tick, this.options.refresh.nextTick - 1));
    super.advance(tick);
  }

  override pending(): number {
    return super.pending() + (this.alone === NONE ? 0 : 1);
  }

  protected override invalidate(tick: number): void {
    this.planned = false;
    this.wake = tick;
  }

  protected override tick(tick: number): void {
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
    return this.reads.count === 0 && this.writes.count === 0 && this.activeCount === 0 && this.maintenance.count === 0 && !this.closesRows;
  }

  /**
   * Carries out a request that nobody competes with, command by command, without queues or plans. Where the next command would
   * come after `limit`, the request goes to where the ordinary path would have it by now.
   */
  private runAlone(limit: number): void {
    const slot = this.alone;
    const { table, device } = this;
    const bank = table.bank[slot]!;
    const row = table.row[slot]!;
    const isWrite = table.isWrite[slot] === 1;
    this.draining = this.options.writeDrain.drain(isWrite ? 0 : 1, isWrite ? 1 : 0, this.draining);
    let tick = table.arrival[slot]! + 1;
    let opened = false;
    const open = device.openRow[bank]!;
    if (open !== row) {
      if (open !== CLOSED) {
        const at = this.earliest(Command.precharge, bank, tick);
        if (at > limit) return this.join(tick);
        this.issueAlone(slot, Command.precharge, bank, row, at);
        tick = at + 1;
      }
      const at = this.earliest(Command.activate, bank, tick);
      if (at > limit) return this.join(tick);
      this.issueAlone(slot, Command.activate, bank, row, at);
      this.updateWriteMode();
      opened = true;
      tick = at + 1;
    }
    const command = isWrite ? Command.write : Command.read;
    const at = this.earliest(command, bank, tick);
    if (at > limit) {
      if (!opened) return this.join(tick);
      this.alone = NONE;
      this.promote(slot, bank);
      this.invalidate(tick);
      return;
    }
    this.issueAlone(slot, this.upgraded(command, bank, at), bank, row, at);
    this.retire(slot, at);
    this.alone = NONE;
    this.modeDue = at + 1;
    this.planned = true;
    this.planTick = Infinity;
    this.wake = Infinity;
  }

  private issueAlone(slot: number, command: number, bank: number, row: number, tick: number): void {
    if (this.table.counted[slot] === 0) this.countOutcome(slot, command);
    this.device.issue(command, bank, row, tick);
    this.note(command, bank, row, tick);
  }

  /** The lone request goes into its queue, to be looked at from `tick` on. */
  private join(tick: number): void {
    const slot = this.alone;
    this.alone = NONE;
    (this.table.isWrite[slot] === 1 ? this.writes : this.reads).push(slot);
    this.invalidate(tick);
  }
}
