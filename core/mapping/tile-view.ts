import type { LayerView } from './layer-view.js';
import type { Bounds } from './operand-view.js';

/** The matrix product that a tile comes to, once per group. */
export interface TileProduct {
  /** Independent products, run one after another (grouped and depthwise convolutions, attention heads). */
  groups: number;
  /** Rows of the result: output pixels. */
  m: number;
  /** Columns of the result: output channels. */
  n: number;
  /** Length of the sum. */
  reduction: number;
}

/** A tile of a layer as hardware sees it: loops by number, in the order of the layer. */
export class TileView implements Bounds {
  /** @param low first point, @param high point behind the last one, by loop */
  constructor(
    readonly layer: LayerView,
    readonly low: readonly number[],
    readonly high: readonly number[],
  ) {}

  /** Size in a loop. */
  size(loop: number): number {
    return this.high[loop]! - this.low[loop]!;
  }

  /** Points of the iteration space. */
  get points(): number {
    let points = 1;
    for (let l = 0; l < this.low.length; l++) points *= this.high[l]! - this.low[l]!;
    return points;
  }

  /**
   * Reads the tile as a matrix product.
   *
   * @param isBatched both factors are activations; concerns layers that state no maps
   */
  readProduct(isBatched: boolean, product: TileProduct): void {
    const classes = this.layer.classes(isBatched);
    product.groups = product.m = product.n = product.reduction = 1;
    for (let l = 0; l < classes.length; l++) {
      const size = this.high[l]! - this.low[l]!;
      if (size === 1) continue;
      if (classes[l] === GROUP) product.groups *= size;
      else if (classes[l] === ROW) product.m *= size;
      else if (classes[l] === COLUMN) product.n *= size;
      else product.reduction *= size;
    }
  }

  /** True when an earlier tile of the same outputs has left partial sums: a loop of the sum does not start at 0. */
  get continuesReduction(): boolean {
    const classes = this.layer.classes(false);
    for (let l = 0; l < classes.length; l++) if (classes[l] === REDUCTION && this.low[l]! > 0) return true;
    return false;
  }
}

/** Loop classes by number, in the order of `LOOP_CLASSES`. */
const [GROUP, ROW, COLUMN, REDUCTION] = [0, 1, 2, 3];
