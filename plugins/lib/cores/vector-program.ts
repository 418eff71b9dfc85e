import type { ResolvedRegion, RunningOperation } from 'tessera-sim';
import { Gate, type BurstList } from './burst-list.js';
import { StallClass } from './core-declarations.js';
import type { FoldProgram, FoldTiming } from './fold-program.js';
import { addShare } from './region-share.js';
import { resultOf } from './regions.js';
import { operatorCost } from './operator-table.js';

/** What a vector unit is, for its cycle count. */
export interface VectorUnit {
  readonly lanes: number;
  readonly startupCycles: number;
  /** Cycles a lane takes for one special function. */
  readonly specialFunctionCycles: number;
  /** Vectors that are read and written in one burst of each operand. */
  readonly burstVectors: number;
}

/** Iteration points of a tile: the product of its loops, a window's included. */
export function pointsOf(loops: Readonly<Record<string, number>> | undefined): number {
  let points = 1;
  for (const name in loops) points *= loops[name]!;
  return points;
}

/** Cycles of `vectors` vectors of an operator; every operator counts at least one. */
export function cyclesPerVector(unit: VectorUnit, operator: string | undefined): number {
  const cost = operatorCost(operator);
  return cost === undefined ? 1 : Math.max(1, cost.simple + cost.special * unit.specialFunctionCycles);
}

/** `startup + ceil(points / lanes) * cyclesPerVector(operator)`. */
export function vectorCycles(unit: VectorUnit, operator: string | undefined, points: number): number {
  return unit.startupCycles + Math.ceil(points / unit.lanes) * cyclesPerVector(unit, operator);
}

/** Element-wise work in vectors of `lanes` elements, cut into bursts of some vectors. */
export class VectorProgram implements FoldProgram {
  readonly timing: FoldTiming;
  macs = 0;
  folds = 1;

  private vectors = 1;
  private vectorCycles = 1;
  private inputs: readonly ResolvedRegion[] = [];
  private output: ResolvedRegion | undefined;

  constructor(private readonly unit: VectorUnit) {
    this.timing = { fillCycles: 0, drainCycles: unit.startupCycles, overlapFill: true, overlapDrain: true, guardCycles: 0 };
  }

  load(operation: RunningOperation): void {
    const { form, reads } = operation;
    this.inputs = reads;
    this.output = resultOf(operation);
    this.macs = form.loops === undefined ? (this.output?.elements ?? 1) : operation.tile!.points;
    this.vectors = Math.ceil(this.macs / this.unit.lanes);
    this.folds = Math.ceil(this.vectors / this.unit.burstVectors);
    this.vectorCycles = cyclesPerVector(this.unit, form.operator);
  }

  get steps(): number {
    return this.folds;
  }

  lastFoldCycles(): number {
    return 0;
  }

  streamCycles(fold: number): number {
    const done = fold * this.unit.burstVectors;
    return Math.min(this.unit.burstVectors, this.vectors - done) * this.vectorCycles;
  }

  resultCycles(fold: number): number {
    return this.streamCycles(fold);
  }

  closedFormCycles(): number {
    return this.unit.startupCycles + this.vectors * this.vectorCycles;
  }

  reads(fold: number, out: BurstList): void {
    for (let i = 0; i < this.inputs.length; i++) {
      const region = this.inputs[i]!;
      const lateClass = region.operand === 'W' ? StallClass.waitMemory : StallClass.waitInput;
      const headBytes = fold === 0 ? Math.ceil((this.unit.lanes * region.bitsPerElement) / 8) : 0;
      addShare(out, region, fold, this.folds, headBytes, Gate.start, Gate.end, lateClass, i);
    }
  }

  writes(fold: number, out: BurstList): void {
    if (this.output === undefined) return;
    addShare(out, this.output, fold, this.folds, 0, Gate.end, Gate.end, StallClass.waitOutput, this.inputs.length);
  }
}
