import type { RunningOperation } from 'tessera-sim';
import {
  type BurstList,
  closedFormOfEqualFolds,
  FoldGrid,
  type FoldProgram,
  type FoldTiming,
  Gate,
  macsOf,
  MatrixOperands,
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

/** The blocks of an output-stationary bit-serial array; each is a fold, and a step of its own. */
export class SerialProgram implements FoldProgram {
  readonly timing: FoldTiming;
  macs = 0;
  folds = 1;
  steps = 1;
  /** Cycles in which a PE works off one vector of products, for the loaded operation's formats. */
  passes = 1;

  private readonly operands = new MatrixOperands();
  private readonly grid: FoldGrid;
  private cyclesPerBlock = 1;

  constructor(private readonly array: SerialArray & WeightMetadata) {
    this.timing = serialTiming(array);
    this.grid = new FoldGrid(array);
  }

  load(operation: RunningOperation): void {
    const { array, grid, operands } = this;
    operands.open(operation);
    const { view } = operands;
    grid.divide(view.groups, view.m, view.n, 1);
    this.folds = grid.folds;
    this.steps = grid.steps;
    this.macs = macsOf(view);
    this.passes = passesOf(array, operands.weightRegion?.bitsPerElement ?? 1, operands.inputRegion?.bitsPerElement ?? 1);
    this.cyclesPerBlock = blockCycles(array, view, this.passes);
    this.loadOperands();
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
    const { grid, operands } = this;
    const { reduction } = operands.view;
    const isFirst = fold === 0;
    grid.locate(fold);
    operands.weights.stream(out, isFirst, grid.group, reduction, grid.column, grid.usedColumns);
    operands.activations.stream(out, isFirst, grid.group, reduction, grid.row, grid.usedRows);
    if (operands.addsToFormer) this.block(out);
    if (isFirst) operands.addSide(out);
  }

  writes(fold: number, out: BurstList): void {
    this.grid.locate(fold);
    this.block(out);
  }

  private block(out: BurstList): void {
    const { group, row, usedRows, column, usedColumns } = this.grid;
    this.operands.results.slice(out, group, row, usedRows, column, usedColumns, Gate.end);
  }

  private loadOperands(): void {
    const { view, weights, activations, results, weightRegion, inputRegion, outputRegion } = this.operands;
    const { m, n, reduction, groups } = view;
    const { weightGroupSize, weightGroupBits } = this.array;
    const ownMetadata = weightGroupSize > 0 ? weightGroupBits / weightGroupSize : 0;
    const weightBits = weightRegion === undefined ? 0 : Math.max(storedBitsPerElement(weightRegion), weightRegion.bitsPerElement + ownMetadata);
    weights.load(weightRegion, reduction, n, weightBits, groups);
    activations.load(inputRegion, reduction, m, storedBitsPerElement(inputRegion), groups);
    results.load(outputRegion, m, n, storedBitsPerElement(outputRegion), groups);
  }
}
