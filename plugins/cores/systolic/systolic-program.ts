import type { ResolvedRegion, RunningOperation } from 'tessera-sim';
import {
  accumulates,
  addSideOperands,
  type BurstList,
  closedFormOfEqualFolds,
  continuesReduction,
  type FoldProgram,
  foldDistance,
  type FoldTiming,
  Gate,
  isBatchedProduct,
  macsOf,
  operandOf,
  OperandMatrix,
  readGemmView,
  resultOf,
  secondFactorOf,
  StallClass,
  storedBitsPerElement,
} from 'tessera-sim/cores';
import { type ArrayShape, foldTiming, mapOnArray } from './fold-cycles.js';

export interface AccumulatorShape {
  readonly accumulatorBytes: number;
  readonly accumulatorBits: number;
  readonly foldsPerBurst: number;
}

/** Operands take a memory port each where there are several: weights, activations, results. */
const STREAM = { weights: 0, activations: 1, results: 2 } as const;

/**
 * The folds of a matrix product: groups outside, then column folds, then row folds (the reduction of a weight- or
 * input-stationary array, so that partial sums of one column fold follow each other). Row folds whose sums stay in the
 * accumulators may be moved several at a time, as one step.
 */
export class SystolicProgram implements FoldProgram {
  readonly timing: FoldTiming;
  macs = 0;
  folds = 1;
  steps = 1;

  private readonly view = { groups: 1, m: 1, n: 1, reduction: 1 };
  private readonly mapping = { onRows: 1, onColumns: 1, streamed: 1 };
  private readonly weights = new OperandMatrix(StallClass.waitMemory, STREAM.weights);
  private readonly activations = new OperandMatrix(StallClass.waitInput, STREAM.activations);
  private readonly results = new OperandMatrix(StallClass.waitMemory, STREAM.results);
  private readonly partials = new OperandMatrix(StallClass.waitMemory, STREAM.results);
  private rowFolds = 1;
  /** Row folds of one step, and steps of one column fold. */
  private stepFolds = 1;
  private rowSteps = 1;
  private distance = 1;
  private columnFolds = 1;
  /** Partial sums stay in the accumulators from one row fold to the next. */
  private keepsPartials = true;
  /** The operation adds to sums that an earlier operation left in the output. */
  private addsToFormer = false;
  private operation: RunningOperation | undefined;

  // Place of the step that `locate` was last asked for.
  private group = 0;
  private rowStep = 0;
  private row = 0;
  private usedRows = 0;
  private column = 0;
  private usedColumns = 0;

  constructor(private readonly array: ArrayShape & AccumulatorShape) {
    this.timing = foldTiming(array);
  }

  load(operation: RunningOperation): void {
    const { array, view, mapping } = this;
    readGemmView(operation.form.loops, isBatchedProduct(operation), view);
    this.operation = operation;
    mapOnArray(array.dataflow, view, mapping);
    this.rowFolds = Math.ceil(mapping.onRows / array.rows);
    this.columnFolds = Math.ceil(mapping.onColumns / array.columns);
    this.folds = view.groups * this.rowFolds * this.columnFolds;
    this.macs = macsOf(view);
    this.addsToFormer = accumulates(operation) && continuesReduction(operation.form.at);
    const partialBytes = mapping.streamed * Math.min(array.columns, mapping.onColumns) * (array.accumulatorBits / 8);
    this.keepsPartials = this.isOutputStationary || partialBytes <= array.accumulatorBytes;
    this.stepFolds = this.isOutputStationary || !this.keepsPartials ? 1 : array.foldsPerBurst;
    this.rowSteps = Math.ceil(this.rowFolds / this.stepFolds);
    this.steps = view.groups * this.rowSteps * this.columnFolds;
    this.distance = foldDistance(this.timing, mapping.streamed);
    this.loadOperands(secondFactorOf(operation), operandOf(operation, 'I'), resultOf(operation));
  }

  streamCycles(step: number): number {
    return this.lastFoldCycles(step) + this.mapping.streamed;
  }

  lastFoldCycles(step: number): number {
    const first = (step % this.rowSteps) * this.stepFolds;
    return (Math.min(this.stepFolds, this.rowFolds - first) - 1) * this.distance;
  }

  /** A stationary array gives one vector of results a cycle; an output-stationary one shifts its rows out at the end. */
  resultCycles(): number {
    return this.isOutputStationary ? this.array.rows : this.mapping.streamed;
  }

  closedFormCycles(): number {
    return closedFormOfEqualFolds(this.timing, this.folds, this.mapping.streamed);
  }

  reads(step: number, out: BurstList): void {
    this.locate(step);
    const isFirst = step === 0;
    if (this.isOutputStationary) {
      this.stream(out, this.activations, isFirst, this.row, this.usedRows);
      this.stream(out, this.weights, isFirst, this.column, this.usedColumns);
    } else {
      const isWeight = this.array.dataflow === 'weight-stationary';
      const stationary = isWeight ? this.weights : this.activations;
      const firstRows = Math.min(this.array.rows, this.usedRows);
      stationary.slice(out, this.group, this.row, firstRows, this.column, this.usedColumns, Gate.start);
      stationary.slice(out, this.group, this.row + firstRows, this.usedRows - firstRows, this.column, this.usedColumns, Gate.end);
      this.stream(out, isWeight ? this.activations : this.weights, isFirst, this.row, this.usedRows);
    }
    this.readSums(out);
    if (isFirst && this.operation !== undefined) addSideOperands(out, this.operation, STREAM.results);
  }

  writes(step: number, out: BurstList): void {
    this.locate(step);
    if (this.isOutputStationary) {
      this.results.slice(out, this.group, this.row, this.usedRows, this.column, this.usedColumns, Gate.end);
      return;
    }
    const isLast = this.rowStep === this.rowSteps - 1;
    if (isLast) this.sums(out, this.results);
    else if (!this.keepsPartials) this.sums(out, this.partials);
  }

  private get isOutputStationary(): boolean {
    return this.array.dataflow === 'output-stationary';
  }

  private loadOperands(weights: ResolvedRegion | undefined, inputs: ResolvedRegion | undefined, output: ResolvedRegion | undefined): void {
    const { m, n, reduction, groups } = this.view;
    const { dataflow, accumulatorBits } = this.array;
    const weightBits = weights === undefined ? 0 : storedBitsPerElement(weights);
    const inputBits = inputs === undefined ? 0 : storedBitsPerElement(inputs);
    if (dataflow === 'input-stationary') this.weights.load(weights, n, reduction, weightBits, groups);
    else this.weights.load(weights, reduction, n, weightBits, groups);
    if (dataflow === 'weight-stationary') this.activations.load(inputs, m, reduction, inputBits, groups);
    else this.activations.load(inputs, reduction, m, inputBits, groups);
    const [vectors, width] = dataflow === 'input-stationary' ? [n, m] : [m, n];
    this.results.load(output, vectors, width, output === undefined ? 0 : storedBitsPerElement(output), groups);
    this.partials.load(output, vectors, width, accumulatorBits, groups);
  }

  /** A moving operand; the operation's very first vector comes in a burst of its own, for nothing has been prefetched. */
  private stream(out: BurstList, operand: OperandMatrix, isFirst: boolean, element: number, width: number): void {
    if (isFirst) operand.sliceWithHead(out, this.group, this.mapping.streamed, element, width);
    else operand.slice(out, this.group, 0, this.mapping.streamed, element, width, Gate.end);
  }

  /** Sums that the step adds to: of the fold before when nothing keeps them, or of an earlier operation. */
  private readSums(out: BurstList): void {
    if (this.rowStep > 0) {
      if (!this.keepsPartials) this.sums(out, this.partials);
    } else if (this.addsToFormer && this.isOutputStationary) {
      this.results.slice(out, this.group, this.row, this.usedRows, this.column, this.usedColumns, Gate.end);
    } else if (this.addsToFormer) {
      this.sums(out, this.results);
    }
  }

  private sums(out: BurstList, matrix: OperandMatrix): void {
    matrix.slice(out, this.group, 0, this.mapping.streamed, this.column, this.usedColumns, Gate.end);
  }

  private locate(step: number): void {
    const { rows, columns } = this.array;
    const stepRows = this.stepFolds * rows;
    this.rowStep = step % this.rowSteps;
    const outer = Math.floor(step / this.rowSteps);
    this.group = Math.floor(outer / this.columnFolds);
    this.row = this.rowStep * stepRows;
    this.column = (outer % this.columnFolds) * columns;
    this.usedRows = Math.min(stepRows, this.mapping.onRows - this.row);
    this.usedColumns = Math.min(columns, this.mapping.onColumns - this.column);
  }
}
