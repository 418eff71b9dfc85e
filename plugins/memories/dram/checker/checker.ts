import { COMMON_COMMANDS, type CommandTable } from '../command-table.js';
import { Command, isColumn, isReadColumn } from '../commands.js';
import type { CommandObserver } from '../controller/channel.js';
import { ScopedBanks } from '../device/scopes.js';
import type { Topology } from '../device/topology.js';
import { LEVELS } from '../standards/form.js';
import type { Constraint } from '../timing/resolve.js';

/** A command that the timing table or the state of its bank did not allow. */
export interface Violation {
  readonly tick: number;
  readonly command: string;
  readonly bank: number;
  /** What was broken, e.g. `bank: PREpb after ACT needs 39 ticks, came after 30`. */
  readonly rule: string;
}

export interface CheckerOptions {
  readonly topology: Topology;
  readonly constraints: readonly Constraint[];
  /** A row and a column command may come in one tick. */
  readonly dualCommands: boolean;
  /** Column commands, and row commands but precharges, on odd ticks only. */
  readonly halfCycles?: boolean;
  /** The commands of the standard; those that all standards have where it is not given. */
  readonly commands?: CommandTable;
  /** Split activation (LPDDR5). */
  readonly split?: { readonly activateDeadlineTicks: number; readonly readSyncTicks: number; readonly writeSyncTicks: number };
}

const DEPTH = 32;
const L = LEVELS.length;

/**
 * Proves a stream of commands legal, or says where it is not. It keeps no "ready" times as the controllers' device does, but the
 * history of every command at every node, and holds each new command against every row of the timing table: another way to the
 * same truth, so that an error in one is seen by the other.
 */
export class CommandChecker implements CommandObserver {
  readonly violations: Violation[] = [];
  /** Number of commands seen. */
  commands = 0;

  private readonly table: CommandTable;
  private readonly scopes: ScopedBanks;

  private readonly rules: readonly (readonly Constraint[])[];
  /** The last DEPTH ticks of each (node, command), newest first. */
  private readonly history: Float64Array;
  private readonly openRow: Int32Array;
  private lastRowTick = -1;
  private lastColumnTick = -1;
  private halfOpenBank = -1;
  private halfOpenSince = 0;
  private syncEndTick = 0;
  private casTick = -1;

  constructor(private readonly options: CheckerOptions) {
    const { topology, constraints } = options;
    this.table = options.commands ?? COMMON_COMMANDS;
    this.scopes = new ScopedBanks(topology, this.table);
    this.rules = this.table.forms.map((_, command) => constraints.filter((rule) => rule.following === command));
    this.history = new Float64Array(topology.nodes * this.table.count * DEPTH).fill(-Infinity);
    this.openRow = new Int32Array(topology.banks).fill(-1);
  }

  command(code: number, bank: number, row: number, tick: number): void {
    this.commands++;
    const banks = this.scopes.of(code, bank);
    this.checkBus(code, bank, tick);
    this.checkTiming(code, banks, tick);
    this.checkState(code, banks, row, tick);
    if (this.options.split !== undefined) this.checkSplit(code, bank, tick);
    this.remember(code, banks, tick);
    this.changeState(code, banks, row);
  }

  private report(code: number, bank: number, tick: number, rule: string): void {
    this.violations.push({ tick, command: this.table.names[code] as string, bank, rule });
  }

  private checkBus(code: number, bank: number, tick: number): void {
    const { dualCommands, halfCycles } = this.options;
    if (this.table.forms[code]!.bus === 'none') return;
    const onColumnBus = dualCommands && this.table.isOnColumnBus(code);
    const last = onColumnBus ? this.lastColumnTick : this.lastRowTick;
    if (tick <= last) this.report(code, bank, tick, `the command bus is taken in tick ${last}`);
    if (onColumnBus) this.lastColumnTick = tick;
    else this.lastRowTick = tick;
    const { effects } = this.table.forms[code]!;
    const isPrecharge = effects.length > 0 && effects.every((effect) => effect === 'close');
    if (halfCycles === true && tick % 2 === 0 && !isPrecharge) this.report(code, bank, tick, 'only precharges go on the falling edge');
  }

  private checkTiming(code: number, banks: Int32Array, tick: number): void {
    for (const rule of this.rules[code]!) {
      let previous = -1;
      for (const bank of banks) {
        const node = this.options.topology.nodeOfBank[bank * L + rule.level]!;
        if (node === previous) continue;
        previous = node;
        this.checkRule(rule, code, banks, node, tick);
      }
    }
  }

  private checkRule(rule: Constraint, code: number, banks: Int32Array, node: number, tick: number): void {
    for (const from of rule.sibling ? this.siblings(rule.level, node) : [node]) {
      const since = this.history[(from * this.table.count + rule.preceding) * DEPTH + rule.window - 1]!;
      if (tick >= since + rule.latencyTicks) continue;
      const window = rule.window === 1 ? '' : ` (the ${rule.window}th last)`;
      this.report(
        code,
        banks[0]!,
        tick,
        `${LEVELS[rule.level]}: after ${this.table.names[rule.preceding]}${window} ${rule.latencyTicks} ticks are needed, came after ${tick - since}`,
      );
    }
  }

  private siblings(level: number, node: number): number[] {
    const { fanOuts, levelStarts } = this.options.topology;
    const fanOut = fanOuts[level]!;
    const start = levelStarts[level]!;
    const first = start + Math.floor((node - start) / fanOut) * fanOut;
    return Array.from({ length: fanOut }, (_, i) => first + i).filter((other) => other !== node);
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

  private remember(code: number, banks: Int32Array, tick: number): void {
    const { nodeOfBank } = this.options.topology;
    for (let level = 0; level < L; level++) {
      let previous = -1;
      for (const bank of banks) {
        const node = nodeOfBank[bank * L + level]!;
        if (node === previous) continue;
        previous = node;
        const at = (node * this.table.count + code) * DEPTH;
        this.history.copyWithin(at + 1, at, at + DEPTH - 1);
        this.history[at] = tick;
      }
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
