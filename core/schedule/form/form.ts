import type { LayerClass } from '../../workload/layer.js';
import type { LoopClass } from '../../workload/loop-class.js';
import type { OperandMap } from '../../workload/operand-map.js';
import type { CollectiveParticipant } from './collective.js';
import type { LoopNest } from './loop-nest.js';

/**
 * The tile-schedule form: what a mapper makes, a file holds and the executor runs. See docs/schedule.md and
 * schemas/schedule.schema.json. Boxes are half open, `[low, high)`, in elements.
 */

/** A box of a tensor; dimensions that are not named are covered whole. */
export type RegionBox = Readonly<Record<string, readonly [number, number]>>;

export interface ScheduleTensor {
  /** Ordered: the last dimension is contiguous in memory. */
  readonly dims: Readonly<Record<string, number>>;
  /** Name of a number format, e.g. `int8`. */
  readonly format: string;
  /** Path of the memory that the tensor lives in; absent for one that lives in buffers only. */
  readonly home?: string;
  /** Byte address in the home memory; given out when the first operation speaks of the tensor when absent. */
  readonly address?: number;
  /** Inputs and constants hold data from the start; the others must be written before they are read. */
  readonly role: 'input' | 'constant' | 'intermediate' | 'output';
}

export interface ScheduleBuffer {
  /** Path of the memory that holds the buffer. */
  readonly memory: string;
  readonly bytes: number;
  /** Byte address in the memory; allocated when absent. */
  readonly address?: number;
}

/** A region of a tensor, in a buffer or (without `buffer`) at the tensor's home. */
export interface RegionAccess {
  /** May be left out when the buffer holds exactly one tensor's data. */
  readonly tensor?: string;
  readonly box?: RegionBox;
  readonly buffer?: string;
  /** Operand role for a compute or pim operation: `W`, `I`, `I2`, `O`. */
  readonly operand?: string;
}

export interface WriteAccess extends RegionAccess {
  /**
   * `replace` (default): the buffer's former contents are gone. `add`: the region joins what is there, and waits for room.
   * `accumulate`: the region is there already (or starts at zero) and is added to.
   */
  readonly mode?: 'replace' | 'add' | 'accumulate';
}

/** A `collective` never reaches the executor: it is expanded into transfers and computations before (`expandCollectives`). */
export type OperationKind = 'compute' | 'transfer' | 'pim' | 'sync' | 'collective';

export interface ScheduleOperation {
  /** Integer, strictly increasing along the schedule; the position when absent. */
  readonly id?: number;
  readonly kind: OperationKind;
  /** A key of the schedule's `queues`, or the path of the block that executes it. Operations of a queue issue in order. */
  readonly queue: string;
  readonly layer?: string;
  readonly operator?: string;
  /** Origin of the tile in the layer's iteration space; loops not named start at 0. */
  readonly at?: Readonly<Record<string, number>>;
  /** Size of the tile in each loop; loops not named are 1. */
  readonly loops?: Readonly<Record<string, number>>;
  readonly reads?: readonly RegionAccess[];
  readonly writes?: readonly WriteAccess[];
  /** Contents that are dead once this operation has ended. Without `tensor` and `box`: the whole buffer. */
  readonly releases?: readonly RegionAccess[];
  /**
   * Of a transfer: the regions read have the same shape and are added element by element, and the sum goes to each region written.
   * Without it they are read one after the other.
   */
  readonly reduce?: 'add';
  /** Operations that must have ended before this one starts, for what data does not say. */
  readonly after?: readonly number[];
  /** Key of the schedule's `mappings`: the loop nest that this tile is part of. */
  readonly mapping?: string;
  /** This tile computes points that another tile also computes (halo recomputation). */
  readonly recompute?: boolean;
  /** Of a collective: who takes part, in the order in which parts of the region belong to them. */
  readonly participants?: readonly CollectiveParticipant[];
  /** Parameters for the core: dataflow choice, loop nest, PIM kernel. Of a collective: its algorithm, and what that wants to know. */
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface ScheduleQueue {
  /** Path of the block that executes the queue's operations. */
  readonly block: string;
}

/** An operand of a layer: which tensor, and where a tile of the layer's loops lies in it. */
export interface ScheduleOperand {
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  readonly map: OperandMap;
  /** Of an output: number format of a sum that is not finished. */
  readonly partialFormat?: string;
  /** Rows are picked by data: the region is as large as what is fetched, but where it lies is not known. */
  readonly indirect?: boolean;
}

/** A layer's iteration space, and what its operands are to it. */
export interface ScheduleLayer {
  readonly operator: string;
  readonly loops: Readonly<Record<string, number>>;
  /** Absent: that of the operator. */
  readonly class?: LayerClass;
  /**
   * By the name that operations give under `operand`. The names of loops mean nothing but through these maps; where they are left out,
   * the operator's standard map holds (see `LoopName`), and a loop that it does not have is an error.
   */
  readonly operands?: Readonly<Record<string, ScheduleOperand>>;
  /** Elementary operations at a point of the loops; absent: 2 of a multiply-accumulate, 1 of `vector`, none of what only copies. */
  readonly opsPerPoint?: number;
  /** As in a workload: part of the points that count as work; 1 when absent. */
  readonly activeFraction?: number;
  /** What the loops of a matrix product are for, where no operands say it. */
  readonly loopClasses?: Readonly<Record<string, LoopClass>>;
}

export interface ScheduleHeader {
  readonly name: string;
  readonly tensors: Readonly<Record<string, ScheduleTensor>>;
  readonly buffers: Readonly<Record<string, ScheduleBuffer>>;
  readonly queues?: Readonly<Record<string, ScheduleQueue>>;
  readonly layers?: Readonly<Record<string, ScheduleLayer>>;
  /** Loop nests that operations name. */
  readonly mappings?: Readonly<Record<string, LoopNest>>;
  /**
   * `interlocked` (default): an operation waits for the data it reads and for the readers of what it overwrites.
   * `checked`: only queue order and `after` hold it back, and a conflict is reported as a race.
   */
  readonly hazards?: 'interlocked' | 'checked';
  /** Where tensors and buffers without an address go: the first hole that is large enough (default), or the smallest. */
  readonly placement?: 'first-fit' | 'best-fit';
}

/** A whole schedule; `operations` may be produced lazily, and is walked once per run. */
export interface Schedule extends ScheduleHeader {
  readonly operations: Iterable<ScheduleOperation>;
  /** Number of operations when known, for progress. */
  readonly operationCount?: number;
}
