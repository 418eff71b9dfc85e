import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { CommandTable } from '../command-table.js';
import { LEVELS } from '../standards/form.js';
import { entryOf, type WindowRule } from './rule-tables.js';
import type { Topology } from './topology.js';

/**
 * A rule over a window of commands ("at most four activates in tFAW"): remembers the last ones at each node and delays the next
 * command by the oldest of them.
 */
export class TrackedWindow {
  private readonly window: number;
  private readonly latencyTicks: number;
  /** Node of each bank, and the entry of `ready` that the rule delays there. */
  private readonly nodes: Int32Array;
  private readonly entries: Int32Array;
  /** One ring of ticks per node, -1 where there was no command yet. */
  private readonly ring: Float64Array;
  private readonly at: Int32Array;

  constructor(rule: WindowRule, topology: Topology, commands: CommandTable) {
    this.window = rule.window;
    this.latencyTicks = rule.latencyTicks;
    const banks = { length: topology.banks };
    this.nodes = Int32Array.from(banks, (_, bank) => topology.nodeOfBank[bank * LEVELS.length + rule.level]!);
    this.entries = this.nodes.map((node) => entryOf(topology, commands, node, rule.following));
    this.ring = new Float64Array(rule.window * topology.nodes).fill(-1);
    this.at = new Int32Array(topology.nodes);
  }

  /** A command to the bank has been issued. */
  push(ready: Float64Array, bank: number, tick: number): void {
    const { window, ring } = this;
    const node = this.nodes[bank]!;
    let at = this.at[node]!;
    ring[node * window + at] = tick;
    at = at + 1 === window ? 0 : at + 1;
    this.at[node] = at;
    const oldest = ring[node * window + at]!;
    if (oldest < 0) return;
    const next = oldest + this.latencyTicks;
    const entry = this.entries[bank]!;
    if (ready[entry]! < next) ready[entry] = next;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.cycles(this.ring, clock);
    s.numbers(this.at);
  }
}

/** The windows that each command is counted in, by its code. */
export function trackedWindows(rules: readonly (readonly WindowRule[])[], topology: Topology, commands: CommandTable): readonly (readonly TrackedWindow[])[] {
  const shared = new Map<string, TrackedWindow>();
  const windowOf = (rule: WindowRule): TrackedWindow => {
    const { countedAs, following, level } = rule;
    if (countedAs === undefined) return new TrackedWindow(rule, topology, commands);
    const key = `${countedAs}/${level}/${following}`;
    const window = shared.get(key) ?? new TrackedWindow(rule, topology, commands);
    shared.set(key, window);
    return window;
  };
  return rules.map((list) => list.map(windowOf));
}
