import { type ArraySize, closedFormOfEqualFolds, foldCount, type FoldTiming, type FoldEngineConfig, type GemmView, isIdeal } from 'tessera-sim/cores';

export type SerialOperand = 'none' | 'weights' | 'inputs' | 'both';

/** PE rows take output pixels (M), PE columns output channels (N). */
export interface SerialArray extends ArraySize, Pick<FoldEngineConfig, 'ideal'> {
  /** Products that one PE sums at once. */
  readonly lanes: number;
  readonly serial: SerialOperand;
  readonly weightBitsPerCycle: number;
  readonly inputBitsPerCycle: number;
  readonly pipelineCycles: number;
}

/**
 * Cycles in which a PE works off one vector of `lanes` products: `ceil(bits / bitsPerCycle)` for each operand that goes in
 * serially (Stripes: one operand; Loom: both, the product of the two), 1 for a bit-parallel PE. Only whole payload bits
 * count: the fraction of a format of 4.06 bits is its group's scale, which is moved but not multiplied bit by bit.
 */
export function passesOf(array: SerialArray, weightBits: number, inputBits: number): number {
  const { serial } = array;
  const weightPasses = serial === 'weights' || serial === 'both' ? passes(weightBits, array.weightBitsPerCycle) : 1;
  const inputPasses = serial === 'inputs' || serial === 'both' ? passes(inputBits, array.inputBitsPerCycle) : 1;
  return weightPasses * inputPasses;
}

function passes(bits: number, bitsPerCycle: number): number {
  return Math.max(1, Math.ceil(Math.floor(bits) / bitsPerCycle));
}

/** Cycles of one fold, a block of `rows` x `columns` outputs: `ceil(K / lanes) * passes`. */
export function blockCycles(array: SerialArray, view: GemmView, passCount: number): number {
  return Math.ceil(view.reduction / array.lanes) * passCount;
}

/** Folds follow each other without a gap; the pipeline is filled once. */
export function serialTiming(array: SerialArray): FoldTiming {
  return { fillCycles: 0, drainCycles: isIdeal(array, 'fillDrain') ? 0 : array.pipelineCycles, overlapFill: true, overlapDrain: true, guardCycles: 0 };
}

/** `groups * ceil(K / lanes) * ceil(M / rows) * ceil(N / columns) * passes + pipelineCycles`. */
export function serialCycles(array: SerialArray, view: GemmView, weightBits: number, inputBits: number): number {
  const cycles = blockCycles(array, view, passesOf(array, weightBits, inputBits));
  return closedFormOfEqualFolds(serialTiming(array), foldCount(array, view.groups, view.m, view.n), cycles);
}
