import { overlaps, subtract, type Extent } from '../resolve/extent.js';
import type { Piece } from '../resolve/pieces.js';
import type { Place, Places, TensorState } from '../resolve/places.js';
import type { OperationRecord } from '../resolve/record.js';
import type { Generations } from './generations.js';
import { bufferOf, describe } from './values.js';
import type { ViolationLog } from './violations.js';

/**
 * Reports elements that an operation of no layer made, that nobody has used, and whose last copy goes. Of layers the maps say who needs what:
 * there a reader that misses something says so, and what nobody needs (a halo, padding) may go.
 */
export function reportLost(
  record: OperationRecord,
  tensor: TensorState,
  place: Place,
  piece: Piece,
  extents: readonly Extent[],
  places: Places,
  generations: Generations,
  log: ViolationLog,
): void {
  if (piece.value.generation === 0 || !generations.isFollowed(tensor)) return;
  let gone = extents.flatMap((extent) => piece.unreadIn(extent)).flatMap((part) => generations.unused(tensor, part));
  if (gone.length === 0) return;
  for (const list of copies(tensor, place, places)) gone = gone.flatMap((part) => withoutPieces(part, list, piece.value.generation));
  if (gone.length === 0) return;
  log.report({
    rule: 'overwrite-of-live-data',
    message: `operation ${record.id} overwrites or releases ${describe(tensor, place)} that operation ${piece.writerId} wrote and nobody has read`,
    advice: `read or store it before operation ${record.id}`,
    operations: piece.writerId < 0 ? [record.id] : [piece.writerId, record.id],
    tensor: tensor.name,
    ...bufferOf(place),
  });
}

function* copies(tensor: TensorState, but: Place, places: Places): Generator<Piece> {
  const all = [tensor.home, ...[...places.buffers.values()].map(({ place }) => place)];
  for (const place of all) {
    const list = place === but ? undefined : place.contents.get(tensor);
    for (let piece = list?.first; piece !== undefined; piece = piece.after) yield piece;
  }
}

function withoutPieces(part: Extent, piece: Piece, generation: number): Extent[] {
  return piece.value.generation === generation && overlaps(part, piece.extent) ? subtract(part, piece.extent) : [part];
}
