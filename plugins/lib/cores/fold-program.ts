import type { RunningOperation } from 'tessera-sim';
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

/**
 * What a core does for an operation, step by step. One object per core, loaded again for every operation. A step is a fold,
 * or several equal ones in a row whose operands are moved together.
 */
export interface FoldProgram {
  readonly timing: FoldTiming;
  /** Multiply-accumulates (or element operations) of the loaded operation. */
  readonly macs: number;
  readonly folds: number;
  readonly steps: number;
  /** Prepares an operation. */
  load(operation: RunningOperation): void;
  /** Cycles from the first vector of a step to the end of its (last) stream. */
  streamCycles(step: number): number;
  /** Cycles from the first vector of a step to the first vector of its last fold; 0 when a step is one fold. */
  lastFoldCycles(step: number): number;
  /** Cycles at the end of a step, drain included, during which its results leave. */
  resultCycles(step: number): number;
  /** Cycles of the whole operation when nothing makes it wait: the documented closed form. */
  closedFormCycles(): number;
  /** Lists what a step reads, in the order of asking. */
  reads(step: number, out: BurstList): void;
  /** Lists what a step writes. */
  writes(step: number, out: BurstList): void;
}

/** Distance of two equal folds' first vectors: what of fill, stream and drain cannot overlap. */
export function foldDistance(timing: FoldTiming, streamCycles: number): number {
  const { fillCycles, drainCycles, guardCycles } = timing;
  const beforeNext = timing.overlapDrain ? streamCycles : streamCycles + drainCycles;
  const distance = timing.overlapFill ? Math.max(beforeNext, fillCycles) : beforeNext + fillCycles;
  return Math.max(distance, guardCycles);
}

/**
 * Cycles of `folds` equal folds of `streamCycles` each. Without overlap this is `folds * (fill + stream + drain)`; with it
 * the distance of two folds is what cannot overlap, and fill and drain count once.
 */
export function closedFormOfEqualFolds(timing: FoldTiming, folds: number, streamCycles: number): number {
  if (folds === 0) return 0;
  return timing.fillCycles + (folds - 1) * foldDistance(timing, streamCycles) + streamCycles + timing.drainCycles;
}
