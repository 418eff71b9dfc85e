import type { ScaleSimArray, ScaleSimLayer, ScaleSimSparsity } from './layer.js';

/** How a product lies on the array: what is on rows and columns, what streams, and the folds that this takes. */
export interface ScaleSimFolds {
  /** Steps of the operand that streams through. */
  readonly streamed: number;
  readonly onRows: number;
  readonly onColumns: number;
  readonly rowFolds: number;
  readonly columnFolds: number;
  /** Cycles of one fold: filling, streaming, draining; folds do not overlap, and an edge fold takes as long as any. */
  readonly cyclesPerFold: number;
}

export interface ScaleSimFigures {
  readonly folds: ScaleSimFolds;
  /** The number of the last cycle, counted from 0, without stalls. */
  readonly computeCycles: number;
  readonly mappingEfficiency: number;
  /** With the tool's own divisor for stationary dataflows, which is longer than the fold. */
  readonly computeUtilisation: number;
  readonly ifmapReads: number;
  readonly filterReads: number;
  readonly ofmapWrites: number;
}

/** Rows of the weights that are left when zeros are packed. */
export function packedRows(k: number, sparsity: ScaleSimSparsity | undefined): number {
  if (sparsity === undefined) return k;
  const { kept, of, block } = sparsity;
  if (block !== undefined) return Math.ceil(k / (2 * block)) * block;
  return Math.floor(k / of) * kept + Math.min(k % of, kept);
}

export function foldsOf({ dataflow, rows, columns }: ScaleSimArray, { m, n, k }: ScaleSimLayer): ScaleSimFolds {
  const [onRows, onColumns, streamed] = dataflow === 'os' ? [m, n, k] : dataflow === 'ws' ? [k, n, m] : [k, m, n];
  const cyclesPerFold = streamed + (dataflow === 'os' ? rows : 2 * rows) + columns - 2;
  return { streamed, onRows, onColumns, rowFolds: Math.ceil(onRows / rows), columnFolds: Math.ceil(onColumns / columns), cyclesPerFold };
}

/** Cycles, ratios and SRAM traffic without stalls. A sparse product runs with its packed rows; only `ws` has a sparse path. */
export function figuresOf(array: ScaleSimArray, layer: ScaleSimLayer, sparsity?: ScaleSimSparsity): ScaleSimFigures {
  const packed = array.dataflow === 'ws' ? sparsity : undefined;
  const { m, n } = layer;
  const k = packedRows(layer.k, packed);
  const folds = foldsOf(array, { ...layer, k });
  const { rows, columns, dataflow } = array;
  const { onRows, onColumns, rowFolds, columnFolds, streamed, cyclesPerFold } = folds;
  // Folds that are full but the last: the mean of used cells over all folds is the product of the means along each side.
  const mappingEfficiency = (onRows / (rowFolds * rows)) * (onColumns / (columnFolds * columns));
  const divisor = dataflow === 'os' ? cyclesPerFold : streamed + 2 * rows + 2 * columns - 3;
  const ratio = packed === undefined || packed.block !== undefined ? 1 : packed.of / packed.kept;
  return {
    folds,
    computeCycles: rowFolds * columnFolds * cyclesPerFold - 1,
    mappingEfficiency,
    computeUtilisation: (mappingEfficiency * streamed) / divisor,
    ifmapReads: m * k * (dataflow === 'is' ? 1 : columnFolds) * ratio,
    filterReads: n * k * (dataflow === 'os' ? rowFolds : dataflow === 'is' ? columnFolds : 1),
    ofmapWrites: dataflow === 'os' ? m * n + rowFolds * columnFolds * (rows + columns) : m * n * rowFolds,
  };
}
