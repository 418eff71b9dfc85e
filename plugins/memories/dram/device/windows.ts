/**
 * The last ticks of commands that have a rule over a window ("at most four activates in tFAW"). One ring per (rule, node).
 */
export class WindowHistory {
  private readonly ring: Float64Array;
  private readonly at: Int32Array;

  constructor(
    private readonly window: number,
    nodes: number,
  ) {
    this.ring = new Float64Array(window * nodes).fill(-1);
    this.at = new Int32Array(nodes);
  }

  /** Remembers a command and returns the tick of the `window`-th last one, this one included; -1 if there were fewer. */
  push(node: number, tick: number): number {
    const at = this.at[node]!;
    this.ring[node * this.window + at] = tick;
    const next = at + 1 === this.window ? 0 : at + 1;
    this.at[node] = next;
    return this.ring[node * this.window + next]!;
  }
}
