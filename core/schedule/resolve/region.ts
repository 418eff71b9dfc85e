import { covers, type Extent } from './extent.js';
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
 * @param elements of the box
 * @param capacityBytes of its memory
 */
export function resolveRegion(
  operand: string,
  tensor: TensorState,
  place: Place,
  extent: Extent,
  elements: number,
  piece: Piece | undefined,
  capacityBytes: number,
): ResolvedRegion {
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
    bytes: bytesOf(elements, tensor),
    extent,
  };
}

/** A region of an operation that will not be executed: it is laid out if somebody asks where it lies. */
export class LazyRegion implements ResolvedRegion {
  private laidOut: ResolvedRegion | undefined = undefined;

  constructor(
    readonly operand: string,
    private readonly of: TensorState,
    private readonly place: Place,
    readonly extent: Extent,
    readonly elements: number,
    private readonly piece: Piece | undefined,
    private readonly capacityOf: (memory: number) => number,
  ) {}

  get tensor(): string {
    return this.of.name;
  }
  get format(): string {
    return this.of.form.format;
  }
  get bitsPerElement(): number {
    return this.of.payloadBits;
  }
  get memory(): number {
    return this.place.memory;
  }
  get bytes(): number {
    return bytesOf(this.elements, this.of);
  }
  get address(): number {
    return this.layout.address;
  }
  get rowBytes(): number {
    return this.layout.rowBytes;
  }
  get rows(): number {
    return this.layout.rows;
  }
  get pitchBytes(): number {
    return this.layout.pitchBytes;
  }
  get planes(): number {
    return this.layout.planes;
  }
  get planePitchBytes(): number {
    return this.layout.planePitchBytes;
  }

  private get layout(): ResolvedRegion {
    const { operand, of, place, extent, elements, piece } = this;
    return (this.laidOut ??= resolveRegion(operand, of, place, extent, elements, piece, this.capacityOf(place.memory)));
  }
}

function bytesOf(elements: number, { storedBits }: TensorState): number {
  return Math.ceil((elements * storedBits) / 8);
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
