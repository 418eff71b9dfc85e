import type { TileView } from '../../mapping/tile-view.js';
import type { ScheduleOperation } from '../form/form.js';
import type { ResolvedRegion, RunningOperation } from './operation.js';

/** An operation from the moment it is read from the stream until it has ended. */
export class OperationRecord implements RunningOperation {
  tile: TileView | undefined = undefined;
  reads: ResolvedRegion[] = NO_REGIONS;
  writes: ResolvedRegion[] = NO_REGIONS;
  scratch = 0;
  startTick = 0;

  /** Queue that it issues from. */
  queue = 0;
  /** Operations that must still end before this one may issue. */
  pendingDependencies = 0;
  /** Operations that wait for this one, in the order in which they came. */
  firstDependant: Dependant | undefined = undefined;
  lastDependant: Dependant | undefined = undefined;
  /** Unfinished operations that conflict with this one; only kept when hazards are checked, not interlocked. */
  conflicts: OperationRecord[] | undefined = undefined;
  /** Room that it needs in buffers, and what it frees at its end. */
  claims: readonly BufferClaim[] = NO_CLAIMS;
  frees: readonly BufferFree[] = NO_FREES;
  /** Stamp of the last operation that was made to depend on this one: keeps the dependency lists free of doubles. */
  dependencyStamp = -1;
  finished = false;
  issued = false;

  fetchTick = 0;
  readyTick = 0;
  issueTick = 0;
  endTick = 0;
  /** What let it issue in the end, and the operation whose issue or end that was, -1 for none. Seam of the critical path. */
  releaseCause: ReleaseCause = 'start';
  releasedBy = -1;

  constructor(
    readonly id: number,
    readonly form: ScheduleOperation,
  ) {}

  /** @param cause why the other one waits for this one */
  addDependant(record: OperationRecord, cause: DependenceCause): void {
    const link: Dependant = { record, cause, next: undefined };
    if (this.lastDependant === undefined) this.firstDependant = link;
    else this.lastDependant.next = link;
    this.lastDependant = link;
  }
}

/**
 * What an operation waited for last: nothing (`start`), the end of an operation whose data it needs or overwrites (`data`) or that it names
 * (`after`), room in a buffer, its turn in its queue, its unit, or room among the operations that are looked at (`look-ahead`).
 */
export type ReleaseCause = 'start' | 'data' | 'after' | 'room' | 'queue' | 'unit' | 'look-ahead';

/** By number, for states. */
export const RELEASE_CAUSES: readonly ReleaseCause[] = ['start', 'data', 'after', 'room', 'queue', 'unit', 'look-ahead'];

/** Why an operation waits for another: for its data, because it says so, or because it uses bytes that are released. */
export type DependenceCause = 'data' | 'after' | 'room';

export interface Dependant {
  readonly record: OperationRecord;
  readonly cause: DependenceCause;
  next: Dependant | undefined;
}

/** Bytes that an operation writes anew into a buffer: granted when `needed` bytes have been freed there before. */
export interface BufferClaim {
  readonly buffer: BufferUse;
  readonly bytes: number;
  /** Bytes of older contents that this operation replaces: free at its issue. */
  readonly replacedBytes: number;
  /** Freed bytes that the buffer's running total must have reached. */
  readonly freedNeeded: number;
}

/** Contents that are dead when the last of several operations has ended: the releasing one and whoever still used them. */
export interface BufferFree {
  readonly buffer: BufferUse;
  readonly bytes: number;
  /** Operations that must still end. */
  remaining: number;
}

/** Running totals of a buffer, advanced by operations as they issue and end. */
export interface BufferUse {
  readonly name: string;
  readonly memory: number;
  /** Bytes freed so far by ended operations. */
  freedBytes: number;
  /** Bytes that hold data or are being filled. */
  occupiedBytes: number;
  /** Operations at the head of their queue that wait for room here. */
  readonly waiters: OperationRecord[];
}

const NO_REGIONS: ResolvedRegion[] = [];
const NO_CLAIMS: readonly BufferClaim[] = [];
const NO_FREES: readonly BufferFree[] = [];
