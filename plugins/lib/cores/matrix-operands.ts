import type { ResolvedRegion, RunningOperation } from 'tessera-sim';
import type { BurstList } from './burst-list.js';
import { StallClass } from './core-declarations.js';
import { type GemmView, readGemmView } from './gemm-view.js';
import { OperandMatrix } from './operand-matrix.js';
import { accumulates, addSideOperands, operandOf, resultOf, secondFactorOf } from './regions.js';

/** Operands take a memory port each where there are several: weights, activations, results. */
export const OperandStream = { weights: 0, activations: 1, results: 2 } as const;

/**
 * The matrix product that an array works on, and its operands. One object per core, opened again for every operation; how
 * the three matrices are laid out is the dataflow's business (`OperandMatrix.load`).
 */
export class MatrixOperands {
  readonly view: GemmView = { groups: 1, m: 1, n: 1, reduction: 1 };
  readonly weights = new OperandMatrix(StallClass.waitMemory, OperandStream.weights);
  readonly activations = new OperandMatrix(StallClass.waitInput, OperandStream.activations);
  readonly results = new OperandMatrix(StallClass.waitMemory, OperandStream.results);
  weightRegion: ResolvedRegion | undefined;
  inputRegion: ResolvedRegion | undefined;
  outputRegion: ResolvedRegion | undefined;
  /** The operation adds to sums that an earlier operation left in the output. */
  addsToFormer = false;
  private operation: RunningOperation | undefined;

  open(operation: RunningOperation): void {
    readGemmView(operation, this.view);
    this.operation = operation;
    this.weightRegion = secondFactorOf(operation);
    this.inputRegion = operandOf(operation, 'I');
    this.outputRegion = resultOf(operation);
    this.addsToFormer = accumulates(operation) && operation.tile!.continuesReduction;
  }

  /** Adds bias, residual and the like, which come once, with the first step. */
  addSide(out: BurstList): void {
    if (this.operation !== undefined) addSideOperands(out, this.operation, OperandStream.results);
  }
}
