import { isMatrixOperator, standardClasses, TileView, LayerView, type RunningOperation, type TileProduct, type TileShape } from 'tessera-sim';

/** The matrix product that a tile comes to, once per group. */
export type GemmView = TileProduct;

/** Reads the tile of an operation into `view`: rows, columns and sums follow from the layer's operand maps, not from names of loops. */
export function readGemmView(operation: RunningOperation, view: GemmView): void {
  operation.tile!.readProduct(isBatchedProduct(operation), view);
}

/** The matrix product of a tile that is only described. */
export function gemmViewOfTile(tile: TileShape): GemmView {
  if (tile.product !== undefined) return tile.product;
  const names = Object.keys(tile.loops);
  const view = { groups: 1, m: 1, n: 1, reduction: 1 };
  const classes = standardClasses(isMatrixOperator(tile.operator) ? tile.operator : 'gemm', names, undefined, (loop) => `tile.loops.${loop}`);
  const sizes = Object.values(tile.loops);
  const layer = new LayerView(0, '', tile.operator, tile.loops, [], classes);
  new TileView(
    layer,
    sizes.map(() => 0),
    sizes,
  ).readProduct(tile.bits['W'] === undefined && tile.bits['I2'] !== undefined, view);
  return view;
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
