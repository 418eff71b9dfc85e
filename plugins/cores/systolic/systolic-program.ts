import type { RunningOperation } from 'tessera-sim';
import {
  type BurstList,
  closedFormOfEqualFolds,
  foldDistance,
  FoldGrid,
  type FoldProgram,
  type FoldTiming,
  Gate,
  macsOf,
  MatrixOperands,
  OperandMatrix,
  OperandStream,
  StallClass,
  storedBitsPerElement,
} from 'tessera-sim/cores';
import { type ArrayShape, foldTiming, mapOnArray } from './fold-cycles.js';

export interface AccumulatorShape {
  readonly accumulatorBytes: number;
  readonly accumulatorBits: number;
  readonly foldsPerBurst: number;
}

/**
 * The folds of a matrix product on a systolic array. The rows of a weight- or input-stationary array hold the reduction, so
 * that partial sums of one column fold follow each other; row folds whose sums stay in the accumulators may be moved
 * several at a time, as one step.
 */
export class SystolicProgram implements FoldProgram {
  readonly timing: FoldTiming;
  macs = 0;
  folds = 1;
  steps = 1;

  private readonly operands = new MatrixOperands();
  private readonly partials = new OperandMatrix(StallClass.waitMemory, OperandStream.results);
  private readonly mapping = { onRows: 1, onColumns: 1, streamed: 1 };
  private readonly grid: FoldGrid;
  private distance = 1;
  /** Partial sums stay in the accumulators from one row fold to the next. */
  private keepsPartials = true;

  constructor(private readonly array: ArrayShape & AccumulatorShape) {
    this.timing = foldTiming(array);
    this.grid = new FoldGrid(array);
  }

  load(operation: RunningOperation): void {
    const { array, grid, mapping, operands } = this;
    operands.open(operation);
    const { view } = operands;
    mapOnArray(array.dataflow, view, mapping);
    const partialBytes = mapping.streamed * Math.min(array.columns, mapping.onColumns) * (array.accumulatorBits / 8);
    this.keepsPartials = this.isOutputStationary || partialBytes <= array.accumulatorBytes;
    grid.divide(view.groups, mapping.onRows, mapping.onColumns, this.isOutputStationary || !this.keepsPartials ? 1 : array.foldsPerBurst);
    this.folds = grid.folds;
    this.steps = grid.steps;
    this.macs = macsOf(view);
    this.distance = foldDistance(this.timing, mapping.streamed);
    this.loadOperands();
  }

  streamCycles(step: number): number {
    return this.lastFoldCycles(step) + this.mapping.streamed;
  }

  lastFoldCycles(step: number): number {
    return (this.grid.foldsOfStep(step) - 1) * this.distance;
  }

  /** A stationary array gives one vector of results a cycle; an output-stationary one shifts its rows out at the end. */
  resultCycles(): number {
    return this.isOutputStationary ? this.array.rows : this.mapping.streamed;
  }

  closedFormCycles(): number {
    return closedFormOfEqualFolds(this.timing, this.folds, this.mapping.streamed);
  }

  reads(step: number, out: BurstList): void {
    const { grid, operands } = this;
    const { weights, activations } = operands;
    const isFirst = step === 0;
    grid.locate(step);
    if (this.isOutputStationary) {
      this.stream(out, activations, isFirst, grid.row, grid.usedRows);
      this.stream(out, weights, isFirst, grid.column, grid.usedColumns);
    } else {
      const isWeight = this.array.dataflow === 'weight-stationary';
      this.stationary(out, isWeight ? weights : activations);
      this.stream(out, isWeight ? activations : weights, isFirst, grid.row, grid.usedRows);
    }
    this.readSums(out);
    if (isFirst) operands.addSide(out);
  }

  writes(step: number, out: BurstList): void {
    const { grid, operands } = this;
    grid.locate(step);
    if (this.isOutputStationary) {
      this.block(out);
      return;
    }
    const isLast = grid.rowStep === grid.rowSteps - 1;
    if (isLast) this.sums(out, operands.results);
    else if (!this.keepsPartials) this.sums(out, this.partials);
  }

  private get isOutputStationary(): boolean {
    return this.array.dataflow === 'output-stationary';
  }

  private loadOperands(): void {
    const { view, weights, activations, results, weightRegion, inputRegion, outputRegion } = this.operands;
    const { m, n, reduction, groups } = view;
    const { dataflow, accumulatorBits } = this.array;
    const weightBits = storedBitsPerElement(weightRegion);
    const inputBits = storedBitsPerElement(inputRegion);
    if (dataflow === 'input-stationary') weights.load(weightRegion, n, reduction, weightBits, groups);
    else weights.load(weightRegion, reduction, n, weightBits, groups);
    if (dataflow === 'weight-stationary') activations.load(inputRegion, m, reduction, inputBits, groups);
    else activations.load(inputRegion, reduction, m, inputBits, groups);
    const [vectors, width] = dataflow === 'input-stationary' ? [n, m] : [m, n];
    results.load(outputRegion, vectors, width, storedBitsPerElement(outputRegion), groups);
    this.partials.load(outputRegion, vectors, width, accumulatorBits, groups);
  }

  /** What stays in the array during the step; only that of its first fold must be in before the stream begins. */
  private stationary(out: BurstList, operand: OperandMatrix): void {
    const { group, row, usedRows, column, usedColumns } = this.grid;
    const firstRows = Math.min(this.array.rows, usedRows);
    operand.slice(out, group, row, firstRows, column, usedColumns, Gate.start);
    operand.slice(out, group, row + firstRows, usedRows - firstRows, column, usedColumns, Gate.end);
  }

  private stream(out: BurstList, operand: OperandMatrix, isFirst: boolean, element: number, width: number): void {
    operand.stream(out, isFirst, this.grid.group, this.mapping.streamed, element, width);
  }

  /** Sums that the step adds to: of the fold before when nothing keeps them, or of an earlier operation. */
  private readSums(out: BurstList): void {
    const { addsToFormer, results } = this.operands;
    if (this.grid.rowStep > 0) {
      if (!this.keepsPartials) this.sums(out, this.partials);
    } else if (addsToFormer && this.isOutputStationary) {
      this.block(out);
    } else if (addsToFormer) {
      this.sums(out, results);
    }
  }

  private sums(out: BurstList, matrix: OperandMatrix): void {
    matrix.slice(out, this.grid.group, 0, this.mapping.streamed, this.grid.column, this.grid.usedColumns, Gate.end);
  }

  /** The block of results of an output-stationary fold. */
  private block(out: BurstList): void {
    const { group, row, usedRows, column, usedColumns } = this.grid;
    this.operands.results.slice(out, group, row, usedRows, column, usedColumns, Gate.end);
  }
}
