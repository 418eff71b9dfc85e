import { covers, volumeOf, type Extent } from './extent.js';
import { emptyGeometry, geometryOf, type Geometry } from './geometry.js';
import type { ResolvedRegion } from './operation.js';
import type { Piece } from './pieces.js';
import type { BufferState, TensorState } from './places.js';

const scratch = emptyGeometry();

/**
 * Where the bytes of a box lie: in the dense frame of the piece that holds it.
 *
 * @param buffer undefined at the tensor's home
 */
export function resolveRegion(operand: string, tensor: TensorState, buffer: BufferState | undefined, extent: Extent, piece: Piece | undefined): ResolvedRegion {
  const elements = volumeOf(extent);
  const frame = piece?.frame ?? extent;
  const geometry = geometryOf(frame === extent || covers(frame, extent) ? frame : extent, extent, tensor.storedBits, scratch);
  if (buffer !== undefined && spanOf(geometry) > buffer.bytes) geometryOf(extent, extent, tensor.storedBits, geometry);
  const start = (piece?.address ?? buffer?.address ?? tensor.address) + geometry.offset;
  // Additions to a buffer go where the older ones end, modulo its size: what would stick out at its end is moved back in.
  const address = buffer === undefined ? start : Math.max(buffer.address, Math.min(start, buffer.address + buffer.bytes - spanOf(geometry)));
  return {
    operand,
    tensor: tensor.name,
    format: tensor.form.format,
    bitsPerElement: tensor.payloadBits,
    elements,
    memory: buffer?.memory ?? tensor.memory,
    address,
    rowBytes: geometry.rowBytes,
    rows: geometry.rows,
    pitchBytes: geometry.pitchBytes,
    planes: geometry.planes,
    planePitchBytes: geometry.planePitchBytes,
    bytes: Math.ceil((elements * tensor.storedBits) / 8),
    extent,
  };
}

/** Bytes from the first to the last byte of a strided access. */
function spanOf({ rowBytes, rows, pitchBytes, planes, planePitchBytes }: Geometry): number {
  return (planes - 1) * planePitchBytes + (rows - 1) * pitchBytes + rowBytes;
}
