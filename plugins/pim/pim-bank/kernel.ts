import { InputError, type ResolvedRegion, type RunningOperation, type StateExchange } from 'tessera-sim';
import { accumulates, macsOf, operandOf, readGemmView, resultOf, secondFactorOf } from 'tessera-sim/cores';
import { type KernelLayout, type KernelShape, layOut, macCommands } from './kernel-shape.js';
import type { PimConfig } from './schema.js';

/** What the next step of a kernel is. */
export const Step = { broadcast: 0, row: 1, rowWithResult: 2, writeOut: 3, done: 4 } as const;
export type Step = (typeof Step)[keyof typeof Step];

/**
 * Walks through the steps of one kernel: for every group and vector, for every load of the global buffer a broadcast, then
 * all row tiles with their chunks of that load, the sums of a tile read after its last chunk; at the end of a vector its
 * results are written. One object per block, loaded again for every operation.
 */
export class Kernel {
  macs = 0;
  readonly shape: KernelShape = { groups: 1, vectors: 1, outputs: 1, reduction: 1, weightBits: 16, inputBits: 16, outputBits: 16 };
  /** The operation adds to results that are there already: they are read before they are written. */
  addsToFormer = false;

  private readonly layout: KernelLayout = { tiles: 1, chunkElements: 1, chunks: 1, chunksPerLoad: 1, loads: 1, tilesPerRow: 1 };
  private readonly view = { groups: 1, m: 1, n: 1, reduction: 1 };
  private input: ResolvedRegion | undefined;
  private output: ResolvedRegion | undefined;
  private product = 0;
  private load = 0;
  private tile = 0;
  private chunk = 0;
  private isBroadcast = false;

  constructor(private readonly config: PimConfig) {}

  begin(operation: RunningOperation): void {
    const { view, shape } = this;
    readGemmView(operation, view);
    const weights = secondFactorOf(operation);
    this.input = operandOf(operation, 'I');
    this.output = resultOf(operation);
    if (weights === undefined || this.input === undefined || this.output === undefined)
      throw new InputError({ message: 'a PIM kernel needs operands W (or I2), I and O' });
    shape.groups = view.groups;
    shape.vectors = view.m;
    shape.outputs = view.n;
    shape.reduction = view.reduction;
    shape.weightBits = weights.bitsPerElement;
    shape.inputBits = this.input.bitsPerElement;
    shape.outputBits = this.output.bitsPerElement;
    layOut(this.config, shape, this.layout);
    this.macs = macsOf(view);
    this.addsToFormer = accumulates(operation) && operation.tile!.continuesReduction;
    this.product = 0;
    this.startProduct();
  }

  /** Where the kernel of an operation stands; what follows from the operation is read from it again. */
  state(s: StateExchange, operation: RunningOperation | undefined): void {
    if (s.loading && operation !== undefined) this.begin(operation);
    this.product = s.number(this.product);
    this.load = s.number(this.load);
    this.tile = s.number(this.tile);
    this.chunk = s.number(this.chunk);
    this.isBroadcast = s.flag(this.isBroadcast);
  }

  /** The step to take now. */
  get step(): Step {
    if (this.product >= this.shape.groups * this.shape.vectors) return Step.done;
    if (this.load >= this.layout.loads) return Step.writeOut;
    if (!this.isBroadcast) return Step.broadcast;
    return this.chunk === this.lastChunkOfLoad() ? Step.rowWithResult : Step.row;
  }

  /** Moves on to the next step. */
  advance(): void {
    const { layout } = this;
    if (this.load >= layout.loads) {
      this.product++;
      this.startProduct();
    } else if (!this.isBroadcast) {
      this.isBroadcast = true;
    } else if (this.chunk < this.lastChunkOfLoad()) {
      this.chunk++;
    } else if (this.tile + this.tilesInRow < layout.tiles) {
      this.tile += this.tilesInRow;
      this.chunk = this.load * layout.chunksPerLoad;
    } else {
      this.load++;
      this.startLoad();
    }
  }

  /** Elements of the vector that the current load brings. */
  get loadElements(): number {
    const first = this.load * this.layout.chunksPerLoad * this.layout.chunkElements;
    const stop = Math.min(this.shape.reduction, (this.lastChunkOfLoad() + 1) * this.layout.chunkElements);
    return stop - first;
  }

  /** Tiles that the current row holds, one after another. */
  get tilesInRow(): number {
    return Math.min(this.layout.tilesPerRow, this.layout.tiles - this.tile);
  }

  /** MAC commands of one tile in the current row. */
  get rowCommands(): number {
    const { chunkElements } = this.layout;
    const elements = Math.min(chunkElements, this.shape.reduction - this.chunk * chunkElements);
    return macCommands(this.config, elements, this.shape.weightBits);
  }

  /** First byte of the current load's part of the vector. */
  get inputAddress(): number {
    const elements = this.product * this.shape.reduction + this.load * this.layout.chunksPerLoad * this.layout.chunkElements;
    return this.within(this.input!, Math.floor((elements * this.shape.inputBits) / 8));
  }

  /** First byte and bytes of the current vector's results. */
  get outputAddress(): number {
    return this.within(this.output!, Math.floor((this.product * this.shape.outputs * this.shape.outputBits) / 8));
  }

  get outputBytes(): number {
    return Math.ceil((this.shape.outputs * this.shape.outputBits) / 8);
  }

  private within(region: ResolvedRegion, offset: number): number {
    return region.address + Math.min(offset, Math.max(0, region.bytes - 1));
  }

  private lastChunkOfLoad(): number {
    return Math.min(this.layout.chunks, (this.load + 1) * this.layout.chunksPerLoad) - 1;
  }

  private startProduct(): void {
    this.load = 0;
    this.startLoad();
  }

  private startLoad(): void {
    this.isBroadcast = false;
    this.tile = 0;
    this.chunk = this.load * this.layout.chunksPerLoad;
  }
}
