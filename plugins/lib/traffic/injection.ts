import { RandomStream } from 'tessera-sim';

/**
 * Bernoulli sources: every node makes a packet in every cycle with the same probability. The gaps are drawn instead of the
 * trials (they are geometric), so that idle cycles cost nothing. The nodes' next packets are in a binary heap by cycle.
 */
export class BernoulliSources {
  private readonly streams: RandomStream[];
  private readonly next: Float64Array;
  private readonly heap: Int32Array;
  private readonly logMiss: number;

  constructor(
    nodes: number,
    private readonly probability: number,
    seed: number,
    stream: string,
  ) {
    this.logMiss = Math.log1p(-probability);
    this.streams = Array.from({ length: nodes }, (_, node) => new RandomStream(seed, `${stream}.${node}`));
    this.next = new Float64Array(nodes);
    this.heap = new Int32Array(nodes);
    for (let node = 0; node < nodes; node++) {
      this.next[node] = this.gap(node) - 1;
      this.heap[node] = node;
    }
    for (let at = (nodes >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  /** Cycle of the next packet of any node; Infinity when there is none. */
  get nextCycle(): number {
    return this.next[this.heap[0]!]!;
  }

  /** Node of the next packet; the node's following packet is drawn. */
  take(): number {
    const node = this.heap[0]!;
    this.next[node]! += this.gap(node);
    this.sink(0);
    return node;
  }

  /** Cycles until the next success of a Bernoulli trial, at least 1. */
  private gap(node: number): number {
    if (this.probability <= 0) return Infinity;
    if (this.probability >= 1) return 1;
    const uniform = this.streams[node]!.uniform();
    return 1 + Math.floor(Math.log1p(-uniform) / this.logMiss);
  }

  private before(a: number, b: number): boolean {
    const left = this.next[a]!;
    const right = this.next[b]!;
    return left < right || (left === right && a < b);
  }

  private sink(at: number): void {
    const { heap } = this;
    const node = heap[at]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, node)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = node;
  }
}
