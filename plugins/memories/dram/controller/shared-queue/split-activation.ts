import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command, isColumn, isReadColumn } from '../../commands.js';
import { ACTIVATING, type DramDevice } from '../../device/device.js';
import type { ChannelLog } from '../channel-log.js';
import { NONE } from '../request-table.js';
import type { CommandBus } from './command-bus.js';
import type { CommandIssue } from './issue.js';
import type { CommandSearch } from './search.js';
import { Source, type ControllerState } from './state.js';

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
export class SplitActivationBus implements CommandBus {
  private activateDeadline = Infinity;
  private syncEndTick = 0;
  private casSlot = NONE;
  private casCommand = 0;
  private casSource: number = Source.queue;

  constructor(
    private readonly device: DramDevice,
    private readonly state: ControllerState,
    private readonly log: ChannelLog,
    private readonly search: CommandSearch,
    private readonly issuer: CommandIssue,
    private readonly timings: SplitActivationTimings,
  ) {}

  run(tick: number): void {
    const { state, search } = this;
    if (this.activateDeadline <= tick) {
      this.issueSecondActivate(tick);
      return;
    }
    if (this.casSlot !== NONE) {
      this.issueSynchronised(tick);
      return;
    }
    if (!state.isPlanned) this.plan(tick);
    if (search.tick <= tick) this.issuePlanned(tick);
    else if (state.openingSlot !== NONE) this.issueSecondActivate(tick);
    else state.wakeTick = search.tick;
  }

  private plan(tick: number): void {
    const { state, search } = this;
    search.clear();
    search.searchActive(tick, false);
    if (search.tick > tick) {
      if (state.maintenance.count > 0) this.searchFreeMaintenance(tick);
      else {
        state.updateWriteMode();
        search.searchQueue(tick, true, true, state.openingSlot === NONE);
      }
    }
    state.isPlanned = search.holds;
  }

  /** A refresh or precharge must not touch a bank between its two activates. */
  private searchFreeMaintenance(tick: number): void {
    const { maintenance, openingSlot, table } = this.state;
    if (openingSlot !== NONE) {
      const bank = table.bank[openingSlot]!;
      if (bank >= maintenance.firstBank && bank < maintenance.endBank) return;
    }
    this.search.searchMaintenance(tick);
  }

  private issuePlanned(tick: number): void {
    const { source, slot, command } = this.search;
    if (isColumn(command)) {
      if (tick >= this.syncEndTick) {
        this.synchronise(tick);
        return;
      }
      this.extendSync(command, tick);
    }
    if (command === Command.activate) this.issueFirstActivate(source, slot, tick);
    else this.issuer.issue(source, slot, command, tick);
    this.state.replan(this.issuer.busFreeAfter(source, command, tick));
  }

  /** Issues the CAS command that keeps the next tick for the access, or ACT-2 where that would make ACT-2 late. */
  private synchronise(tick: number): void {
    if (this.activateDeadline <= tick + 1) {
      this.issueSecondActivate(tick);
      return;
    }
    const { source, slot, command } = this.search;
    const { table } = this.state;
    const cas = isReadColumn(command) ? Command.casRead : Command.casWrite;
    const bank = table.bank[slot]!;
    this.device.issue(cas, bank, 0, tick);
    this.log.command(cas, bank, table.row[slot]!, tick);
    this.casSlot = slot;
    this.casCommand = command;
    this.casSource = source;
    this.state.replan(tick + 1);
  }

  /** The access that a CAS command has been issued for. Its row stays open after it, whatever the row policy wants. */
  private issueSynchronised(tick: number): void {
    const { state } = this;
    const slot = this.casSlot;
    if (this.device.readyAt(this.casCommand, state.table.bank[slot]!) > tick) {
      state.wakeTick = tick + 1;
      return;
    }
    this.extendSync(this.casCommand, tick);
    this.casSlot = NONE;
    this.issuer.column(this.casSource, slot, this.casCommand, tick, false);
    state.replan(tick + 1);
  }

  private extendSync(command: number, tick: number): void {
    const ticks = isReadColumn(command) ? this.timings.readSyncTicks : this.timings.writeSyncTicks;
    this.syncEndTick = Math.max(this.syncEndTick, tick + ticks);
  }

  private issueFirstActivate(source: number, slot: number, tick: number): void {
    const { state } = this;
    const bank = state.table.bank[slot]!;
    this.issuer.activate(source, slot, tick);
    this.device.openRow[bank] = ACTIVATING;
    state.rowOpening(bank);
    state.openingSlot = slot;
    this.activateDeadline = tick + this.timings.activateDeadlineTicks;
  }

  private issueSecondActivate(tick: number): void {
    const { state, device } = this;
    const slot = state.openingSlot;
    const bank = state.table.bank[slot]!;
    const row = state.table.row[slot]!;
    device.issue(Command.activate2, bank, row, tick);
    this.log.command(Command.activate2, bank, row, tick);
    state.openingSlot = NONE;
    this.activateDeadline = Infinity;
    device.openRow[bank] = row;
    this.issuer.opened(slot);
    state.replan(tick + 1);
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.search.exchange(s, clock);
    this.activateDeadline = s.cycle(this.activateDeadline, clock);
    this.syncEndTick = s.cycle(this.syncEndTick, clock);
    this.casSlot = s.number(this.casSlot);
    this.casCommand = s.number(this.casCommand);
    this.casSource = s.number(this.casSource);
  }
}
