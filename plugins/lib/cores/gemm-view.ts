import type { RunningOperation, TileShape } from 'tessera-sim';

type Loops = Readonly<Record<string, number>> | undefined;

/** The matrix product that a tile's loops come to, once per group. */
export interface GemmView {
  /** Independent products, run one after another (grouped and depthwise convolutions, attention heads). */
  groups: number;
  /** Output pixels: B * OZ * OY * OX. */
  m: number;
  /** Output channels: K. */
  n: number;
  /** Length of the reduction: C * FZ * FY * FX. */
  reduction: number;
}

/**
 * Reads the loops of a tile into `view`; loops that are not named count 1.
 *
 * @param isBatched both operands are activations (attention): every batch has a second operand of its own, so the batch counts
 *                  as groups, not as rows
 */
export function readGemmView(loops: Loops, isBatched: boolean, view: GemmView): void {
  const batch = loops?.['B'] ?? 1;
  view.groups = (loops?.['G'] ?? 1) * (isBatched ? batch : 1);
  view.m = (isBatched ? 1 : batch) * (loops?.['OZ'] ?? 1) * (loops?.['OY'] ?? 1) * (loops?.['OX'] ?? 1);
  view.n = loops?.['K'] ?? 1;
  view.reduction = (loops?.['C'] ?? 1) * (loops?.['FZ'] ?? 1) * (loops?.['FY'] ?? 1) * (loops?.['FX'] ?? 1);
}

export function gemmViewOf(loops: Loops, isBatched = false): GemmView {
  const view = { groups: 1, m: 1, n: 1, reduction: 1 };
  readGemmView(loops, isBatched, view);
  return view;
}

/** The matrix product of a tile that is only described. */
export function gemmViewOfTile(tile: TileShape): GemmView {
  return gemmViewOf(tile.loops, tile.bits['W'] === undefined && tile.bits['I2'] !== undefined);
}

/** Multiplies two activations: no operand is called `W`, and there is an `I2`. */
export function isBatchedProduct(operation: RunningOperation): boolean {
  let hasSecond = false;
  for (const region of operation.reads) {
    if (region.operand === 'W') return false;
    if (region.operand === 'I2') hasSecond = true;
  }
  return hasSecond;
}

/** Multiply-accumulates of the tile. */
export function macsOf(view: GemmView): number {
  return view.groups * view.m * view.n * view.reduction;
}

/** True when the tile adds to partial sums that an earlier tile of the same outputs left: its reduction loops do not start at 0. */
export function continuesReduction(at: Loops): boolean {
  return (at?.['C'] ?? 0) > 0 || (at?.['FZ'] ?? 0) > 0 || (at?.['FY'] ?? 0) > 0 || (at?.['FX'] ?? 0) > 0;
}
