import type { TileView } from '../../mapping/tile-view.js';
import type { ScheduleOperation } from '../form/form.js';
import type { Extent } from './extent.js';

/** A region as a hardware block needs it: where the bytes lie. */
export interface ResolvedRegion {
  /** Operand role (`W`, `I`, `I2`, `O`) or ''. */
  readonly operand: string;
  readonly tensor: string;
  readonly format: string;
  /** Payload bits of one element; `bytes` and the geometry include the share of group metadata. */
  readonly bitsPerElement: number;
  readonly elements: number;
  /** Block id of the memory. */
  readonly memory: number;
  readonly address: number;
  /** Geometry: `planes` x `rows` rows of `rowBytes` contiguous bytes. */
  readonly rowBytes: number;
  readonly rows: number;
  readonly pitchBytes: number;
  readonly planes: number;
  readonly planePitchBytes: number;
  /** Bytes of the whole region. */
  readonly bytes: number;
  /** Which box of the tensor it is; not known of operations that a saved state brought back. */
  readonly extent?: Extent | undefined;
}

/** An operation that has been issued to the block that executes it. */
export interface RunningOperation {
  /** Identity in the schedule. */
  readonly id: number;
  readonly form: ScheduleOperation;
  /** What a compute or pim operation computes; undefined for others. */
  readonly tile: TileView | undefined;
  readonly reads: readonly ResolvedRegion[];
  readonly writes: readonly ResolvedRegion[];
  /** Free number of the executing unit. */
  scratch: number;
  /** The tick at which the unit really began (the executor sets the tick of issue). */
  startTick: number;
}

/** Notified by a unit when an operation has ended; may be called in phases `deliver`, `compute` or `commit`. */
export interface OperationSink {
  finished(operation: RunningOperation): void;
  /** The unit has room again after `canAccept` said no. Implied by `finished`. */
  roomAgain(unit: OperationUnit): void;
}

/** A block that executes operations of a schedule: a core, a DMA engine, a PIM block. */
export interface OperationUnit {
  /** Whether `start` may be called now. */
  canAccept(operation: RunningOperation): boolean;
  /** Begins an operation, in phase `commit` of the current tick. Its first effect is at the next clock edge or later. */
  start(operation: RunningOperation): void;
  /** Called once before the run. */
  attach(sink: OperationSink): void;
  /** A sentence when the unit cannot execute this operation at all (wrong operator, too large); checked before anything runs. */
  refuses?(operation: RunningOperation): string | undefined;
}
