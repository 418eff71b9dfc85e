import type { TileView } from '../../mapping/tile-view.js';
import { noRuns, runsOf } from '../resolve/bit-runs.js';
import { covers, overlaps, sameExtent, volumeOf, type Extent } from '../resolve/extent.js';
import type { Piece } from '../resolve/pieces.js';
import type { Place, TensorState } from '../resolve/places.js';
import type { OperationRecord } from '../resolve/record.js';
import { bufferOf, describe } from './values.js';
import type { ViolationLog } from './violations.js';

/** Where the bits of an access lie: a box in the frame of its piece. */
export interface Spot {
  readonly operand: string;
  readonly tensor: TensorState;
  readonly place: Place;
  readonly extent: Extent;
  readonly piece: Piece;
}

/**
 * Reports an operation that writes over what it reads. In place is legal where each element takes the bits of the one that it is made of; a
 * product of matrices needs its factors to the end, and may take the place of its own sum only.
 */
export function checkOverlaps(record: OperationRecord, tile: TileView | undefined, reads: readonly Spot[], writes: readonly Spot[], log: ViolationLog): void {
  const isProduct = tile?.layer.isMatrixProduct === true;
  for (let i = 0; i < writes.length; i++) {
    const write = writes[i]!;
    for (let j = 0; j < reads.length; j++) {
      const read = reads[j]!;
      if (read.place.memory !== write.place.memory || !doFramesMeet(read, write) || isHarmless(read, write, isProduct)) continue;
      log.report({
        rule: 'overwrite-of-live-data',
        message: `operation ${record.id} writes ${describe(write.tensor, write.place)} over bytes of ${describe(read.tensor, read.place)} that it reads`,
        advice: 'write elsewhere, or exactly in place',
        operations: [record.id],
        tensor: read.tensor.name,
        ...bufferOf(read.place),
      });
      return;
    }
  }
}

function doFramesMeet(a: Spot, b: Spot): boolean {
  const low = a.piece.address * 8;
  const other = b.piece.address * 8;
  return low < other + volumeOf(b.piece.frame) * b.tensor.storedBits && other < low + volumeOf(a.piece.frame) * a.tensor.storedBits;
}

function isHarmless(read: Spot, write: Spot, isProduct: boolean): boolean {
  const isFactor = isProduct && read.operand !== '' && read.operand !== 'O';
  if (areOfOneFrame(read, write)) {
    if (!overlaps(read.extent, write.extent)) return true;
    return !isFactor && (covers(read.extent, write.extent) || covers(write.extent, read.extent));
  }
  const [from, to] = [pairsOf(read), pairsOf(write)];
  if (!from.some(([low, high]) => to.some(([first, end]) => low < end && first < high))) return true;
  if (isFactor || volumeOf(read.extent) !== volumeOf(write.extent)) return false;
  // Element by element, also into narrower ones.
  const isNarrower = from.length === 1 && to.length === 1 && from[0]![0] === to[0]![0] && to[0]![1] <= from[0]![1];
  return isNarrower || (from.length === to.length && from.every(([low, high], run) => low === to[run]![0] && high === to[run]![1]));
}

/** The same element has the same bits in both. */
function areOfOneFrame(a: Spot, b: Spot): boolean {
  return a.tensor === b.tensor && a.piece.address === b.piece.address && sameExtent(a.piece.frame, b.piece.frame);
}

function pairsOf({ piece, extent, tensor }: Spot): (readonly [low: number, high: number])[] {
  const { bounds, count } = runsOf(piece.frame, extent, piece.address * 8, tensor.storedBits, noRuns());
  return Array.from({ length: count }, (_, run) => [bounds[2 * run]!, bounds[2 * run + 1]!]);
}
