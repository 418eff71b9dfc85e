import { Command, isColumn, isReadColumn } from '../commands.js';
import { ACTIVATING } from '../device/device.js';
import { NONE } from './request-table.js';
import { Source } from './channel-queues.js';
import { SharedQueueChannel, type SharedQueueOptions } from './shared-queue.js';

export interface SplitActivationTimings {
  /** ACT-2 follows ACT-1 by at most this. */
  readonly activateDeadlineTicks: number;
  /** From a read (write) command to the end of its burst and the WCK postamble: so long the clock stays in step. */
  readonly readSyncTicks: number;
  readonly writeSyncTicks: number;
}

/**
 * LPDDR5: a row is opened by ACT-1 and, at most tAAD later, ACT-2; other commands may go between, but no second ACT-1. The data
 * clock WCK falls out of step some time after the last access and is brought back by a CAS command in the tick before the next.
 */
export class SplitActivationChannel extends SharedQueueChannel {
  private planned = false;
  private planTick = Infinity;
  private planSlot = NONE;
  private planCommand = 0;
  private planSource: number = Source.queue;

  private activatingSlot = NONE;
  private activateDeadline = Infinity;
  private syncEndTick = 0;
  private casSlot = NONE;
  private casCommand = 0;
  private casSource: number = Source.queue;

  constructor(
    options: SharedQueueOptions,
    private readonly timings: SplitActivationTimings,
  ) {
    super(options);
  }

  protected override invalidate(tick: number): void {
    this.planned = false;
    this.wake = tick;
  }

  override pending(): number {
    return super.pending() + (this.activatingSlot === NONE ? 0 : 1);
  }

  protected override tick(tick: number): void {
    if (this.activateDeadline <= tick) {
      this.issueSecondActivate(tick);
      return;
    }
    if (this.casSlot !== NONE) {
      this.issueSynchronised(tick);
      return;
    }
    if (!this.planned) this.plan(tick);
    if (this.planTick <= tick) this.issuePlanned(tick);
    else if (this.activatingSlot !== NONE) this.issueSecondActivate(tick);
    else this.wake = this.planTick;
  }

  protected override activated(slot: number, bank: number, _row: number, tick: number): void {
    this.device.openRow[bank] = ACTIVATING;
    this.reads.opening(bank);
    this.writes.opening(bank);
    this.activatingSlot = slot;
    this.activateDeadline = tick + this.timings.activateDeadlineTicks;
  }

  private plan(tick: number): void {
    this.resetBest();
    this.searchActive(tick, false);
    if (this.bestTick > tick) {
      if (this.maintenance.count > 0) this.searchFreeMaintenance(tick);
      else {
        this.updateWriteMode();
        this.searchQueue(tick, true, true, this.activatingSlot === NONE);
      }
    }
    this.planned = true;
    this.planTick = this.bestTick;
    this.planSlot = this.bestSlot;
    this.planCommand = this.bestCommand;
    this.planSource = this.bestSource;
  }

  /** A refresh or precharge must not touch a bank between its two activates. */
  private searchFreeMaintenance(tick: number): void {
    if (this.activatingSlot !== NONE) {
      const bank = this.table.bank[this.activatingSlot]!;
      if (bank >= this.maintenance.firstBank && bank < this.maintenance.endBank) return;
    }
    this.searchMaintenance(tick);
  }

  private issuePlanned(tick: number): void {
    const needsSync = isColumn(this.planCommand) && this.planSource !== Source.maintenance && tick >= this.syncEndTick;
    if (needsSync) {
      this.synchronise(tick);
      return;
    }
    if (isColumn(this.planCommand)) this.extendSync(this.planCommand, tick);
    this.issue(this.planSource, this.planSlot, this.planCommand, tick);
    this.invalidate(tick + 1);
  }

  /** Issues the CAS command that keeps the next tick for the access, or ACT-2 where that would make ACT-2 late. */
  private synchronise(tick: number): void {
    if (this.activateDeadline <= tick + 1) {
      this.issueSecondActivate(tick);
      return;
    }
    const cas = isReadColumn(this.planCommand) ? Command.casRead : Command.casWrite;
    const bank = this.table.bank[this.planSlot]!;
    this.device.issue(cas, bank, 0, tick);
    this.note(cas, bank, this.table.row[this.planSlot]!, tick);
    this.casSlot = this.planSlot;
    this.casCommand = this.planCommand;
    this.casSource = this.planSource;
    this.invalidate(tick + 1);
  }

  private issueSynchronised(tick: number): void {
    const bank = this.table.bank[this.casSlot]!;
    if (this.device.readyAt(this.casCommand, bank) > tick) {
      this.wake = tick + 1;
      return;
    }
    this.extendSync(this.casCommand, tick);
    const slot = this.casSlot;
    this.casSlot = NONE;
    this.issue(this.casSource, slot, this.casCommand, tick, false);
    this.invalidate(tick + 1);
  }

  private extendSync(command: number, tick: number): void {
    const ticks = isReadColumn(command) ? this.timings.readSyncTicks : this.timings.writeSyncTicks;
    this.syncEndTick = Math.max(this.syncEndTick, tick + ticks);
  }

  private issueSecondActivate(tick: number): void {
    const slot = this.activatingSlot;
    const bank = this.table.bank[slot]!;
    const row = this.table.row[slot]!;
    this.device.issue(Command.activate2, bank, row, tick);
    this.note(Command.activate2, bank, row, tick);
    this.activatingSlot = NONE;
    this.activateDeadline = Infinity;
    this.device.openRow[bank] = row;
    this.rowOpened(bank, row);
    this.promote(slot, bank);
    this.invalidate(tick + 1);
  }
}
