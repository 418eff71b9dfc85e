import { noRuns, runsOf } from '../resolve/bit-runs.js';
import { Found } from '../resolve/boxed.js';
import { subtract, volumeOf, type Extent } from '../resolve/extent.js';
import type { Piece, PieceList } from '../resolve/pieces.js';
import type { BufferState, Place, TensorState } from '../resolve/places.js';
import type { OperationRecord } from '../resolve/record.js';
import { addClaim, usersOf } from './room.js';

/** What a write does to what else lies in the bytes that it writes. */
export interface DisplacedPart {
  readonly place: Place;
  readonly tensor: TensorState;
  readonly piece: Piece;
  readonly extents: readonly Extent[];
}

/** Whether a write could meet anything in places over its bytes. */
export function isAnythingIn(places: readonly Place[]): boolean {
  for (let i = 0; i < places.length; i++) {
    if (places[i]!.pieces > 0 || places[i]!.bits.isInUse) return true;
  }
  return false;
}

/**
 * Ends what other places hold in the bits that are written, and waits for whoever still uses them.
 *
 * @param wait called for an operation under way that uses the bits, @param lost for each part that is gone
 */
export function displaceAliases(
  record: OperationRecord,
  place: Place,
  tensor: TensorState,
  piece: { readonly address: number; readonly frame: Extent },
  extent: Extent,
  wait: (record: OperationRecord, on: OperationRecord) => void,
  lost: (part: DisplacedPart) => void,
): void {
  const { bounds, count } = runsOf(piece.frame, extent, piece.address * 8, tensor.storedBits, noRuns());
  for (let run = 0; run < count; run++) {
    const low = bounds[2 * run]!;
    const high = bounds[2 * run + 1]!;
    if (place.buffer?.hasLeftovers === true) for (const [other, list] of place.contents) displace(record, place, other, list, low, high, lost, wait, true);
    for (let i = 0; i < place.aliases.length; i++) {
      const alias = place.aliases[i]!;
      const start = alias.address * 8;
      if (alias.bits.isInUse) alias.bits.forEachUser(low - start, high - start, (user) => wait(record, user));
      if (alias.pieces === 0) continue;
      for (const [other, list] of alias.contents) if (list.count > 0) displace(record, alias, other, list, low, high, lost, wait);
    }
  }
}

function displace(
  record: OperationRecord,
  place: Place,
  tensor: TensorState,
  list: PieceList,
  low: number,
  high: number,
  lost: (part: DisplacedPart) => void,
  wait: (record: OperationRecord, on: OperationRecord) => void,
  onlyLeftovers = false,
): void {
  const found = new Found<Piece>();
  list.overlapping(tensor.whole, found);
  for (const piece of found.items.slice(0, found.count)) {
    if (onlyLeftovers && !piece.isLeftover) continue;
    const parts: Extent[] = [];
    hit(tensor, piece, piece.extent, low, high, parts);
    if (parts.length > 0) lost({ place, tensor, piece, extents: parts });
    for (const extent of parts) end(record, place, tensor, list, piece, extent, wait);
  }
}

/** A part of a piece is gone. */
function end(
  record: OperationRecord,
  place: Place,
  tensor: TensorState,
  list: PieceList,
  piece: Piece,
  extent: Extent,
  wait: (record: OperationRecord, on: OperationRecord) => void,
): void {
  const users = usersOf(piece, extent);
  for (const user of users) wait(record, user);
  const start = (piece.address - place.address) * 8;
  const { bounds, count } = runsOf(piece.frame, extent, start, tensor.storedBits, noRuns());
  for (let run = 0; run < count; run++) place.bits.linger(bounds[2 * run]!, bounds[2 * run + 1]!, users);
  list.remove(extent, record.id);
  if (place.buffer !== undefined) leaveOver(record, place.buffer);
}

/** Of a buffer that another place has overwritten in part, the rest may be read, but takes no room: the whole buffer is free for new contents. */
function leaveOver(record: OperationRecord, buffer: BufferState): void {
  const { contents, address, bits } = buffer.place;
  for (const [tensor, list] of contents) {
    for (let piece = list.first; piece !== undefined; piece = piece.after) {
      if (piece.isLeftover) continue;
      piece.isLeftover = true;
      buffer.hasLeftovers = true;
      const start = (piece.address - address) * 8;
      bits.linger(start, start + volumeOf(piece.frame) * tensor.storedBits, usersOf(piece, piece.extent));
    }
  }
  bits.empty();
  const bytes = buffer.claimedBytes - buffer.freedBytes;
  if (bytes === 0) return;
  buffer.freedBytes += bytes;
  addClaim(record, { buffer: buffer.use, bytes: 0, replacedBytes: bytes, freedNeeded: 0 });
}

/** The parts of a box that lie in a range of bits, found by halving. */
function hit(tensor: TensorState, piece: Piece, extent: Extent, low: number, high: number, parts: Extent[]): void {
  const { bounds, count } = runsOf(piece.frame, extent, piece.address * 8, tensor.storedBits, noRuns());
  const from = bounds[0]!;
  const to = bounds[2 * count - 1]!;
  if (to <= low || from >= high) return;
  if ((from >= low && to <= high) || volumeOf(extent) === 1) {
    parts.push(extent);
    return;
  }
  const dim = extent.low.findIndex((start, d) => extent.high[d]! - start > 1);
  const middle = Math.floor((extent.low[dim]! + extent.high[dim]!) / 2);
  const first = { low: extent.low, high: extent.high.map((end, d) => (d === dim ? middle : end)) };
  hit(tensor, piece, first, low, high, parts);
  for (const rest of subtract(extent, first)) hit(tensor, piece, rest, low, high, parts);
}
