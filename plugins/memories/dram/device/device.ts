import { COMMANDS, Command } from '../commands.js';
import { LEVELS } from '../standards/form.js';
import type { Constraint } from '../timing/resolve.js';
import type { Topology } from './topology.js';

const L = LEVELS.length;
const C = COMMANDS;

/** No row is open. */
export const CLOSED = -1;
/** Between ACT-1 and ACT-2. */
export const ACTIVATING = -2;

/**
 * The DRAM devices of one channel: which row each bank has open and when each command may come next. Everything is
 * typed arrays; a command costs a handful of array writes, a check one read per level that the command waits on.
 *
 * Cycles are the controller's ticks. The device trusts its caller: it does not check legality (the command checker does).
 */
export class DramDevice {
  /** Open row per bank, CLOSED or ACTIVATING. */
  readonly openRow: Int32Array;
  /** Column commands since the row was opened, per bank. */
  readonly columnAccesses: Int32Array;
  /** Banks of each rank that are not closed. */
  readonly openBanksOfRank: Int32Array;

  /** `ready[node * COMMANDS + command]`: first tick at which the node allows the command. */
  private readonly ready: Float64Array;
  /** Levels that can delay a command: `checkLevels[checkStart[c] .. checkStart[c+1])`. */
  private readonly checkStart = new Int32Array(C + 1);
  private readonly checkLevels: Int32Array;
  private readonly nodeOfBank: Int32Array;

  /** Rows (level, following, latency, history slot or -1, sibling) by preceding command. */
  private readonly ruleStart = new Int32Array(C + 1);
  private readonly rules: Int32Array;
  private readonly history: Float64Array;
  private readonly historyAt: Int32Array;
  private readonly historyDepth: Int32Array;
  private readonly historyBase: Int32Array;
  /** History slots per preceding command: (slot, level) pairs. */
  private readonly windowsOf: readonly Int32Array[];

  constructor(
    readonly topology: Topology,
    constraints: readonly Constraint[],
  ) {
    this.openRow = new Int32Array(topology.banks).fill(CLOSED);
    this.columnAccesses = new Int32Array(topology.banks);
    this.openBanksOfRank = new Int32Array(topology.counts.ranks);
    this.ready = new Float64Array(topology.nodes * C);
    this.nodeOfBank = topology.nodeOfBank;

    const useful = constraints.filter((rule) => rule.latencyTicks > 0);
    this.checkLevels = this.collectCheckLevels(useful);

    const windows = new Map<string, number>();
    const depths: number[] = [];
    const perCommand: number[][] = Array.from({ length: C }, () => []);
    for (const rule of useful) {
      if (rule.window === 1) continue;
      const key = `${rule.preceding}/${rule.level}/${rule.window}`;
      if (windows.has(key)) continue;
      windows.set(key, depths.length);
      perCommand[rule.preceding]!.push(depths.length, rule.level);
      depths.push(rule.window);
    }
    this.windowsOf = perCommand.map((list) => Int32Array.from(list));
    this.historyDepth = Int32Array.from(depths);
    this.historyBase = new Int32Array(depths.length);
    this.historyAt = new Int32Array(depths.length * topology.nodes);
    let total = 0;
    depths.forEach((depth, slot) => {
      this.historyBase[slot] = total;
      total += depth * topology.nodes;
    });
    this.history = new Float64Array(total).fill(-1);

    const rows: number[] = [];
    for (let command = 0; command < C; command++) {
      this.ruleStart[command] = rows.length;
      for (const rule of useful) {
        if (rule.preceding !== command) continue;
        const slot = rule.window === 1 ? -1 : (windows.get(`${command}/${rule.level}/${rule.window}`) as number);
        rows.push(rule.level, rule.following, rule.latencyTicks, slot, rule.sibling ? 1 : 0);
      }
    }
    this.ruleStart[C] = rows.length;
    this.rules = Int32Array.from(rows);
  }

  /** First tick at which a bank's path allows the command. */
  readyAt(command: number, bank: number): number {
    const levels = this.checkLevels;
    const nodes = this.nodeOfBank;
    const ready = this.ready;
    const end = this.checkStart[command + 1]!;
    let latest = 0;
    for (let i = this.checkStart[command]!; i < end; i++) {
      const at = ready[nodes[bank * L + levels[i]!]! * C + command]!;
      if (at > latest) latest = at;
    }
    return latest;
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
    this.applyRules(command, bank, tick);
    switch (command) {
      case Command.activate:
        this.openRow[bank] = row;
        this.columnAccesses[bank] = 0;
        this.openBanksOfRank[this.topology.rankOf(bank)]!++;
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

  /** Issues a precharge-all or refresh to banks `[first, end)`, the banks of one node of `level`. */
  issueAll(command: number, first: number, end: number, level: number, tick: number): void {
    this.applyRulesToNode(command, first, end, level, tick);
    if (command !== Command.prechargeAll) return;
    for (let bank = first; bank < end; bank++) this.close(bank);
  }

  private close(bank: number): void {
    if (this.openRow[bank] === CLOSED) return;
    this.openRow[bank] = CLOSED;
    this.columnAccesses[bank] = 0;
    this.openBanksOfRank[this.topology.rankOf(bank)]!--;
  }

  private applyRules(command: number, bank: number, tick: number): void {
    const windows = this.windowsOf[command]!;
    for (let w = 0; w < windows.length; w += 2) {
      this.remember(windows[w]!, this.nodeOfBank[bank * L + windows[w + 1]!]!, tick);
    }
    const rules = this.rules;
    const ready = this.ready;
    const end = this.ruleStart[command + 1]!;
    for (let i = this.ruleStart[command]!; i < end; i += 5) {
      const node = this.nodeOfBank[bank * L + rules[i]!]!;
      if (rules[i + 4] === 1) {
        this.delaySiblings(rules[i]!, node, rules[i + 1]!, tick + rules[i + 2]!);
        continue;
      }
      const slot = rules[i + 3]!;
      let from = tick;
      if (slot >= 0) {
        from = this.oldest(slot, node);
        if (from < 0) continue;
      }
      const at = from + rules[i + 2]!;
      const index = node * C + rules[i + 1]!;
      if (ready[index]! < at) ready[index] = at;
    }
  }

  /** Rules of a command for a whole node: at the levels above its path, at and below the node everywhere. */
  private applyRulesToNode(command: number, first: number, end: number, level: number, tick: number): void {
    const rules = this.rules;
    const last = this.ruleStart[command + 1]!;
    for (let i = this.ruleStart[command]!; i < last; i += 5) {
      const at = tick + rules[i + 2]!;
      const ruleLevel = rules[i]!;
      const firstNode = this.nodeOfBank[first * L + ruleLevel]!;
      const lastNode = ruleLevel <= level ? firstNode : this.nodeOfBank[(end - 1) * L + ruleLevel]!;
      if (rules[i + 4] === 1) {
        if (ruleLevel <= level) this.delaySiblings(ruleLevel, firstNode, rules[i + 1]!, at);
        continue;
      }
      for (let node = firstNode; node <= lastNode; node++) {
        const index = node * C + rules[i + 1]!;
        if (this.ready[index]! < at) this.ready[index] = at;
      }
    }
  }

  private delaySiblings(level: number, node: number, following: number, at: number): void {
    const fanOut = this.topology.fanOuts[level]!;
    const start = this.topology.levelStarts[level]!;
    const firstSibling = start + Math.floor((node - start) / fanOut) * fanOut;
    for (let other = firstSibling; other < firstSibling + fanOut; other++) {
      if (other === node) continue;
      const index = other * C + following;
      if (this.ready[index]! < at) this.ready[index] = at;
    }
  }

  private remember(slot: number, node: number, tick: number): void {
    const depth = this.historyDepth[slot]!;
    const cursor = slot * this.topology.nodes + node;
    const at = this.historyAt[cursor]!;
    this.history[this.historyBase[slot]! + node * depth + at] = tick;
    this.historyAt[cursor] = at + 1 === depth ? 0 : at + 1;
  }

  /** The `window`-th last tick of the slot's command at the node (the present one counts), -1 if there were fewer. */
  private oldest(slot: number, node: number): number {
    const depth = this.historyDepth[slot]!;
    const at = this.historyAt[slot * this.topology.nodes + node]!;
    return this.history[this.historyBase[slot]! + node * depth + at]!;
  }

  private collectCheckLevels(rules: readonly Constraint[]): Int32Array {
    const levels: number[] = [];
    for (let command = 0; command < C; command++) {
      this.checkStart[command] = levels.length;
      for (let level = 0; level < L; level++) {
        if (rules.some((rule) => rule.following === command && rule.level === level)) levels.push(level);
      }
    }
    this.checkStart[C] = levels.length;
    return Int32Array.from(levels);
  }
}
