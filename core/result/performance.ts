/**
 * One shape for what an estimator predicts and what a simulation measures, so that comparing is one function.
 * Cycles are of the machine's reference clock and may be fractions.
 */
export interface LayerResult {
  readonly layer: string;
  readonly operator: string;
  /** Multiply-accumulates of the tiles that were computed, recomputed ones included; 0 of a layer that is no product. */
  readonly macs: number;
  /** Elementary operations of these tiles, a multiply-accumulate counting two; layers that a mapper folded into this one not counted. */
  readonly ops?: number;
  /**
   * The layer's share of the run: each moment is divided equally among the layers that are being computed or, when none is,
   * among those whose data are being moved. So layers that overlap (fused, prefetched) still sum to the run.
   */
  readonly cycles: number;
  /** Start of its first operation and end of its last; these spans may overlap. */
  readonly startCycle?: number;
  readonly endCycle?: number;
  /** Cycles in which some core computed it (estimate: ideal compute cycles). */
  readonly computeCycles: number;
  readonly energyPj?: number;
  /** Bytes moved for the layer, by memory path. */
  readonly bytes?: Readonly<Record<string, number>>;
}

export interface ResourceResult {
  /** Block path. */
  readonly resource: string;
  readonly kind: string;
  /** Cycles in which it worked. */
  readonly busyCycles: number;
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  readonly peakBytes?: number;
  readonly energyPj?: number;
}

export interface Performance {
  readonly cycles: number;
  readonly seconds: number;
  readonly energyPj?: number;
  /** Paths of the blocks of which no energy figure is known: the total is without them. */
  readonly energyMissing?: readonly string[];
  readonly layers: readonly LayerResult[];
  readonly resources: readonly ResourceResult[];
}

/** What an estimator returns; `notes` say what its model leaves out. */
export interface Estimate extends Performance {
  readonly estimator: string;
  readonly notes: readonly string[];
}

/** Bounds that no schedule can beat, and what of the estimate breaks them. */
export interface BoundViolation {
  readonly layer?: string;
  readonly resource: string;
  readonly bound: string;
  readonly boundCycles: number;
  readonly estimatedCycles: number;
}
