/** Where a buffer goes among the holes that are large enough: the lowest address, or the smallest hole (the lowest of several). */
export type PlacementPolicy = 'first-fit' | 'best-fit';

export interface ScratchpadFigures {
  readonly usedBytes: number;
  readonly freeBytes: number;
  readonly largestHoleBytes: number;
  readonly holes: number;
  /** Share of the free bytes that the largest hole does not hold: 0 when all is in one piece. */
  readonly fragmentation: number;
  /** Most bytes in use at any time. */
  readonly peakBytes: number;
  /** End of the highest buffer ever placed: what the memory would have had to hold. */
  readonly highWaterBytes: number;
}

interface Hole {
  address: number;
  bytes: number;
}

/**
 * Gives out addresses in a scratchpad memory. Buffers start on multiples of `alignmentBytes` and occupy whole multiples
 * of it. Knows no time: the caller allocates and frees in the order of the schedule.
 */
export class Scratchpad {
  /** By address; no two touch. */
  private readonly holes: Hole[];
  private readonly buffers = new Map<number, number>();
  private usedBytes = 0;
  private peakBytes = 0;
  private highWaterBytes = 0;

  constructor(
    readonly capacityBytes: number,
    readonly policy: PlacementPolicy = 'first-fit',
    readonly alignmentBytes = 1,
  ) {
    if (!(capacityBytes > 0) || !(alignmentBytes > 0)) throw new RangeError('capacity and alignment are more than 0 bytes');
    const whole = Math.floor(capacityBytes / alignmentBytes) * alignmentBytes;
    this.holes = whole > 0 ? [{ address: 0, bytes: whole }] : [];
  }

  /** Address of a new buffer; undefined when no hole is large enough (`figures` says whether for fragmentation). */
  allocate(bytes: number): number | undefined {
    const size = this.rounded(bytes);
    const index = this.policy === 'first-fit' ? this.firstFit(size) : this.bestFit(size);
    const hole = this.holes[index];
    if (hole === undefined) return undefined;
    const { address } = hole;
    this.carve(index, address, size);
    return address;
  }

  /** Places a buffer at an address that the schedule gives; false when it is not aligned, not free or outside. */
  allocateAt(address: number, bytes: number): boolean {
    if (address % this.alignmentBytes !== 0) return false;
    const size = this.rounded(bytes);
    const index = this.holes.findIndex((hole) => hole.address <= address && address + size <= hole.address + hole.bytes);
    if (index < 0) return false;
    this.carve(index, address, size);
    return true;
  }

  /** Frees the buffer that starts at this address. RangeError when there is none. */
  free(address: number): void {
    const bytes = this.buffers.get(address);
    if (bytes === undefined) throw new RangeError(`no buffer starts at address ${address}`);
    this.buffers.delete(address);
    this.usedBytes -= bytes;
    this.insertHole(address, bytes);
  }

  figures(): ScratchpadFigures {
    const freeBytes = this.holes.reduce((sum, hole) => sum + hole.bytes, 0);
    const largestHoleBytes = this.holes.reduce((most, hole) => Math.max(most, hole.bytes), 0);
    return {
      usedBytes: this.usedBytes,
      freeBytes,
      largestHoleBytes,
      holes: this.holes.length,
      fragmentation: freeBytes === 0 ? 0 : 1 - largestHoleBytes / freeBytes,
      peakBytes: this.peakBytes,
      highWaterBytes: this.highWaterBytes,
    };
  }

  private rounded(bytes: number): number {
    if (!(bytes > 0)) throw new RangeError(`a buffer of ${bytes} bytes`);
    return Math.ceil(bytes / this.alignmentBytes) * this.alignmentBytes;
  }

  private firstFit(size: number): number {
    return this.holes.findIndex((hole) => hole.bytes >= size);
  }

  private bestFit(size: number): number {
    let best = -1;
    this.holes.forEach((hole, index) => {
      if (hole.bytes >= size && (best < 0 || hole.bytes < (this.holes[best]?.bytes ?? 0))) best = index;
    });
    return best;
  }

  /** Takes a buffer out of a hole; what is left before and behind it stays free. */
  private carve(index: number, address: number, size: number): void {
    const hole = this.holes[index] as Hole;
    const end = hole.address + hole.bytes;
    const rest: Hole[] = [];
    if (address > hole.address) rest.push({ address: hole.address, bytes: address - hole.address });
    if (address + size < end) rest.push({ address: address + size, bytes: end - address - size });
    this.holes.splice(index, 1, ...rest);
    this.buffers.set(address, size);
    this.usedBytes += size;
    this.peakBytes = Math.max(this.peakBytes, this.usedBytes);
    this.highWaterBytes = Math.max(this.highWaterBytes, address + size);
  }

  /** Adds a hole at its place and joins it with those it touches. */
  private insertHole(address: number, bytes: number): void {
    let index = this.holes.findIndex((hole) => hole.address > address);
    if (index < 0) index = this.holes.length;
    const hole: Hole = { address, bytes };
    const before = this.holes[index - 1];
    const behind = this.holes[index];
    if (behind !== undefined && behind.address === address + bytes) {
      hole.bytes += behind.bytes;
      this.holes.splice(index, 1);
    }
    if (before !== undefined && before.address + before.bytes === address) before.bytes += hole.bytes;
    else this.holes.splice(index, 0, hole);
  }
}
