import { COMMON_COMMANDS, type CommandTable } from '../command-table.js';
import { Command, isColumn, isReadColumn } from '../commands.js';
import type { CommandObserver } from '../controller/channel.js';
import { ScopedBanks } from '../device/scopes.js';
import type { Topology } from '../device/topology.js';
import type { BusTimes } from './bus-times.js';
import type { TimingRules, TooEarly } from './timing-rules.js';

/** A command that the timing of the device or the state of its bank did not allow. */
export interface Violation {
  readonly tick: number;
  readonly command: string;
  readonly bank: number;
  /** What was broken, e.g. `bank: after ACT 39 ticks are needed, came after 30 (tRAS)`. */
  readonly rule: string;
}

export interface CheckerOptions {
  readonly topology: Topology;
  /** What commands must wait for: see `checkerFor`. */
  readonly rules: readonly TimingRules[];
  /** How long commands keep their bus; one tick each where it is not given. */
  readonly bus?: BusTimes;
  /** A row and a column command may come in one tick. */
  readonly dualCommands: boolean;
  /** Column commands, and row commands but precharges, on odd ticks only. */
  readonly halfCycles?: boolean;
  /** The commands of the standard; those that all standards have where it is not given. */
  readonly commands?: CommandTable;
  /** Split activation (LPDDR5). */
  readonly split?: { readonly activateDeadlineTicks: number; readonly readSyncTicks: number; readonly writeSyncTicks: number };
}

/**
 * Proves a stream of commands legal, or says where it is not: by the command bus, by what commands wait for, and by the rows of the banks.
 * It shares no timing table with the controllers: what commands wait for is worked out from the data sheet (`rules/`), by the history of the
 * commands and not by "ready" times.
 */
export class CommandChecker implements CommandObserver {
  readonly violations: Violation[] = [];
  /** Number of commands seen. */
  commands = 0;

  private readonly table: CommandTable;
  private readonly scopes: ScopedBanks;

  private readonly openRow: Int32Array;
  /** First tick in which the bus of row commands (of all commands, where there is one bus) is free, and that of column commands. */
  private rowBusFree = 0;
  private columnBusFree = 0;
  private halfOpenBank = -1;
  private halfOpenSince = 0;
  private syncEndTick = 0;
  private casTick = -1;

  constructor(private readonly options: CheckerOptions) {
    const { topology } = options;
    this.table = options.commands ?? COMMON_COMMANDS;
    this.scopes = new ScopedBanks(topology, this.table);
    this.openRow = new Int32Array(topology.banks).fill(-1);
  }

  command(code: number, bank: number, row: number, tick: number): void {
    this.commands++;
    const banks = this.scopes.of(code, bank);
    this.checkBus(code, bank, tick);
    this.checkTiming(code, banks, tick);
    this.checkState(code, banks, row, tick);
    if (this.options.split !== undefined) this.checkSplit(code, bank, tick);
    for (const rules of this.options.rules) rules.remember(code, banks, tick);
    this.changeState(code, banks, row);
  }

  private report(code: number, bank: number, tick: number, rule: string): void {
    this.violations.push({ tick, command: this.table.names[code] as string, bank, rule });
  }

  private checkBus(code: number, bank: number, tick: number): void {
    const { dualCommands, halfCycles } = this.options;
    if (this.table.forms[code]!.bus === 'none') return;
    const onColumnBus = dualCommands && this.table.isOnColumnBus(code);
    const free = onColumnBus ? this.columnBusFree : this.rowBusFree;
    if (tick < free) this.report(code, bank, tick, `the command bus is taken until tick ${free - 1}`);
    const end = tick + (this.options.bus?.occupiedTicks(code) ?? 1);
    if (onColumnBus) this.columnBusFree = end;
    else this.rowBusFree = end;
    const { effects } = this.table.forms[code]!;
    const isPrecharge = effects.length > 0 && effects.every((effect) => effect === 'close');
    if (halfCycles === true && tick % 2 === 0 && !isPrecharge) this.report(code, bank, tick, 'only precharges go on the falling edge');
  }

  private checkTiming(code: number, banks: Int32Array, tick: number): void {
    const found = (violation: TooEarly) => this.report(code, banks[0]!, tick, this.textOf(violation));
    for (const rules of this.options.rules) rules.check(code, banks, tick, found);
  }

  private textOf({ level, cause, neededTicks, sinceTicks, window, term }: TooEarly): string {
    const which = window === 1 ? '' : ` (the ${window}th last)`;
    const why = term === undefined ? '' : ` (${term})`;
    return `${level}: after ${this.table.names[cause]}${which} ${neededTicks} ticks are needed, came after ${sinceTicks}${why}`;
  }

  /** What the form of the command says of the rows of its banks. A command to one bank that accesses names its row. */
  private checkState(code: number, banks: Int32Array, row: number, tick: number): void {
    const { scope, effects } = this.table.forms[code]!;
    const need = this.table.needOf(code);
    const accesses = effects.includes('read') || effects.includes('write');
    for (const bank of banks) {
      const open = this.openRow[bank]!;
      if (need === 'closed' && open !== -1) this.report(code, bank, tick, `row ${open} is open`);
      if (need !== 'open') continue;
      if (open === -1) this.report(code, bank, tick, 'no row is open');
      else if (accesses && scope === 'bank' && open !== row) this.report(code, bank, tick, `row ${open} is open, not row ${row}`);
    }
  }

  /** ACT-2 follows its ACT-1 in time with no other ACT-1 between, and accesses find WCK in step. */
  private checkSplit(code: number, bank: number, tick: number): void {
    const { activateDeadlineTicks, readSyncTicks, writeSyncTicks } = this.options.split!;
    if (code === Command.activate) {
      if (this.halfOpenBank !== -1) this.report(code, bank, tick, `bank ${this.halfOpenBank} waits for ACT2`);
      this.halfOpenBank = bank;
      this.halfOpenSince = tick;
    } else if (code === Command.activate2) {
      if (this.halfOpenBank !== bank) this.report(code, bank, tick, 'there was no ACT1');
      else if (tick > this.halfOpenSince + activateDeadlineTicks) this.report(code, bank, tick, `ACT1 was ${tick - this.halfOpenSince} ticks ago`);
      this.halfOpenBank = -1;
    } else if (code === Command.casRead || code === Command.casWrite) {
      this.casTick = tick;
    } else if (isColumn(code)) {
      if (this.halfOpenBank === bank) this.report(code, bank, tick, 'the row is half open');
      if (tick >= this.syncEndTick && this.casTick !== tick - 1) this.report(code, bank, tick, 'WCK is out of step and no CAS came');
      this.syncEndTick = Math.max(this.syncEndTick, tick + (isReadColumn(code) ? readSyncTicks : writeSyncTicks));
    }
  }

  private changeState(code: number, banks: Int32Array, row: number): void {
    const { effects } = this.table.forms[code]!;
    for (const bank of banks) {
      if (effects.includes('open')) this.openRow[bank] = row;
      if (effects.includes('close')) this.openRow[bank] = -1;
    }
  }
}
