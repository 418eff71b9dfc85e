import { BoxList } from './box-list.js';
import { Found, type Boxed } from './boxed.js';
import { covers, exchangeExtent, intersection, intersectionVolume, merged, overlaps, subtract, type Extent } from './extent.js';
import type { StateExchange } from '../../kernel/state.js';
import type { OperationRecord } from './record.js';
import { exchangeValue, type SumSpace, type Value } from './value.js';

/** A read of a box; it is in nobody's way who overwrites another part of the piece. */
export interface Reading {
  readonly record: OperationRecord;
  readonly extent: Extent;
}

/** A region that was written in one go and has not been overwritten: its version is its writer. */
export class Piece implements Boxed {
  label = 0;
  stamp = 0;
  before: Piece | undefined = undefined;
  after: Piece | undefined = undefined;
  /** Operations that read of this version and may still be under way, and what of it. */
  readers: Reading[] = NO_READINGS;
  /** Readers from which on those that have ended are forgotten. */
  crowd = FIRST_CROWD;
  /** What another place has left of a buffer's contents: still there, but it takes no room. */
  isLeftover = false;

  /**
   * @param writer  undefined for data that was there from the start, or once the writer has ended and its identity no longer matters
   * @param address byte address of the frame, @param frame the dense box it was laid out as
   * @param value   what its elements are
   * @param unread  the parts that nothing has read yet
   */
  constructor(
    public extent: Extent,
    public writer: OperationRecord | undefined,
    public writerId: number,
    public address: number,
    public frame: Extent,
    public value: Value,
    public unread: readonly Extent[] = [extent],
  ) {}

  /** Notes a reader; a version that is read for ever (weights) forgets the readers that have ended. */
  noteReader(reader: Reading): void {
    if (this.readers.length >= this.crowd) {
      this.readers = this.readers.filter(isUnderWay);
      this.crowd = Math.max(FIRST_CROWD, 2 * this.readers.length);
    }
    if (this.readers === NO_READINGS) this.readers = [reader];
    else this.readers.push(reader);
    if (this.unread !== NOTHING_LEFT) this.markRead(reader.extent);
  }

  /** From now on the box is no longer unread. */
  markRead(extent: Extent): void {
    if (covers(extent, this.extent)) {
      this.unread = NOTHING_LEFT;
      return;
    }
    const rest = this.unread.length === 1 ? subtract(this.unread[0]!, extent) : this.unread.flatMap((part) => subtract(part, extent));
    this.unread = rest.length === 0 ? NOTHING_LEFT : rest;
  }

  /** Forgets who has ended. */
  settle(): void {
    if (this.writer?.finished === true) this.writer = undefined;
    if (this.readers.length > 0 && this.readers.every((reading) => reading.record.finished)) this.readers = NO_READINGS;
  }

  get isSettled(): boolean {
    return this.writer === undefined && this.readers.length === 0;
  }

  /** A part of the piece that stays when the rest is removed. */
  part(extent: Extent): Piece {
    const part = new Piece(extent, this.writer, this.writerId, this.address, this.frame, this.value, this.unreadIn(extent));
    part.isLeftover = this.isLeftover;
    if (this.readers.length === 0) return part;
    const readers = this.readers.filter((reading) => overlaps(reading.extent, extent));
    if (readers.length > 0) part.readers = readers;
    return part;
  }

  /** The parts of a box that nothing has read. */
  unreadIn(extent: Extent): readonly Extent[] {
    if (this.unread === NOTHING_LEFT) return NOTHING_LEFT;
    const parts = this.unread.flatMap((part) => (overlaps(part, extent) ? [intersection(part, extent)] : []));
    return parts.length === 0 ? NOTHING_LEFT : parts;
  }

  get isWhollyUnread(): boolean {
    return this.unread.length === 1 && covers(this.unread[0]!, this.extent);
  }
}

const FIRST_CROWD = 64;
const NO_READINGS: Reading[] = [];
/** All has been read. */
const NOTHING_LEFT: readonly Extent[] = [];
/** Pieces that the sweep looks at for each one added: more than one, so that it gets round. */
const SWEPT_PER_ADDITION = 4;

function isUnderWay({ record }: Reading): boolean {
  return !record.finished;
}

/** Elements of the box that the pieces hold; pieces of one list are disjoint. @param withLeftovers what takes no room counts too */
export function presentVolume({ items, count }: Found<Piece>, extent: Extent, withLeftovers = true): number {
  let volume = 0;
  for (let i = 0; i < count; i++) if (withLeftovers || !items[i]!.isLeftover) volume += intersectionVolume(items[i]!.extent, extent);
  return volume;
}

/** The pieces of one tensor in one place (its home, or a buffer): disjoint boxes. */
export class PieceList {
  /** Who removed data here last, for the message when somebody misses it. */
  lastRemover = -1;
  private readonly boxes: BoxList<Piece>;
  private readonly removed = new Found<Piece>();
  /** Where the sweep that joins settled neighbours goes on. */
  private sweptTo: Piece | undefined;

  /** @param place counts the pieces of all its lists */
  constructor(
    whole: Extent,
    private readonly place: { pieces: number },
  ) {
    this.boxes = new BoxList(whole);
  }

  /** The pieces in order: each leads to the one `after` it. */
  get first(): Piece | undefined {
    return this.boxes.first;
  }

  get count(): number {
    return this.boxes.size;
  }

  /** Finds the pieces that share elements with a box, in order. */
  overlapping(extent: Extent, found: Found<Piece>): void {
    this.boxes.overlapping(extent, found);
  }

  add(piece: Piece): void {
    const before = this.boxes.size;
    this.boxes.push(piece);
    if (this.boxes.size > 1) this.sweep();
    this.place.pieces += this.boxes.size - before;
  }

  /**
   * Removes a box; pieces that stick out keep their remains. Returns the number of elements removed.
   *
   * @param found what overlaps the box, if that is known
   */
  remove(extent: Extent, remover: number, found?: Found<Piece>): number {
    let count = 0;
    const before = this.boxes.size;
    const removed = found ?? this.removed;
    if (found === undefined) this.boxes.overlapping(extent, removed);
    for (let i = 0; i < removed.count; i++) {
      const piece = removed.items[i]!;
      count += intersectionVolume(piece.extent, extent);
      if (!covers(extent, piece.extent)) {
        let last = piece;
        for (const rest of subtract(piece.extent, extent)) {
          const part = piece.part(rest);
          this.boxes.insertAfter(last, part);
          last = part;
        }
      }
      this.drop(piece);
    }
    this.place.pieces += this.boxes.size - before;
    if (count > 0) this.lastRemover = remover;
    return count;
  }

  clear(): void {
    this.place.pieces -= this.boxes.size;
    this.boxes.clear();
    this.sweptTo = undefined;
  }

  /** @param whole the tensor's own extent, which is the frame of many pieces, @param spaceAt sums by their ids */
  state(s: StateExchange, whole: Extent, spaceAt: (id: number) => SumSpace): void {
    this.lastRemover = s.operationId(this.lastRemover);
    const pieces: Piece[] = [];
    for (let piece = this.first; piece !== undefined; piece = piece.after) pieces.push(piece);
    // Pieces that share a frame may be joined: which ones do is part of the state.
    const frames: Extent[] = [];
    for (const { frame } of pieces) if (frame !== whole && !frames.includes(frame)) frames.push(frame);
    s.list(frames, (frame) => exchangeExtent(s, frame));
    const sweptTo = s.number(this.sweptTo === undefined ? -1 : pieces.indexOf(this.sweptTo));
    s.list(pieces, (piece) =>
      exchangePiece(
        s,
        piece,
        (frame) => (frame < 0 ? whole : frames[frame]!),
        (frame) => frames.indexOf(frame),
        spaceAt,
      ),
    );
    if (!s.loading) return;
    this.clear();
    for (const piece of pieces) this.boxes.push(piece);
    this.place.pieces += this.boxes.size;
    this.sweptTo = pieces[sweptTo];
  }

  private drop(piece: Piece): void {
    if (this.sweptTo === piece) this.sweptTo = piece.before;
    this.boxes.remove(piece);
  }

  /** Joins settled neighbours, a few at a time, so that a stream of 10^7 tiles leaves a handful of boxes behind. */
  private sweep(): void {
    let piece = this.sweptTo ?? this.boxes.first!;
    piece.settle();
    for (let looked = 0; looked < SWEPT_PER_ADDITION; looked++) {
      const next = piece.after;
      if (next === undefined) {
        piece = this.boxes.first!;
        piece.settle();
        break;
      }
      next.settle();
      const joint = canJoin(piece, next) ? merged(piece.extent, next.extent) : undefined;
      if (joint === undefined) {
        piece = next;
        continue;
      }
      this.boxes.remove(next);
      this.boxes.resize(piece, joint);
      if (piece.unread !== NOTHING_LEFT) piece.unread = [joint];
    }
    this.sweptTo = piece;
  }
}

/** An operation that has ended means nothing to a piece any more. */
function exchangePiece(
  s: StateExchange,
  piece: Piece | undefined,
  frameAt: (index: number) => Extent,
  indexOf: (frame: Extent) => number,
  spaceAt: (id: number) => SumSpace,
): Piece {
  const extent = exchangeExtent(s, piece?.extent);
  const writer = s.operation(piece?.writer?.finished === false ? piece.writer : undefined);
  const writerId = s.operationId(piece?.writerId ?? -1);
  const address = s.number(piece?.address ?? 0);
  const frame = s.number(piece === undefined ? 0 : indexOf(piece.frame));
  const isLeftover = s.flag(piece?.isLeftover ?? false);
  const value = exchangeValue(s, piece?.value, spaceAt);
  const unread = [...(piece?.unread ?? [])];
  s.list(unread, (part) => exchangeExtent(s, part));
  const readers = (piece?.readers ?? []).filter(isUnderWay);
  s.list(readers, (reading) => ({ record: s.operation(reading?.record)!, extent: exchangeExtent(s, reading?.extent) }));
  if (!s.loading) return piece!;
  const loaded = new Piece(extent, writer, writerId, address, frameAt(frame), value, unread.length === 0 ? NOTHING_LEFT : unread);
  if (readers.length > 0) loaded.readers = readers;
  loaded.isLeftover = isLeftover;
  return loaded;
}

/** Only pieces of one frame with nothing under way can be reported as one. */
function canJoin(a: Piece, b: Piece): boolean {
  if (!(a.isSettled && b.isSettled && a.frame === b.frame && a.address === b.address && a.value.equals(b.value))) return false;
  if (a.isLeftover || b.isLeftover) return false;
  if (a.unread === NOTHING_LEFT && b.unread === NOTHING_LEFT) return true;
  return a.isWhollyUnread && b.isWhollyUnread;
}
