import { noRuns, runsOf, type BitRuns } from '../resolve/bit-runs.js';
import { Found } from '../resolve/boxed.js';
import { overlaps, volumeOf, type Extent } from '../resolve/extent.js';
import type { Piece, PieceList } from '../resolve/pieces.js';
import type { BufferState, TensorState } from '../resolve/places.js';
import type { BufferClaim, BufferFree, OperationRecord } from '../resolve/record.js';
import type { ViolationLog } from './violations.js';

const BYTE = 8;

/**
 * Room in buffers, in program order: which bits contents take and give back, and who may still be using them. Bytes are counted in eighths,
 * so that elements of less than a byte take what they have.
 */
export class Room {
  private readonly found = new Found<Piece>();
  private readonly runs: BitRuns = noRuns();

  /** @param wait called for an operation under way that still uses bits which are being written */
  constructor(
    private readonly log: ViolationLog,
    private readonly wait: (record: OperationRecord, on: OperationRecord) => void,
  ) {}

  /** Byte address of new contents of a buffer. */
  take(record: OperationRecord, { place }: BufferState, bits: number): number {
    const low = place.bits.take(bits);
    place.bits.forEachUser(low, low + bits, (user) => this.wait(record, user));
    return place.address + low / BYTE;
  }

  /** Asks for bytes of a buffer that it did not hold before. */
  claim(record: OperationRecord, buffer: BufferState, bytes: number, replacedBytes: number): void {
    buffer.claimedBytes += bytes;
    const occupied = buffer.claimedBytes - buffer.freedBytes;
    let freedNeeded = Math.max(0, buffer.claimedBytes - buffer.bytes - replacedBytes);
    if (occupied > buffer.bytes) {
      freedNeeded = 0;
      this.log.report({
        rule: 'capacity-overflow',
        message: `operation ${record.id} needs ${occupied} bytes in buffer '${buffer.name}' of ${buffer.bytes} bytes`,
        advice: 'take a larger buffer or smaller tiles, or release what is dead before',
        operations: [record.id],
        buffer: buffer.name,
      });
    }
    addClaim(record, { buffer: buffer.use, bytes, replacedBytes, freedNeeded });
  }

  /** Contents of a buffer that others overwrite or that are replaced: their bytes are free, as soon as their users have ended. */
  giveBack(buffer: BufferState, tensor: TensorState, piece: Piece, extent: Extent, users: readonly OperationRecord[]): void {
    const { place } = buffer;
    const start = (piece.address - place.address) * BYTE;
    place.bits.giveRuns(runsOf(piece.frame, extent, start, tensor.storedBits, this.runs), users);
  }

  /**
   * The contents of a box are dead when the operation, and whoever uses them, has ended. Returns whether there were any.
   *
   * @param isTimeless nobody is under way
   */
  release(
    record: OperationRecord,
    buffer: BufferState,
    contents: readonly { tensor: TensorState; list: PieceList; extent: Extent }[],
    isTimeless = false,
  ): boolean {
    const users = new Set<OperationRecord>();
    let bytes = 0;
    if (!isTimeless) {
      users.add(record);
      for (const { list, extent } of contents) this.addUsers(list, extent, users);
    }
    const waiting = [...users];
    for (const { tensor, list, extent } of contents) {
      list.overlapping(extent, this.found);
      for (let i = 0; i < this.found.count; i++) {
        const piece = this.found.items[i]!;
        const part = overlapOf(piece.extent, extent);
        if (piece.isLeftover) continue;
        this.giveBack(buffer, tensor, piece, part, waiting);
        bytes += bytesOf(tensor, volumeOf(part));
      }
      list.remove(extent, record.id);
    }
    bytes = Math.min(bytes, buffer.claimedBytes - buffer.freedBytes);
    if (bytes === 0) return false;
    buffer.freedBytes += bytes;
    const free: BufferFree = { buffer: buffer.use, bytes, remaining: users.size };
    for (const user of users) user.frees = [...user.frees, free];
    return true;
  }

  /** Whoever wrote or read the contents and is still under way. */
  private addUsers(list: PieceList, extent: Extent, users: Set<OperationRecord>): void {
    const { found } = this;
    list.overlapping(extent, found);
    for (let i = 0; i < found.count; i++) for (const user of usersOf(found.items[i]!, extent)) users.add(user);
  }
}

/** Operations under way that write or read a box of a piece. */
export function usersOf(piece: Piece, extent: Extent): OperationRecord[] {
  const users: OperationRecord[] = [];
  if (piece.writer?.finished === false) users.push(piece.writer);
  for (const { record, extent: read } of piece.readers) if (!record.finished && overlaps(read, extent)) users.push(record);
  return users;
}

export function addClaim(record: OperationRecord, claim: BufferClaim): void {
  record.claims = record.claims.length === 0 ? [claim] : [...record.claims, claim];
}

export function bytesOf(tensor: TensorState, elements: number): number {
  return (elements * tensor.storedBits) / BYTE;
}

export function bitsOf(tensor: TensorState, extent: Extent): number {
  return volumeOf(extent) * tensor.storedBits;
}

function overlapOf(a: Extent, b: Extent): Extent {
  return { low: a.low.map((low, d) => Math.max(low, b.low[d]!)), high: a.high.map((high, d) => Math.min(high, b.high[d]!)) };
}
