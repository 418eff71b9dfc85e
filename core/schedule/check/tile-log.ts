import type { StateExchange } from '../../kernel/state.js';
import type { Extent } from '../resolve/extent.js';

/** Tiles of one layer that are remembered. */
const MOST_TILES = 100_000;
const FIRST_TILES = 64;

/** The tiles of a layer and their operations, as plain numbers: joined boxes do not say who computed which part of them. */
export class TileLog {
  private values: Float64Array;
  private count = 0;
  private readonly width: number;

  constructor(private readonly loops: number) {
    this.width = 1 + 2 * loops;
    this.values = new Float64Array(FIRST_TILES * this.width);
  }

  /** Remembers a tile; beyond the limit nothing is. */
  add(operation: number, { low, high }: Extent): void {
    if (this.count === MOST_TILES) return;
    let at = this.count++ * this.width;
    if (at === this.values.length) this.grow();
    this.values[at++] = operation;
    for (let l = 0; l < this.loops; l++) {
      this.values[at++] = low[l]!;
      this.values[at++] = high[l]!;
    }
  }

  /** The first operation whose tile overlaps a box; undefined when it is not remembered. */
  ownerOf(extent: Extent): number | undefined {
    for (let tile = 0; tile < this.count; tile++) if (this.overlaps(tile * this.width + 1, extent)) return this.values[tile * this.width];
    return undefined;
  }

  state(s: StateExchange): void {
    this.count = s.number(this.count);
    if (s.loading) while (this.values.length < this.count * this.width) this.grow();
    for (let tile = 0; tile < this.count; tile++) {
      const at = tile * this.width;
      this.values[at] = s.operationId(this.values[at]!);
      for (let i = 1; i < this.width; i++) this.values[at + i] = s.number(this.values[at + i]!);
    }
  }

  private overlaps(at: number, { low, high }: Extent): boolean {
    for (let l = 0; l < this.loops; l++) if (this.values[at + 2 * l]! >= high[l]! || low[l]! >= this.values[at + 2 * l + 1]!) return false;
    return true;
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }
}
