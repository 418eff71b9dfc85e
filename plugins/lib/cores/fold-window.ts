import type { StateExchange } from 'tessera-sim';
import { Gate } from './burst-list.js';

/** Which operand bursts of the folds in flight have arrived: a small ring of folds on typed arrays. */
export class FoldWindow {
  private readonly pending: readonly [Int32Array, Int32Array];

  /** @param size folds whose reads may be under way at once, the running one included */
  constructor(readonly size: number) {
    this.pending = [new Int32Array(size), new Int32Array(size)];
  }

  expect(fold: number, gate: Gate): void {
    this.pending[gate][fold % this.size]!++;
  }

  /** True when this was the last burst that the gate of this place in the ring waited for. */
  arrived(place: number, gate: Gate): boolean {
    return --this.pending[gate][place]! === 0;
  }

  isReady(fold: number, gate: Gate): boolean {
    return this.pending[gate][fold % this.size] === 0;
  }

  state(s: StateExchange): void {
    for (const pending of this.pending) s.numbers(pending);
  }

  /** Bursts of a fold that are still on their way. */
  missing(fold: number): number {
    const place = fold % this.size;
    return this.pending[Gate.start][place]! + this.pending[Gate.end][place]!;
  }
}
