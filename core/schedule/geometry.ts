import type { Extent } from './extent.js';

/** Up to three levels of a strided access: planes of rows of contiguous bytes. */
export interface Geometry {
  /** Byte offset of the first element from the start of the frame. */
  readonly offset: number;
  readonly rowBytes: number;
  readonly rows: number;
  readonly pitchBytes: number;
  readonly planes: number;
  readonly planePitchBytes: number;
}

/**
 * Where a box lies inside a dense row-major frame (a whole tensor, or the tile that a buffer holds; the last dimension
 * is contiguous). Levels beyond three are folded into the planes, which keeps their number of bytes and the innermost
 * strides exact.
 *
 * @param frame   the dense box that memory holds, in the same coordinates
 * @param bitsPerElement payload bits; group metadata is spread evenly by the caller
 */
export function geometryOf(frame: Extent, box: Extent, bitsPerElement: number): Geometry {
  const levels: { count: number; strideBits: number }[] = [];
  let run = 1;
  let stride = 1;
  let offset = 0;
  let contiguous = true;
  for (let d = frame.low.length - 1; d >= 0; d--) {
    const frameSize = frame.high[d]! - frame.low[d]!;
    const size = box.high[d]! - box.low[d]!;
    offset += (box.low[d]! - frame.low[d]!) * stride;
    if (contiguous) run *= size;
    else if (size > 1) levels.push({ count: size, strideBits: stride * bitsPerElement });
    if (contiguous && size !== frameSize) contiguous = false;
    stride *= frameSize;
  }
  const joined = joinLevels(levels);
  const rows = joined[0] ?? { count: 1, strideBits: 0 };
  const planes = joined[1] ?? { count: 1, strideBits: 0 };
  const outer = joined.slice(2).reduce((product, level) => product * level.count, 1);
  return {
    offset: Math.floor((offset * bitsPerElement) / 8),
    rowBytes: Math.ceil((run * bitsPerElement) / 8),
    rows: rows.count,
    pitchBytes: Math.floor(rows.strideBits / 8),
    planes: planes.count * outer,
    planePitchBytes: Math.floor(planes.strideBits / 8),
  };
}

/** Two levels are one when the outer stride is just the inner level's extent. */
function joinLevels(levels: readonly { count: number; strideBits: number }[]): { count: number; strideBits: number }[] {
  const joined: { count: number; strideBits: number }[] = [];
  for (const level of levels) {
    const inner = joined[joined.length - 1];
    if (inner !== undefined && level.strideBits === inner.strideBits * inner.count) inner.count *= level.count;
    else joined.push({ ...level });
  }
  return joined;
}
