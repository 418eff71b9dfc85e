import { covers, intersectionVolume, merged, overlaps, subtract, volumeOf, type Extent } from './extent.js';
import type { OperationRecord } from './record.js';

/** A read of a box; it is in nobody's way who overwrites another part of the piece. */
export interface Reading {
  readonly record: OperationRecord;
  readonly extent: Extent;
}

/** A region that was written in one go and has not been overwritten: its version is its writer. */
export interface Piece {
  extent: Extent;
  /** Undefined for data that was there from the start, or once the writer has ended and its identity no longer matters. */
  writer: OperationRecord | undefined;
  writerId: number;
  /** Operations that read of this version and may still be under way, and what of it. */
  readers: Reading[];
  /** Whether anything has ever read it. */
  wasRead: boolean;
  /** Byte address of the piece's first element and the dense box it was laid out as. */
  address: number;
  frame: Extent;
}

const COMPACT_EVERY = 64;
const NO_PIECES: readonly Piece[] = [];

/** Elements of the box that the pieces hold; pieces of one list are disjoint. */
export function presentVolume(pieces: readonly Piece[], extent: Extent): number {
  let volume = 0;
  for (const piece of pieces) volume += intersectionVolume(piece.extent, extent);
  return volume;
}

/** Notes a reader; a version that is read for ever (weights) forgets the readers that have ended. */
export function noteReader(piece: Piece, reader: Reading): void {
  if (piece.readers.length >= COMPACT_EVERY) piece.readers = piece.readers.filter(({ record }) => !record.finished);
  piece.readers.push(reader);
  piece.wasRead = true;
}

/** The pieces of one tensor in one place (its home, or a buffer): disjoint boxes. */
export class PieceList {
  readonly pieces: Piece[] = [];
  /** Who removed data here last, for the message when somebody misses it. */
  lastRemover = -1;
  private sinceCompaction = 0;

  overlapping(extent: Extent): readonly Piece[] {
    let found: Piece[] | undefined;
    for (let index = 0; index < this.pieces.length; index++) {
      const piece = this.pieces[index]!;
      if (!overlaps(piece.extent, extent)) continue;
      if (found === undefined) found = [piece];
      else found.push(piece);
    }
    return found ?? NO_PIECES;
  }

  add(piece: Piece): void {
    this.pieces.push(piece);
    if (++this.sinceCompaction >= COMPACT_EVERY) this.compact();
  }

  /** Removes a box; pieces that stick out keep their remains. Returns the number of elements removed. */
  remove(extent: Extent, remover: number): number {
    let removed = 0;
    for (let index = this.pieces.length - 1; index >= 0; index--) {
      const piece = this.pieces[index]!;
      const shared = intersectionVolume(piece.extent, extent);
      if (shared === 0) continue;
      removed += shared;
      const rest = covers(extent, piece.extent) ? [] : subtract(piece.extent, extent);
      this.pieces.splice(
        index,
        1,
        ...rest.map((part) => ({ ...piece, extent: part, readers: piece.readers.filter((reading) => overlaps(reading.extent, part)) })),
      );
    }
    if (removed > 0) this.lastRemover = remover;
    return removed;
  }

  get volume(): number {
    return this.pieces.reduce((sum, piece) => sum + volumeOf(piece.extent), 0);
  }

  /** Joins settled neighbours, so that a stream of 10^7 tiles leaves a handful of boxes behind. */
  private compact(): void {
    this.sinceCompaction = 0;
    for (const piece of this.pieces) {
      if (piece.writer?.finished === true) piece.writer = undefined;
      piece.readers = piece.readers.filter(({ record }) => !record.finished);
    }
    let last = 0;
    for (let index = 1; index < this.pieces.length; index++) {
      const piece = this.pieces[index]!;
      const before = this.pieces[last]!;
      const joint = canJoin(before, piece) ? merged(before.extent, piece.extent) : undefined;
      if (joint === undefined) this.pieces[++last] = piece;
      else before.extent = joint;
    }
    this.pieces.length = Math.min(this.pieces.length, last + 1);
  }
}

/** Only pieces of one frame with nothing under way can be reported as one. */
function canJoin(a: Piece, b: Piece): boolean {
  const settled = (piece: Piece): boolean => piece.writer === undefined && piece.readers.length === 0;
  return settled(a) && settled(b) && a.frame === b.frame && a.address === b.address && a.wasRead === b.wasRead;
}
