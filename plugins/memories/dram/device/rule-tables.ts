import { COMMON_COMMANDS, type CommandTable } from '../command-table.js';
import { COMMANDS } from '../commands.js';
import { LEVELS } from '../standards/form.js';
import type { Constraint } from '../timing/resolve.js';
import { ScopedBanks, firstOfNodes } from './scopes.js';
import type { Topology } from './topology.js';

const L = LEVELS.length;

/** Length of one list of checks: every level, and the end mark. */
export const CHECK_STRIDE = L + 1;

const C = COMMANDS;

/** Place of a (node, command) in the `ready` array, for commands that all standards have. The first places stay 0: they end lists and delay nothing. */
export function readyEntry(node: number, command: number): number {
  return (node + 1) * C + command;
}

/** The same for any command of a table: those of the standard come behind the common ones, so that these have their places at a constant stride. */
export function entryOf(topology: Topology, commands: CommandTable, node: number, command: number): number {
  if (command < C) return readyEntry(node, command);
  return (topology.nodes + 1) * C + node * (commands.count - C) + command - C;
}

/** Number of a (bank, command) in the lists by bank and command, laid out likewise. */
export function listOf(topology: Topology, commands: CommandTable, bank: number, command: number): number {
  if (command < C) return bank * C + command;
  return topology.banks * C + bank * (commands.count - C) + command - C;
}

/** A rule over a window of more than one command: it needs to remember the last ones. */
export interface WindowRule {
  readonly level: number;
  readonly following: number;
  readonly latencyTicks: number;
  readonly window: number;
  /** Rules of one name and one following command share their window. */
  readonly countedAs?: string;
}

/**
 * The constraints of one tree, laid out for the two questions of the hot path. `ready` has one entry per (node, command), and
 * - command c to bank b delays entries: pairs (entry, latency) from `delays[delayStart[listOf(b, c)]]` on, ended by entry 0; of a standard's own
 *   command these are the entries of all banks that it reaches;
 * - whether it may come asks the entries listed from `checks[listOf(b, c) * CHECK_STRIDE]` on, ended by entry 0.
 */
export interface RuleTables {
  readonly delays: Int32Array;
  readonly delayStart: Int32Array;
  readonly checks: Int32Array;
  readonly windows: readonly (readonly WindowRule[])[];
  /** All rules with window 1 by preceding command, for commands to many banks at once. */
  readonly rules: readonly (readonly Constraint[])[];
}

export function buildRuleTables(topology: Topology, constraints: readonly Constraint[], commands: CommandTable = COMMON_COMMANDS): RuleTables {
  const rules = simplify(topology, constraints);
  const byCommand = commands.forms.map((_, command) => rules.filter((rule) => rule.preceding === command));
  const single = byCommand.map((list) => list.filter((rule) => rule.window === 1));
  return {
    ...delayTable(topology, single, commands),
    checks: checkTable(topology, rules, commands),
    windows: byCommand.map((list) => list.filter((rule) => rule.window > 1)),
    rules: single,
  };
}

/**
 * Fewer rules with the same meaning: those that cannot bind are dropped (a delay of 0, siblings of an only child), those of a level
 * with one child move down to it, and of equal ones the longest stays.
 */
function simplify(topology: Topology, constraints: readonly Constraint[]): Constraint[] {
  const kept = new Map<string, Constraint>();
  for (const rule of constraints) {
    if (rule.latencyTicks <= 0 || (rule.sibling && topology.fanOuts[rule.level] === 1)) continue;
    const level = rule.sibling ? rule.level : lowestSameScope(topology, rule.level);
    const key = `${level}/${rule.preceding}/${rule.following}/${rule.window}/${rule.sibling}/${rule.countedAs ?? ''}`;
    const other = kept.get(key);
    if (other === undefined || other.latencyTicks < rule.latencyTicks) kept.set(key, { ...rule, level });
  }
  return [...kept.values()];
}

function lowestSameScope(topology: Topology, level: number): number {
  let lowest = level;
  while (lowest + 1 < L && topology.fanOuts[lowest + 1] === 1) lowest++;
  return lowest;
}

function delayTable(topology: Topology, rules: readonly (readonly Constraint[])[], commands: CommandTable): Pick<RuleTables, 'delays' | 'delayStart'> {
  const delays: number[] = [];
  const scopes = new ScopedBanks(topology, commands);
  const delayStart = new Int32Array(topology.banks * commands.count);
  for (let bank = 0; bank < topology.banks; bank++) {
    for (let command = 0; command < commands.count; command++) {
      delayStart[listOf(topology, commands, bank, command)] = delays.length;
      for (const rule of rules[command]!) {
        const nodes = command < COMMANDS ? nodesOf(topology, rule, bank) : nodesOfScope(topology, rule, scopes.of(command, bank));
        for (const node of nodes) delays.push(entryOf(topology, commands, node, rule.following), rule.latencyTicks);
      }
      delays.push(0);
    }
  }
  return { delays: Int32Array.from(delays), delayStart };
}

/** Nodes that a rule of a command to the bank delays. */
function nodesOf(topology: Topology, rule: Constraint, bank: number): number[] {
  const node = topology.nodeOfBank[bank * L + rule.level]!;
  if (!rule.sibling) return [node];
  const fanOut = topology.fanOuts[rule.level]!;
  const start = topology.levelStarts[rule.level]!;
  const first = start + Math.floor((node - start) / fanOut) * fanOut;
  return Array.from({ length: fanOut }, (_, i) => first + i).filter((other) => other !== node);
}

/** Nodes that a rule of a command to several banks delays: each once, and of siblings only those that it does not reach itself. */
function nodesOfScope(topology: Topology, rule: Constraint, banks: Int32Array): readonly number[] {
  const firsts = firstOfNodes(topology, banks, rule.level);
  const reached = new Set(firsts.map((bank) => topology.nodeOfBank[bank * L + rule.level]!));
  if (!rule.sibling) return [...reached];
  return [...new Set(firsts.flatMap((bank) => nodesOf(topology, rule, bank)))].filter((node) => !reached.has(node));
}

/** Lists of `ready` entries per (bank, command), CHECK_STRIDE long, ended by entry 0. */
function checkTable(topology: Topology, rules: readonly Constraint[], commands: CommandTable): Int32Array {
  const table = new Int32Array(topology.banks * commands.count * CHECK_STRIDE);
  for (let command = 0; command < commands.count; command++) {
    const levels = LEVELS.map((_, level) => level).filter((level) => rules.some((rule) => rule.following === command && rule.level === level));
    for (let bank = 0; bank < topology.banks; bank++) {
      levels.forEach((level, i) => {
        const node = topology.nodeOfBank[bank * L + level]!;
        table[listOf(topology, commands, bank, command) * CHECK_STRIDE + i] = entryOf(topology, commands, node, command);
      });
    }
  }
  return table;
}
