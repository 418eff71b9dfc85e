import { noRuns, runsOf, type BitRuns } from '../resolve/bit-runs.js';
import { Found } from '../resolve/boxed.js';
import { covers, intersection, overlaps, volumeOf, type Extent } from '../resolve/extent.js';
import type { Piece, PieceList } from '../resolve/pieces.js';
import type { BufferState, TensorState } from '../resolve/places.js';
import type { BufferClaim, BufferFree, OperationRecord } from '../resolve/record.js';
import type { ViolationLog } from './violations.js';

const BYTE = 8;

/** What a buffer holds of a tensor, in a box. */
export interface Contents {
  readonly tensor: TensorState;
  readonly list: PieceList;
  readonly extent: Extent;
}

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

  /** Asks for bytes of a buffer that it did not hold before; @param isTimeless nobody waits for them */
  claim(record: OperationRecord, buffer: BufferState, bytes: number, replacedBytes: number, isTimeless = false): void {
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
    if (!isTimeless) addClaim(record, { buffer: buffer.use, bytes, replacedBytes, freedNeeded });
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
  release(record: OperationRecord, buffer: BufferState, contents: readonly Contents[], isTimeless = false): boolean {
    const waiting = isTimeless ? NOBODY : this.usersOfAll(record, contents);
    let bytes = 0;
    for (let c = 0; c < contents.length; c++) {
      const { tensor, list, extent } = contents[c]!;
      list.overlapping(extent, this.found);
      for (let i = 0; i < this.found.count; i++) {
        const piece = this.found.items[i]!;
        const part = covers(extent, piece.extent) ? piece.extent : intersection(piece.extent, extent);
        if (piece.isLeftover) continue;
        this.giveBack(buffer, tensor, piece, part, waiting);
        bytes += bytesOf(tensor, volumeOf(part));
      }
      list.remove(extent, record.id, this.found);
    }
    bytes = Math.min(bytes, buffer.claimedBytes - buffer.freedBytes);
    if (bytes === 0) return false;
    buffer.freedBytes += bytes;
    if (isTimeless) return true;
    const free: BufferFree = { buffer: buffer.use, bytes, remaining: waiting.length };
    for (const user of waiting) user.frees = [...user.frees, free];
    return true;
  }

  /** The releasing operation, and whoever wrote or read the contents and is still under way. */
  private usersOfAll(record: OperationRecord, contents: readonly Contents[]): readonly OperationRecord[] {
    const { found } = this;
    const users = new Set<OperationRecord>([record]);
    for (const { list, extent } of contents) {
      list.overlapping(extent, found);
      for (let i = 0; i < found.count; i++) for (const user of usersOf(found.items[i]!, extent)) users.add(user);
    }
    return [...users];
  }
}

const NOBODY: readonly OperationRecord[] = [];

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
