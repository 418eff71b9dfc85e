import { type ArraySize, closedFormOfEqualFolds, foldCount, type FoldEngineConfig, type FoldTiming, type GemmView, isIdeal } from 'tessera-sim/cores';

export type Dataflow = 'weight-stationary' | 'output-stationary' | 'input-stationary';

/** What of an array its cycle count depends on. */
export interface ArrayShape extends ArraySize, Pick<FoldEngineConfig, 'ideal'> {
  readonly dataflow: Dataflow;
  readonly overlapFill: boolean;
  readonly overlapDrain: boolean;
}

/** How a matrix product lies on the array: what is spread over rows and columns, and what streams through. */
export interface Mapping {
  /** Size of what lies on the rows, on the columns, and of the stream. */
  onRows: number;
  onColumns: number;
  streamed: number;
}

/** SCALE-Sim's table of operands: os (M, N, K), ws (K, N, M), is (K, M, N). */
export function mapOnArray(dataflow: Dataflow, view: GemmView, mapping: Mapping): void {
  const isOutput = dataflow === 'output-stationary';
  mapping.onRows = isOutput ? view.m : view.reduction;
  mapping.onColumns = dataflow === 'input-stationary' ? view.m : view.n;
  mapping.streamed = isOutput ? view.reduction : dataflow === 'weight-stationary' ? view.m : view.n;
}

/**
 * Fill, skew and drain of one fold. An output-stationary array has no fill: a fold is `T + R + C - 2`. The others push the
 * stationary tile in from the top in R cycles: `T + 2R + C - 2`. The full R and C count in a partly used fold as well.
 */
export function foldTiming(array: ArrayShape): FoldTiming {
  const isOutput = array.dataflow === 'output-stationary';
  const { overlapFill, overlapDrain } = array;
  if (isIdeal(array, 'fillDrain')) return { fillCycles: 0, drainCycles: 0, overlapFill, overlapDrain, guardCycles: 0 };
  return {
    fillCycles: isOutput ? 0 : array.rows,
    drainCycles: array.rows + array.columns - 2,
    overlapFill,
    overlapDrain,
    // With the drain overlapped the results of an output-stationary fold leave through the columns, R cycles, while the next
    // fold accumulates; its own results may not follow before they are out.
    guardCycles: isOutput && overlapDrain ? array.rows : 0,
  };
}

/** Cycles of a tile that never waits, all its groups included. */
export function tileCycles(array: ArrayShape, view: GemmView): number {
  const mapping: Mapping = { onRows: 1, onColumns: 1, streamed: 1 };
  mapOnArray(array.dataflow, view, mapping);
  const folds = foldCount(array, view.groups, mapping.onRows, mapping.onColumns);
  return closedFormOfEqualFolds(foldTiming(array), folds, mapping.streamed);
}
