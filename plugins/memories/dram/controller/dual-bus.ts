import { Command } from '../commands.js';
import { NONE } from './request-table.js';
import { Source } from './channel-queues.js';
import { SharedQueueChannel, type SharedQueueOptions } from './shared-queue.js';

/**
 * A column and a row command each tick (HBM). With half-cycle ticks (HBM3) column commands and all row commands but precharges
 * go on odd ticks only; a precharge may also go on an even tick unless that is the pairing edge of a row command to the same
 * bank or of an all-bank command of the same pseudo-channel.
 */
export class DualBusChannel extends SharedQueueChannel {
  private columnPlanned = false;
  private columnTick = Infinity;
  private columnSlot = NONE;
  private columnCommand = 0;
  private columnSource: number = Source.queue;
  private rowPlanned = false;
  private rowTick = Infinity;
  private rowSlot = NONE;
  private rowCommand = 0;
  private rowSource: number = Source.queue;

  private pairingTick = -1;
  private pairingRank = -1;
  /** Bank of the paired command, -1 for all of the pseudo-channel. */
  private pairingBank = -1;

  constructor(
    options: SharedQueueOptions,
    private readonly halfCycles: boolean,
  ) {
    super(options);
  }

  protected override invalidate(tick: number): void {
    this.columnPlanned = false;
    this.rowPlanned = false;
    this.wake = tick;
  }

  protected override tick(tick: number): void {
    let issued = false;
    if (!this.columnPlanned) this.planColumn(tick);
    if (this.columnTick <= tick) {
      this.issue(this.columnSource, this.columnSlot, this.columnCommand, tick);
      this.rowPlanned = false;
      issued = true;
    }
    if (!this.rowPlanned) this.planRow(tick);
    if (this.rowTick <= tick) {
      const bank = this.rowSource === Source.maintenance ? this.maintenance.firstBank : this.table.bank[this.rowSlot]!;
      this.issue(this.rowSource, this.rowSlot, this.rowCommand, tick);
      if (this.halfCycles && tick % 2 === 1) this.rememberPairing(this.rowCommand, bank, tick);
      issued = true;
    }
    if (issued) this.invalidate(tick + 1);
    else this.wake = Math.min(this.columnTick, this.rowTick);
  }

  protected override earliest(command: number, bank: number, from: number): number {
    const at = super.earliest(command, bank, from);
    return this.halfCycles ? this.onAllowedEdge(command, bank, at) : at;
  }

  protected override maintenanceTick(command: number, first: number, end: number, from: number): number {
    const at = super.maintenanceTick(command, first, end, from);
    return this.halfCycles ? this.onAllowedEdge(command, first, at) : at;
  }

  private planColumn(tick: number): void {
    this.resetBest();
    this.searchActive(tick, true);
    if (this.bestTick > tick && this.maintenance.count === 0) {
      this.updateWriteMode();
      this.searchQueue(tick, true, false, false);
    }
    this.columnPlanned = true;
    this.columnTick = this.bestTick;
    this.columnSlot = this.bestSlot;
    this.columnCommand = this.bestCommand;
    this.columnSource = this.bestSource;
  }

  private planRow(tick: number): void {
    this.resetBest();
    if (this.maintenance.count > 0) {
      this.searchMaintenance(tick);
    } else {
      this.updateWriteMode();
      this.searchQueue(tick, false, true, true);
    }
    this.rowPlanned = true;
    this.rowTick = this.bestTick;
    this.rowSlot = this.bestSlot;
    this.rowCommand = this.bestCommand;
    this.rowSource = this.bestSource;
  }

  private onAllowedEdge(command: number, bank: number, at: number): number {
    if (at % 2 === 1) return at;
    if (command !== Command.precharge && command !== Command.prechargeAll) return at + 1;
    if (at !== this.pairingTick || this.pairingRank !== this.device.rankOfBank[bank]!) return at;
    const sameBank = this.pairingBank === -1 || command === Command.prechargeAll || this.pairingBank === bank;
    return sameBank ? at + 1 : at;
  }

  private rememberPairing(command: number, bank: number, tick: number): void {
    this.pairingRank = this.device.rankOfBank[bank]!;
    this.pairingBank = command === Command.prechargeAll || command === Command.refreshAll ? -1 : bank;
    this.pairingTick = tick + (command === Command.activate ? 3 : 1);
  }
}
