import { covers, volumeOf, type Extent } from './extent.js';
import { emptyGeometry, geometryOf, type Geometry } from './geometry.js';
import type { ResolvedRegion } from './operation.js';
import type { Piece } from './pieces.js';
import type { Place, TensorState } from './places.js';

const scratch = emptyGeometry();

/**
 * Where the bytes of a box lie: in the dense frame of the piece that holds it. Never outside of the memory, also for a box that does not
 * fit: that is reported, and must not end the run that reports it.
 *
 * @param place of the buffer, or of the tensor's home
 * @param capacityBytes of its memory
 */
export function resolveRegion(
  operand: string,
  tensor: TensorState,
  place: Place,
  extent: Extent,
  piece: Piece | undefined,
  capacityBytes: number,
): ResolvedRegion {
  const elements = volumeOf(extent);
  const frame = piece?.frame ?? (place.buffer === undefined ? tensor.whole : extent);
  const geometry = geometryOf(frame === extent || covers(frame, extent) ? frame : extent, extent, tensor.storedBits, scratch);
  if (spanOf(geometry) > place.bytes) geometryOf(extent, extent, tensor.storedBits, geometry);
  const span = spanOf(geometry);
  if (span > capacityBytes) cutTo(capacityBytes, geometry);
  const start = Math.floor(piece?.address ?? place.address) + geometry.offset;
  // What would stick out of the place is moved back in: it is too large for it, or lies in several parts.
  const inside = Math.max(place.address, Math.min(start, place.address + place.bytes - span));
  return {
    operand,
    tensor: tensor.name,
    format: tensor.form.format,
    bitsPerElement: tensor.payloadBits,
    elements,
    memory: place.memory,
    address: Math.max(0, Math.min(inside, capacityBytes - spanOf(geometry))),
    rowBytes: geometry.rowBytes,
    rows: geometry.rows,
    pitchBytes: geometry.pitchBytes,
    planes: geometry.planes,
    planePitchBytes: geometry.planePitchBytes,
    bytes: Math.ceil((elements * tensor.storedBits) / 8),
    extent,
  };
}

/** As much of a box that is larger than its memory as the memory has. */
function cutTo(bytes: number, geometry: Geometry): void {
  geometry.offset = 0;
  geometry.rowBytes = Math.min(bytes, geometry.rowBytes);
  geometry.rows = geometry.planes = 1;
}

/** Bytes from the first to the last byte of a strided access. */
function spanOf({ rowBytes, rows, pitchBytes, planes, planePitchBytes }: Geometry): number {
  return (planes - 1) * planePitchBytes + (rows - 1) * pitchBytes + rowBytes;
}
