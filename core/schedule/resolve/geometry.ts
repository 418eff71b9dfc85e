import type { Extent } from './extent.js';

/** Up to three levels of a strided access: planes of rows of contiguous bytes. */
export interface Geometry {
  /** Byte offset of the first element from the start of the frame. */
  offset: number;
  rowBytes: number;
  rows: number;
  pitchBytes: number;
  planes: number;
  planePitchBytes: number;
}

export function emptyGeometry(): Geometry {
  return { offset: 0, rowBytes: 0, rows: 1, pitchBytes: 0, planes: 1, planePitchBytes: 0 };
}

/**
 * Where a box lies inside a dense row-major frame (a whole tensor, or the tile that a buffer holds; the last dimension
 * is contiguous). Levels beyond three are folded into the planes, which keeps their number of bytes and the innermost
 * strides exact.
 *
 * @param frame   the dense box that memory holds, in the same coordinates
 * @param bitsPerElement payload bits; group metadata is spread evenly by the caller
 * @param out takes the result: every access of a schedule comes through here
 */
export function geometryOf(frame: Extent, box: Extent, bitsPerElement: number, out: Geometry = emptyGeometry()): Geometry {
  let run = 1;
  let stride = 1;
  let offset = 0;
  let contiguous = true;
  // Levels from the inside out, in scalars because every access of a schedule comes through here.
  let levels = 0;
  let rows = 1;
  let pitchBits = 0;
  let planes = 1;
  let planePitchBits = 0;
  let outer = 1;
  for (let d = frame.low.length - 1; d >= 0; d--) {
    const frameSize = frame.high[d]! - frame.low[d]!;
    const size = box.high[d]! - box.low[d]!;
    const strideBits = stride * bitsPerElement;
    offset += (box.low[d]! - frame.low[d]!) * stride;
    if (contiguous) {
      run *= size;
      contiguous = size === frameSize;
    } else if (size > 1) {
      // Two levels are one when the outer stride is just the inner level's extent.
      if (levels === 1 && strideBits === pitchBits * rows) rows *= size;
      else if (levels === 2 && strideBits === planePitchBits * planes) planes *= size;
      else if (levels === 0) {
        levels = 1;
        rows = size;
        pitchBits = strideBits;
      } else if (levels === 1) {
        levels = 2;
        planes = size;
        planePitchBits = strideBits;
      } else {
        levels = 3;
        outer *= size;
      }
    }
    stride *= frameSize;
  }
  out.offset = Math.floor((offset * bitsPerElement) / 8);
  out.rowBytes = Math.ceil((run * bitsPerElement) / 8);
  out.rows = rows;
  out.pitchBytes = Math.floor(pitchBits / 8);
  out.planes = planes * outer;
  out.planePitchBytes = Math.floor(planePitchBits / 8);
  return out;
}
