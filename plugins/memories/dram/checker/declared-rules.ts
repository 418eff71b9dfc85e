import type { Topology } from '../device/topology.js';
import { LEVELS } from '../standards/form.js';
import type { Constraint } from '../timing/resolve.js';
import type { TimingRules, TooEarly } from './timing-rules.js';

const DEPTH = 32;
const L = LEVELS.length;

/**
 * Rows of a timing table, for commands and standards of third parties: nobody but their author knows what they wait for. It keeps no "ready"
 * times as the controllers' device does, but the history of every command at every node, and holds each new command against every row.
 */
export class DeclaredRules implements TimingRules {
  private readonly rules: readonly (readonly Constraint[])[];
  /** The last DEPTH ticks of each (node, command), newest first. */
  private readonly history: Float64Array;
  /** Commands that a window counts together, by the name that their rules share. */
  private readonly together = new Map<string, Set<number>>();

  /** @param commands number of commands of the standard */
  constructor(
    private readonly topology: Topology,
    constraints: readonly Constraint[],
    private readonly commands: number,
  ) {
    this.rules = Array.from({ length: commands }, (_, command) => constraints.filter((rule) => rule.following === command));
    for (const { countedAs, preceding } of constraints) {
      if (countedAs !== undefined) this.together.set(countedAs, (this.together.get(countedAs) ?? new Set()).add(preceding));
    }
    this.history = new Float64Array(topology.nodes * commands * DEPTH).fill(-Infinity);
  }

  check(code: number, banks: Int32Array, tick: number, found: (violation: TooEarly) => void): void {
    for (const rule of this.rules[code]!) {
      let previous = -1;
      for (const bank of banks) {
        const node = this.topology.nodeOfBank[bank * L + rule.level]!;
        if (node === previous) continue;
        previous = node;
        this.checkRule(rule, node, tick, found);
      }
    }
  }

  private checkRule(rule: Constraint, node: number, tick: number, found: (violation: TooEarly) => void): void {
    const { level, preceding, window, latencyTicks } = rule;
    for (const from of rule.sibling ? this.siblings(level, node) : [node]) {
      const sinceTicks = tick - this.tickOf(rule, from);
      if (sinceTicks < latencyTicks) found({ level: LEVELS[level]!, cause: preceding, neededTicks: latencyTicks, sinceTicks, window });
    }
  }

  /** Tick of the `window`-th last preceding command at a node. */
  private tickOf({ countedAs, preceding, window }: Constraint, node: number): number {
    const at = (code: number) => (node * this.commands + code) * DEPTH;
    if (countedAs === undefined) return this.history[at(preceding) + window - 1]!;
    const all = [...this.together.get(countedAs)!].flatMap((code) => [...this.history.subarray(at(code), at(code) + window)]);
    return all.sort((a, b) => b - a)[window - 1]!;
  }

  private siblings(level: number, node: number): number[] {
    const { fanOuts, levelStarts } = this.topology;
    const fanOut = fanOuts[level]!;
    const start = levelStarts[level]!;
    const first = start + Math.floor((node - start) / fanOut) * fanOut;
    return Array.from({ length: fanOut }, (_, i) => first + i).filter((other) => other !== node);
  }

  remember(code: number, banks: Int32Array, tick: number): void {
    const { nodeOfBank } = this.topology;
    for (let level = 0; level < L; level++) {
      let previous = -1;
      for (const bank of banks) {
        const node = nodeOfBank[bank * L + level]!;
        if (node === previous) continue;
        previous = node;
        const at = (node * this.commands + code) * DEPTH;
        this.history.copyWithin(at + 1, at, at + DEPTH - 1);
        this.history[at] = tick;
      }
    }
  }
}
