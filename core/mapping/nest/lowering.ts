import type { ScheduleOperation } from '../../schedule/form/form.js';
import type { LoopNest } from '../../schedule/form/loop-nest.js';
import type { Box, Sizes } from '../../workload/box.js';
import type { NestMachine } from './check-nest.js';
import type { NestOperand } from './nest-operand.js';

/** Position along each spatial axis, from 0. */
export type AxisPosition = Readonly<Record<string, number>>;

/** A transfer that a lowering wants to have executed. */
export interface NestMove {
  readonly operand: NestOperand;
  /** `in`: towards the cores. */
  readonly direction: 'in' | 'out';
  /** Paths of the memories read; several when their sums are added on the way. Undefined: a place of the caller's (`outer`). */
  readonly from: readonly (string | undefined)[];
  /** Paths of the memories written; several when one read is delivered to all. */
  readonly to: readonly (string | undefined)[];
  /** Spatial position of the innermost memory concerned, the first of several. */
  readonly position: AxisPosition;
  /** Those of all innermost memories concerned. */
  readonly positions: readonly AxisPosition[];
  /** Size of the tile that is moved. */
  readonly bytes: number;
  /** Transfers to several memories at once that came before, each piece counted: engines can take turns. */
  readonly turn: number;
}

/** Where on a machine a nest runs. */
export interface NestPlacement {
  /** Instances along each axis that the nest's spatial loops and memories name. */
  readonly axes: NestMachine['axes'];
  /** Queue of the core at a position. */
  core(position: AxisPosition): string;
  /** Queue of the engine that executes a transfer. Of a tile on its way in several engines: each moves a piece of about the same size. */
  transfer(move: NestMove): string | readonly string[];
  /** Buffers for an operand's tiles at a level: 2 (double buffered) when absent, never more than there are tiles. */
  buffers?(operand: NestOperand, level: number): number;
}

/** Where an operand's outermost tile lies when that is not the tensor's home: what another piece left, or will find. */
export interface OuterPlace {
  /** A buffer of the caller's, or that of a spatial position. */
  readonly buffer: string | ((position: AxisPosition) => string);
  /** Of an input: what its last reader here releases in each of the buffers: all, or a region of the tensor. */
  readonly release?: 'buffer' | Box;
  /** Of an output: `replace` when the first write ends the buffer's former contents; `add` (default) otherwise. */
  readonly mode?: 'replace' | 'add';
}

export interface NestLowering {
  readonly nest: LoopNest;
  /** Name of the nest in the schedule's `mappings`, for the compute operations. */
  readonly mapping?: string;
  readonly layer: string;
  readonly operator: string;
  /** The layer's iteration space. */
  readonly sizes: Sizes;
  /** In the order in which their tiles are fetched. */
  readonly operands: readonly NestOperand[];
  readonly placement: NestPlacement;
  /** The part to be computed; the nest's factors must reach over it, and are clipped to it. The whole when absent. */
  readonly part?: Box;
  /** First level whose loops are one tile operation of a core; the last one when absent. */
  readonly computeLevel?: number;
  /** Begins the names of buffers; the layer's name when absent. */
  readonly prefix?: string;
  readonly outer?: Readonly<Record<string, OuterPlace>>;
  /** An earlier piece has begun the sums of the outputs: they are added to where they lie. */
  readonly resumed?: boolean;
  /** Marks the tiles as computed elsewhere too (halo recomputation). */
  readonly recompute?: boolean;
  /** Words for the core. */
  readonly with?: Readonly<Record<string, unknown>>;
}

/** A buffer that the lowered operations use; its address is the caller's to choose. */
export interface NestBuffer {
  readonly name: string;
  readonly memory: string;
  readonly bytes: number;
  readonly operand: NestOperand;
  readonly level: number;
  /** Spatial position of the memory. */
  readonly position: AxisPosition;
}

/** A nest as tile operations. */
export interface LoweredNest {
  readonly buffers: readonly NestBuffer[];
  /** All operations, made as they are asked for; each walk begins anew. They carry no ids: their order is the order. */
  readonly operations: Iterable<ScheduleOperation>;
  /** Begins one walk in three parts, so that pieces of a schedule can overlap. */
  start(): NestRun;
}

/** One walk through a lowered nest. Take the parts in this order; `prologue` may be left out. */
export interface NestRun {
  /** First tiles that are wanted; the others follow in the body. */
  prologue(wanted: (operand: NestOperand, buffers: readonly string[]) => boolean): Iterable<ScheduleOperation>;
  body(): Iterable<ScheduleOperation>;
  /** Stores what is left in `pendingBuffers`. */
  epilogue(): Iterable<ScheduleOperation>;
  /** Buffers that the epilogue reads; known once the body is through. */
  pendingBuffers(): readonly string[];
}
