import type { ClockDomain, StateExchange } from 'tessera-sim';
import { COMMON_COMMANDS, type CommandTable } from '../command-table.js';
import { COMMANDS, Command } from '../commands.js';
import { LEVELS } from '../standards/form.js';
import type { Constraint } from '../timing/resolve.js';
import { CHECK_STRIDE, buildRuleTables, entryOf, listOf, readyEntry, type RuleTables } from './rule-tables.js';
import type { Topology } from './topology.js';
import { trackedWindows, type TrackedWindow } from './windows.js';

const L = LEVELS.length;
const C = COMMANDS;

/** No row is open. */
export const CLOSED = -1;
/** Between ACT-1 and ACT-2. */
export const ACTIVATING = -2;

/**
 * The DRAM devices of one channel: which row each bank has open and when each command may come next. Everything is
 * typed arrays; a command costs one conditional write per rule, a check one read per level that the command waits on.
 *
 * Times are the controller's ticks. The device trusts its caller: it does not check legality (the command checker does).
 */
export class DramDevice {
  /** Open row per bank, CLOSED or ACTIVATING. */
  readonly openRow: Int32Array;
  /** Column commands since the row was opened, per bank. */
  readonly columnAccesses: Int32Array;
  /** Banks of each rank that are not closed. */
  readonly openBanksOfRank: Int32Array;
  readonly rankOfBank: Int32Array;

  /** `ready[entryOf(node, command)]`: first tick at which the node allows the command. */
  private readonly ready: Float64Array;
  /** Entries of `ready` to ask for (bank, command), ended by a 0; see RuleTables. */
  private readonly checks: Int32Array;
  private readonly delays: Int32Array;
  private readonly delayStart: Int32Array;
  /** The stacks of all ranks: the lowest nodes above the groups. */
  private readonly floorNodes: Int32Array;
  private readonly tables: RuleTables;
  private readonly windows: readonly (readonly TrackedWindow[])[];

  /**
   * @param unused commands that are never issued, for which no rules are kept
   * @param commands those of the standard
   */
  constructor(
    readonly topology: Topology,
    constraints: readonly Constraint[],
    unused: ReadonlySet<number> = new Set(),
    readonly commands: CommandTable = COMMON_COMMANDS,
  ) {
    this.openRow = new Int32Array(topology.banks).fill(CLOSED);
    this.columnAccesses = new Int32Array(topology.banks);
    this.openBanksOfRank = new Int32Array(topology.counts.ranks);
    this.rankOfBank = Int32Array.from({ length: topology.banks }, (_, bank) => topology.rankOf(bank));
    this.floorNodes = Int32Array.from({ length: topology.levelSizes[2]! }, (_, i) => topology.levelStarts[2]! + i);
    this.ready = new Float64Array(topology.nodes * commands.count + C);
    this.tables = buildRuleTables(
      topology,
      constraints.filter(({ preceding, following }) => !unused.has(preceding) && !unused.has(following)),
      commands,
    );
    this.checks = this.tables.checks;
    this.delays = this.tables.delays;
    this.delayStart = this.tables.delayStart;
    this.windows = trackedWindows(this.tables.windows, topology, commands);
  }

  /** First tick at which a bank's path allows the command, one that all standards have. */
  readyAt(command: number, bank: number): number {
    return this.readyOfList(bank * C + command);
  }

  /** The same for a command of the standard. */
  readyAtOwn(command: number, bank: number): number {
    return this.readyOfList(listOf(this.topology, this.commands, bank, command));
  }

  private readyOfList(list: number): number {
    const { ready, checks } = this;
    let at = list * CHECK_STRIDE;
    let latest = 0;
    for (let entry = checks[at]!; entry !== 0; entry = checks[++at]!) {
      const tick = ready[entry]!;
      if (tick > latest) latest = tick;
    }
    return latest;
  }

  /** A tick before which no bank of the channel allows the command: what ranks and stacks as a whole wait for. */
  readyFloor(command: number): number {
    const { floorNodes, ready } = this;
    let floor = ready[readyEntry(floorNodes[0]!, command)]!;
    for (let i = 1; i < floorNodes.length; i++) {
      const at = ready[readyEntry(floorNodes[i]!, command)]!;
      if (at < floor) floor = at;
    }
    return floor;
  }

  /** First tick at which a command for banks `[first, end)` (a rank or the channel) may come: all of them allow it. */
  readyAtAll(command: number, first: number, end: number): number {
    let latest = 0;
    for (let bank = first; bank < end; bank++) {
      const at = this.readyAt(command, bank);
      if (at > latest) latest = at;
    }
    return latest;
  }

  /** Issues a command to one bank: waits and state. `row` matters for activates only. */
  issue(command: number, bank: number, row: number, tick: number): void {
    this.makeWait(command, bank, tick);
    this.changeState(command, bank, row);
  }

  /** The half of `issue` that makes later commands wait. */
  makeWait(command: number, bank: number, tick: number): void {
    this.delay(command, bank, tick);
    if (command === Command.activate || command === Command.refreshBank) this.remember(command, bank, tick);
  }

  /** The half of `issue` that opens and closes rows. */
  changeState(command: number, bank: number, row: number): void {
    switch (command) {
      case Command.activate:
        this.open(bank, row);
        return;
      case Command.read:
      case Command.write:
        this.columnAccesses[bank]!++;
        return;
      case Command.readAuto:
      case Command.writeAuto:
      case Command.precharge:
        this.close(bank);
        return;
      default:
    }
  }

  /** The longest that any command waits after this one. */
  longestWait(command: number): number {
    const windows = this.tables.windows[command]!;
    return Math.max(0, ...[...this.tables.rules[command]!, ...windows].map((rule) => rule.latencyTicks));
  }

  /** How long a command to the same bank waits after this one. */
  ownWait(preceding: number, following: number): number {
    const own = this.tables.rules[preceding]!.filter((rule) => rule.following === following && !rule.sibling);
    return Math.max(1, ...own.map((rule) => rule.latencyTicks));
  }

  /** Issues a column command `times` times to the open row, the last time at `tick`; it alone decides what may follow when. */
  issueRepeated(command: number, bank: number, times: number, tick: number): void {
    this.delay(command, bank, tick);
    this.columnAccesses[bank]! += times;
  }

  /** Issues a precharge-all or refresh to banks `[first, end)`, the banks of one node of `level`. */
  issueAll(command: number, first: number, end: number, level: number, tick: number): void {
    for (const rule of this.tables.rules[command]!) this.delayNode(rule, first, end, level, tick + rule.latencyTicks);
    if (command !== Command.prechargeAll) return;
    for (let bank = first; bank < end; bank++) this.close(bank);
  }

  /** Makes later commands wait for one of the standard's own, issued to the banks that it reaches; they begin with `banks[0]`. */
  makeWaitOwn(command: number, banks: Int32Array, tick: number): void {
    this.delayList(listOf(this.topology, this.commands, banks[0]!, command), tick);
    const rules = this.tables.windows[command]!;
    for (let i = 0; i < rules.length; i++) {
      const { level } = rules[i]!;
      let last = -1;
      for (const bank of banks) {
        const node = this.topology.nodeOfBank[bank * L + level]!;
        if (node !== last) this.windows[command]![i]!.push(this.ready, bank, tick);
        last = node;
      }
    }
  }

  /** Opens a row of a closed bank. */
  open(bank: number, row: number): void {
    this.openRow[bank] = row;
    this.columnAccesses[bank] = 0;
    this.openBanksOfRank[this.rankOfBank[bank]!]!++;
  }

  close(bank: number): void {
    if (this.openRow[bank] === CLOSED) return;
    this.openRow[bank] = CLOSED;
    this.columnAccesses[bank] = 0;
    this.openBanksOfRank[this.rankOfBank[bank]!]!--;
  }

  private delay(command: number, bank: number, tick: number): void {
    this.delayList(bank * C + command, tick);
  }

  private delayList(list: number, tick: number): void {
    const { ready, delays } = this;
    let at = this.delayStart[list]!;
    for (let entry = delays[at]!; entry !== 0; entry = delays[at]!) {
      const until = tick + delays[at + 1]!;
      if (ready[entry]! < until) ready[entry] = until;
      at += 2;
    }
  }

  private remember(command: number, bank: number, tick: number): void {
    const windows = this.windows[command]!;
    for (let i = 0; i < windows.length; i++) windows[i]!.push(this.ready, bank, tick);
  }

  /** A rule of a command for a whole node: at the levels above on its path, at and below the node everywhere. */
  private delayNode(rule: Constraint, first: number, end: number, level: number, at: number): void {
    const { nodeOfBank, fanOuts, levelStarts } = this.topology;
    const firstNode = nodeOfBank[first * L + rule.level]!;
    const lastNode = rule.level <= level ? firstNode : nodeOfBank[(end - 1) * L + rule.level]!;
    if (!rule.sibling) {
      for (let node = firstNode; node <= lastNode; node++) this.raise(entryOf(this.topology, this.commands, node, rule.following), at);
      return;
    }
    if (rule.level > level) return;
    const fanOut = fanOuts[rule.level]!;
    const start = levelStarts[rule.level]!;
    const sibling = start + Math.floor((firstNode - start) / fanOut) * fanOut;
    for (let node = sibling; node < sibling + fanOut; node++) {
      if (node !== firstNode) this.raise(entryOf(this.topology, this.commands, node, rule.following), at);
    }
  }

  private raise(index: number, at: number): void {
    if (this.ready[index]! < at) this.ready[index] = at;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.numbers(this.openRow);
    s.numbers(this.columnAccesses);
    s.numbers(this.openBanksOfRank);
    s.cycles(this.ready, clock);
    for (const windows of this.windows) for (const window of windows) window.state(s, clock);
  }
}
