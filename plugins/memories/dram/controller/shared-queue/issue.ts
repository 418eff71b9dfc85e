import { Command, isColumn } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';
import type { FormedCommands } from '../../device/formed-commands.js';
import type { ChannelLog } from '../channel-log.js';
import type { ChannelCounters } from '../counters.js';
import { NONE, type RequestTable } from '../request-table.js';
import type { RowPolicy } from '../strategies.js';
import type { Completions } from './completions.js';
import { Source, type ControllerState } from './state.js';

export interface IssueOptions {
  readonly rowPolicy: RowPolicy;
  /** Tree level of an all-bank refresh: 0 channel, 1 rank. */
  readonly refreshLevel: number;
  /** Ticks of a refresh, for statistics only. */
  readonly refreshTicks: number;
}

/** Issues a command: to the device, and all that follows from it for queues, counts and the request it was for. */
export class CommandIssue {
  private readonly table: RequestTable;
  private readonly counters: ChannelCounters;

  constructor(
    private readonly device: DramDevice,
    private readonly state: ControllerState,
    private readonly log: ChannelLog,
    private readonly completions: Completions,
    private readonly formed: FormedCommands,
    private readonly options: IssueOptions,
  ) {
    this.table = state.table;
    this.counters = log.counters;
  }

  /** @param slot the request that the command is for; where the source is maintenance, the bank of an injected command or NONE */
  issue(source: number, slot: number, command: number, tick: number): void {
    if (source === Source.maintenance) {
      if (slot === NONE) this.maintenance(command, tick);
      else this.injected(slot, command, tick);
    } else if (isColumn(command)) {
      this.column(source, slot, command, tick, true);
    } else if (command === Command.precharge) {
      this.precharge(slot, tick);
    } else {
      this.activate(source, slot, tick);
      this.opened(slot);
    }
  }

  /** Issues the column command of a request, which ends it. `upgrade` lets the row policy turn it into a precharging one. */
  column(source: number, slot: number, command: number, tick: number, upgrade: boolean): void {
    const { state, table, log } = this;
    const bank = table.bank[slot]!;
    const isWrite = table.isWrite[slot] === 1;
    if (table.counted[slot] === 0) this.counters.rowHits++;
    state.leave(source, slot);
    const issued = upgrade ? this.upgraded(command, bank, tick) : command;
    this.device.issue(issued, bank, 0, tick);
    if (issued !== command) state.rowClosed(bank);
    log.command(issued, bank, table.row[slot]!, tick);
    log.countOccupancy(tick);
    this.completions.accessed(bank, isWrite, table.tag[slot]!, table.arrival[slot]!, tick);
    table.giveBack(slot);
  }

  /** Issues the activate of a request, which leaves its queue. */
  activate(source: number, slot: number, tick: number): void {
    const { table } = this;
    const bank = table.bank[slot]!;
    const row = table.row[slot]!;
    if (table.counted[slot] === 0) {
      table.counted[slot] = 1;
      this.counters.rowMisses++;
    }
    this.state.leave(source, slot);
    this.device.issue(Command.activate, bank, row, tick);
    this.log.command(Command.activate, bank, row, tick);
  }

  /** The row of a request is open: the request is an active one from now on. */
  opened(slot: number): void {
    const { state, table } = this;
    state.rowOpened(table.bank[slot]!, table.row[slot]!);
    state.active.add(slot);
  }

  /** The column command to issue: the row policy may want one that precharges. */
  upgraded(command: number, bank: number, tick: number): number {
    // The row stays open while an activated request still needs it.
    if (this.state.active.inBank[bank]! > 0 || !this.options.rowPolicy.autoPrecharge(this.device.columnAccesses[bank]!)) return command;
    const auto = command === Command.read ? Command.readAuto : Command.writeAuto;
    return this.device.readyAt(auto, bank) <= tick ? auto : command;
  }

  /** Closes a row that is in the way of a request. */
  private precharge(slot: number, tick: number): void {
    const { table } = this;
    const bank = table.bank[slot]!;
    const row = table.row[slot]!;
    if (table.counted[slot] === 0) {
      table.counted[slot] = 1;
      this.counters.rowConflicts++;
    }
    this.device.issue(Command.precharge, bank, row, tick);
    this.state.rowClosed(bank);
    this.log.command(Command.precharge, bank, row, tick);
  }

  /** The first tick in which the bus that carried the command is free again. */
  busFreeAfter(source: number, command: number, tick: number): number {
    return source === Source.maintenance && this.formed.isFree[command] === 1 ? tick : tick + 1;
  }

  isOnColumnBus(command: number): boolean {
    return this.formed.isOnColumnBus[command] === 1;
  }

  /** An injected command, or one that opens or closes a row for it. */
  private injected(bank: number, command: number, tick: number): void {
    const { formed, log, counters } = this;
    const { maintenance } = this.state;
    const { row } = maintenance;
    if (command === maintenance.command) maintenance.shift();
    formed.issue(command, bank, row, tick);
    this.followState(command, bank, row, tick);
    if (formed.refreshes[command] === 1) counters.refreshCycles += formed.busyTicks(command);
    maintenance.issuesInjected = true;
    log.command(command, bank, row, tick);
    maintenance.issuesInjected = false;
  }

  /** Tells the queues and the log of ranks which rows an injected command has opened or closed. */
  private followState(command: number, bank: number, row: number, tick: number): void {
    const { formed, state } = this;
    const opens = formed.opens[command] === 1;
    const closes = formed.closes[command] === 1;
    if (opens === closes) return;
    for (const reached of formed.banksOf(command, bank)) {
      if (opens) state.rowOpened(reached, row);
      else state.rowClosed(reached);
      this.log.activity.update(this.device.rankOfBank[reached]!, tick);
    }
  }

  private maintenance(command: number, tick: number): void {
    const { device, state, log, options } = this;
    const { maintenance } = state;
    const first = maintenance.firstBank;
    const end = maintenance.endBank;
    if (command === maintenance.command) maintenance.shift();
    if (command === Command.precharge || command === Command.refreshBank) {
      device.issue(command, first, 0, tick);
      log.command(command, first, 0, tick);
      if (command === Command.precharge) state.rowClosed(first);
      else this.counters.refreshCycles += options.refreshTicks;
      return;
    }
    device.issueAll(command, first, end, options.refreshLevel, tick);
    log.command(command, first, 0, tick);
    if (command === Command.refreshAll) this.counters.refreshCycles += options.refreshTicks;
    else for (let bank = first; bank < end; bank++) state.rowClosed(bank);
  }
}
