import type { ResolvedRegion, RunningOperation } from 'tessera-sim';
import {
  accumulates,
  addSideOperands,
  type BurstList,
  closedFormOfEqualFolds,
  continuesReduction,
  type FoldProgram,
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
import { blockCycles, passesOf, type SerialArray, serialTiming } from './serial-cycles.js';

/** Group metadata of the weights, for formats that do not carry it themselves. */
export interface WeightMetadata {
  /** Weights that share one group's metadata; 0: none. */
  readonly weightGroupSize: number;
  /** Bits of a group's metadata (scale, zero point). */
  readonly weightGroupBits: number;
}

const STREAM = { weights: 0, activations: 1, results: 2 } as const;

/** The blocks of an output-stationary bit-serial array: groups outside, then column blocks, then row blocks. */
export class SerialProgram implements FoldProgram {
  readonly timing: FoldTiming;
  macs = 0;
  folds = 1;
  /** Cycles in which a PE works off one vector of products, for the loaded operation's formats. */
  passes = 1;

  private readonly view = { groups: 1, m: 1, n: 1, reduction: 1 };
  private readonly weights = new OperandMatrix(StallClass.waitMemory, STREAM.weights);
  private readonly activations = new OperandMatrix(StallClass.waitInput, STREAM.activations);
  private readonly results = new OperandMatrix(StallClass.waitMemory, STREAM.results);
  private rowBlocks = 1;
  private columnBlocks = 1;
  private cyclesPerBlock = 1;
  private addsToFormer = false;
  private operation: RunningOperation | undefined;

  private group = 0;
  private row = 0;
  private usedRows = 0;
  private column = 0;
  private usedColumns = 0;

  constructor(private readonly array: SerialArray & WeightMetadata) {
    this.timing = serialTiming(array);
  }

  load(operation: RunningOperation): void {
    const { array, view } = this;
    readGemmView(operation.form.loops, isBatchedProduct(operation), view);
    this.operation = operation;
    const weights = secondFactorOf(operation);
    const inputs = operandOf(operation, 'I');
    this.passes = passesOf(array, weights?.bitsPerElement ?? 1, inputs?.bitsPerElement ?? 1);
    this.cyclesPerBlock = blockCycles(array, view, this.passes);
    this.rowBlocks = Math.ceil(view.m / array.rows);
    this.columnBlocks = Math.ceil(view.n / array.columns);
    this.folds = view.groups * this.rowBlocks * this.columnBlocks;
    this.macs = macsOf(view);
    this.addsToFormer = accumulates(operation) && continuesReduction(operation.form.at);
    this.loadOperands(weights, inputs, resultOf(operation));
  }

  get steps(): number {
    return this.folds;
  }

  lastFoldCycles(): number {
    return 0;
  }

  streamCycles(): number {
    return this.cyclesPerBlock;
  }

  /** The results of a block leave together, a row of PEs a cycle, at its end. */
  resultCycles(): number {
    return Math.min(this.array.rows, this.cyclesPerBlock + this.timing.drainCycles);
  }

  closedFormCycles(): number {
    return closedFormOfEqualFolds(this.timing, this.folds, this.cyclesPerBlock);
  }

  reads(fold: number, out: BurstList): void {
    this.locate(fold);
    if (fold === 0) {
      this.weights.sliceWithHead(out, this.group, this.view.reduction, this.column, this.usedColumns);
      this.activations.sliceWithHead(out, this.group, this.view.reduction, this.row, this.usedRows);
    } else {
      this.weights.slice(out, this.group, 0, this.view.reduction, this.column, this.usedColumns, Gate.end);
      this.activations.slice(out, this.group, 0, this.view.reduction, this.row, this.usedRows, Gate.end);
    }
    if (this.addsToFormer) this.block(out);
    if (fold === 0 && this.operation !== undefined) addSideOperands(out, this.operation, STREAM.results);
  }

  writes(fold: number, out: BurstList): void {
    this.locate(fold);
    this.block(out);
  }

  private block(out: BurstList): void {
    this.results.slice(out, this.group, this.row, this.usedRows, this.column, this.usedColumns, Gate.end);
  }

  private loadOperands(weights: ResolvedRegion | undefined, inputs: ResolvedRegion | undefined, output: ResolvedRegion | undefined): void {
    const { m, n, reduction, groups } = this.view;
    const { weightGroupSize, weightGroupBits } = this.array;
    const ownMetadata = weightGroupSize > 0 ? weightGroupBits / weightGroupSize : 0;
    const weightBits = weights === undefined ? 0 : Math.max(storedBitsPerElement(weights), weights.bitsPerElement + ownMetadata);
    this.weights.load(weights, reduction, n, weightBits, groups);
    this.activations.load(inputs, reduction, m, inputs === undefined ? 0 : storedBitsPerElement(inputs), groups);
    this.results.load(output, m, n, output === undefined ? 0 : storedBitsPerElement(output), groups);
  }

  private locate(fold: number): void {
    const { rows, columns } = this.array;
    const outer = Math.floor(fold / this.rowBlocks);
    this.row = (fold % this.rowBlocks) * rows;
    this.group = Math.floor(outer / this.columnBlocks);
    this.column = (outer % this.columnBlocks) * columns;
    this.usedRows = Math.min(rows, this.view.m - this.row);
    this.usedColumns = Math.min(columns, this.view.n - this.column);
  }
}
