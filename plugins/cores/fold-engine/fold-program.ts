import type { RunningOperation } from '../../../core/index.js';
import type { BurstList } from './burst-list.js';

/**
 * The time of the folds of one operation, in cycles. A fold is filled with what stays in the array, then a stream of
 * vectors passes through, then the last results drain.
 */
export interface FoldTiming {
  fillCycles: number;
  drainCycles: number;
  /** The next fold is filled while this one streams: the stationary registers are doubled. */
  overlapFill: boolean;
  /** The next fold's stream follows at once; the results of this one drain behind it. */
  overlapDrain: boolean;
  /** Least distance of two folds' first vectors, e.g. the shift-out of an output-stationary array. */
  guardCycles: number;
}

/** What a core does for an operation, fold by fold. One object per core, loaded again for every operation. */
export interface FoldProgram {
  readonly timing: FoldTiming;
  /** Multiply-accumulates (or element operations) of the loaded operation. */
  readonly macs: number;
  readonly folds: number;
  /** Prepares an operation. */
  load(operation: RunningOperation): void;
  /** Cycles of fold `fold`'s stream. */
  streamCycles(fold: number): number;
  /** Cycles at the end of fold `fold`, drain included, during which its results leave. */
  resultCycles(fold: number): number;
  /** Cycles of the whole operation when nothing makes it wait: the documented closed form. */
  closedFormCycles(): number;
  /** Lists what fold `fold` reads, in the order of asking. */
  reads(fold: number, out: BurstList): void;
  /** Lists what fold `fold` writes. */
  writes(fold: number, out: BurstList): void;
}

/**
 * Cycles of `folds` equal folds of `streamCycles` each. Without overlap this is `folds * (fill + stream + drain)`; with it
 * the distance of two folds is what cannot overlap, and fill and drain count once.
 */
export function closedFormOfEqualFolds(timing: FoldTiming, folds: number, streamCycles: number): number {
  if (folds === 0) return 0;
  const { fillCycles, drainCycles } = timing;
  const beforeNext = timing.overlapDrain ? streamCycles : streamCycles + drainCycles;
  const distance = timing.overlapFill ? Math.max(beforeNext, fillCycles) : beforeNext + fillCycles;
  return fillCycles + (folds - 1) * Math.max(distance, timing.guardCycles) + streamCycles + drainCycles;
}
