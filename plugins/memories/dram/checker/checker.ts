import { COMMANDS, COMMAND_NAMES, Command, isColumn, isReadColumn, isScopeWide } from '../commands.js';
import type { CommandObserver } from '../controller/channel.js';
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
  /** Banks of a precharge-all or an all-bank refresh. */
  readonly banksOfScope: number;
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
  commands = 0;

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
    this.rules = Array.from({ length: COMMANDS }, (_, command) => constraints.filter((rule) => rule.following === command));
    this.history = new Float64Array(topology.nodes * COMMANDS * DEPTH).fill(-Infinity);
    this.openRow = new Int32Array(topology.banks).fill(-1);
  }

  command(code: number, bank: number, row: number, tick: number): void {
    this.commands++;
    const end = isScopeWide(code) ? bank + this.options.banksOfScope : bank + 1;
    this.checkBus(code, bank, tick);
    this.checkTiming(code, bank, end, tick);
    this.checkState(code, bank, end, row, tick);
    if (this.options.split !== undefined) this.checkSplit(code, bank, tick);
    this.remember(code, bank, end, tick);
    this.changeState(code, bank, end, row);
  }

  private report(code: number, bank: number, tick: number, rule: string): void {
    this.violations.push({ tick, command: COMMAND_NAMES[code] as string, bank, rule });
  }

  private checkBus(code: number, bank: number, tick: number): void {
    const { dualCommands, halfCycles } = this.options;
    const onColumnBus = dualCommands && isColumn(code);
    const last = onColumnBus ? this.lastColumnTick : this.lastRowTick;
    if (tick <= last) this.report(code, bank, tick, `the command bus is taken in tick ${last}`);
    if (onColumnBus) this.lastColumnTick = tick;
    else this.lastRowTick = tick;
    const isPrecharge = code === Command.precharge || code === Command.prechargeAll;
    if (halfCycles === true && tick % 2 === 0 && !isPrecharge) this.report(code, bank, tick, 'only precharges go on the falling edge');
  }

  private checkTiming(code: number, first: number, end: number, tick: number): void {
    for (const rule of this.rules[code]!) {
      let previous = -1;
      for (let bank = first; bank < end; bank++) {
        const node = this.options.topology.nodeOfBank[bank * L + rule.level]!;
        if (node === previous) continue;
        previous = node;
        this.checkRule(rule, code, bank, node, tick);
      }
    }
  }

  private checkRule(rule: Constraint, code: number, bank: number, node: number, tick: number): void {
    for (const from of rule.sibling ? this.siblings(rule.level, node) : [node]) {
      const since = this.history[(from * COMMANDS + rule.preceding) * DEPTH + rule.window - 1]!;
      if (tick >= since + rule.latencyTicks) continue;
      const window = rule.window === 1 ? '' : ` (the ${rule.window}th last)`;
      this.report(
        code,
        bank,
        tick,
        `${LEVELS[rule.level]}: after ${COMMAND_NAMES[rule.preceding]}${window} ${rule.latencyTicks} ticks are needed, came after ${tick - since}`,
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

  private checkState(code: number, first: number, end: number, row: number, tick: number): void {
    const open = this.openRow[first]!;
    if (code === Command.activate && open !== -1) this.report(code, first, tick, `row ${open} is open`);
    if (isColumn(code) && open !== row) this.report(code, first, tick, open === -1 ? 'no row is open' : `row ${open} is open, not row ${row}`);
    if (code !== Command.refreshAll && code !== Command.refreshBank) return;
    for (let bank = first; bank < end; bank++) {
      if (this.openRow[bank] !== -1) this.report(code, bank, tick, `row ${this.openRow[bank]} is open`);
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

  private remember(code: number, first: number, end: number, tick: number): void {
    const { nodeOfBank } = this.options.topology;
    for (let level = 0; level < L; level++) {
      let previous = -1;
      for (let bank = first; bank < end; bank++) {
        const node = nodeOfBank[bank * L + level]!;
        if (node === previous) continue;
        previous = node;
        const at = (node * COMMANDS + code) * DEPTH;
        this.history.copyWithin(at + 1, at, at + DEPTH - 1);
        this.history[at] = tick;
      }
    }
  }

  private changeState(code: number, first: number, end: number, row: number): void {
    if (code === Command.activate) this.openRow[first] = row;
    const closes = code === Command.precharge || code === Command.prechargeAll || code === Command.readAuto || code === Command.writeAuto;
    if (closes) this.openRow.fill(-1, first, end);
  }
}
