import type { StackEstimate } from './stack-estimate.js';

/** A run of layers: a stack, or (start and end the same) one alone. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Twice the cores must promise this much less time: the promise is a closed form's, and idle cores cost nothing. */
const WORTH_TWICE_THE_CORES = 1.03;

/** Predicted stacks by their first and last layer. */
export class StackTable {
  /** By last layer, then by first; best first. */
  private readonly stacks: Map<number, StackEstimate[]>[];

  constructor(private readonly layerCount: number) {
    this.stacks = Array.from({ length: layerCount }, () => new Map());
  }

  add(estimate: StackEstimate): void {
    const byStart = this.stacks[estimate.end] as Map<number, StackEstimate[]>;
    const known = byStart.get(estimate.start);
    if (known === undefined) byStart.set(estimate.start, [estimate]);
    else if (weightOf(estimate) < weightOf(known[0] as StackEstimate)) known.unshift(estimate);
    else known.push(estimate);
  }

  remove(start: number, end: number): void {
    this.stacks[end]?.delete(start);
  }

  /** Best first. */
  options(start: number, end: number): readonly StackEstimate[] {
    return [...(this.stacks[end]?.get(start) ?? [])].sort((a, b) => weightOf(a) - weightOf(b));
  }

  /**
   * The segments with the least sum of costs, in order.
   *
   * @param alone cost of every layer alone
   */
  cheapest(alone: readonly number[]): Segment[] {
    const costs = [0];
    const starts: number[] = [];
    for (let end = 0; end < this.layerCount; end++) {
      let best = (costs[end] as number) + (alone[end] as number);
      let from = end;
      for (const [start, estimates] of this.stacks[end] as Map<number, StackEstimate[]>) {
        const total = (costs[start] as number) + (estimates[0] as StackEstimate).cost;
        if (total < best || best === Infinity) [best, from] = [total, start];
      }
      costs.push(best);
      starts.push(from);
    }
    const segments: Segment[] = [];
    for (let end = this.layerCount - 1; end >= 0; end = (starts[end] as number) - 1) segments.unshift({ start: starts[end] as number, end });
    return segments;
  }
}

function weightOf({ cost, option }: StackEstimate): number {
  return cost * WORTH_TWICE_THE_CORES ** Math.log2(option.cores);
}
