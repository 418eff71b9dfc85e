import type { ResolvedRegion } from 'tessera-sim';
import { type BurstList, Gate } from './burst-list.js';
import { isDense } from './region-share.js';

/**
 * An operand as a matrix of vectors, in the order in which the array consumes it: vector after vector, the elements of a
 * vector contiguous. The layout that makes them so is the mapper's business.
 *
 * A region that holds fewer bytes than the matrix (a convolution's input, read again for every filter tap) is read in
 * several passes from its start: the same bytes a cycle, without addresses that nobody has.
 */
export class OperandMatrix {
  private region: ResolvedRegion | undefined;
  private vectors = 0;
  private width = 0;
  private bits = 0;
  private isPlain = false;
  /** Bytes from one group's matrix to the next. */
  private groupBytes = 0;

  /**
   * @param lateClass  stall class of a late arrival
   * @param portChoice which of several parallel memory ports it prefers
   */
  constructor(
    private readonly lateClass: number,
    private readonly portChoice: number,
  ) {}

  /**
   * @param region undefined when the operation does not name this operand: nothing is moved
   * @param bits   stored bits of one element
   */
  load(region: ResolvedRegion | undefined, vectors: number, width: number, bits: number, groups: number): void {
    this.region = region;
    if (region === undefined) return;
    this.vectors = vectors;
    this.width = width;
    this.bits = bits;
    this.groupBytes = Math.floor(region.bytes / groups);
    this.isPlain = isDense(region) && Math.ceil((vectors * width * bits) / 8) <= Math.max(1, this.groupBytes);
  }

  /** Bytes of a slice of `vectors` x `width` elements that is not the whole width: every vector fills whole bytes. */
  private sliceBytes(vectors: number, width: number): number {
    if (width === this.width) return Math.ceil((vectors * width * this.bits) / 8);
    return vectors * Math.ceil((width * this.bits) / 8);
  }

  /** Adds the slice `[vector, vector + vectors) x [element, element + width)` of a group's matrix. */
  slice(out: BurstList, group: number, vector: number, vectors: number, element: number, width: number, gate: Gate): void {
    if (this.region === undefined || vectors <= 0 || width <= 0) return;
    if (this.isPlain && width < this.width) this.strided(out, group, vector, vectors, element, width, gate);
    else this.dense(out, group, vector, 0, this.sliceBytes(vectors, width), gate);
  }

  /** As `slice` of the first `vectors` vectors, the very first in a burst of its own that gates the start; the rest gates the end. */
  sliceWithHead(out: BurstList, group: number, vectors: number, element: number, width: number): void {
    if (this.region === undefined || vectors <= 0 || width <= 0) return;
    if (this.isPlain && width < this.width) {
      this.strided(out, group, 0, 1, element, width, Gate.start);
      this.strided(out, group, 1, vectors - 1, element, width, Gate.end);
      return;
    }
    const bytes = this.sliceBytes(vectors, width);
    const headBytes = Math.min(bytes, Math.ceil((width * this.bits) / 8));
    this.dense(out, group, 0, 0, headBytes, Gate.start);
    this.dense(out, group, 0, headBytes, bytes - headBytes, Gate.end);
  }

  /**
   * The first `vectors` vectors of a stream: those of the operation's first step (`isFirst`) with a head, for nothing has
   * been prefetched.
   */
  stream(out: BurstList, isFirst: boolean, group: number, vectors: number, element: number, width: number): void {
    if (isFirst) this.sliceWithHead(out, group, vectors, element, width);
    else this.slice(out, group, 0, vectors, element, width, Gate.end);
  }

  /** Part of every vector. */
  private strided(out: BurstList, group: number, vector: number, vectors: number, element: number, width: number, gate: Gate): void {
    const region = this.region!;
    const address = region.address + group * this.groupBytes + Math.floor(((vector * this.width + element) * this.bits) / 8);
    const rowBytes = Math.ceil((width * this.bits) / 8);
    const pitchBytes = Math.floor((this.width * this.bits) / 8);
    out.add(region.memory, address, rowBytes, vectors, pitchBytes, gate, this.lateClass, this.portChoice);
  }

  /** Whole vectors from `vector` on, from `skipBytes` on; or as many bytes in passes over the group's part of the region. */
  private dense(out: BurstList, group: number, vector: number, skipBytes: number, bytes: number, gate: Gate): void {
    const region = this.region!;
    const start = region.address + group * this.groupBytes;
    if (this.isPlain) {
      const offset = Math.floor((vector * this.width * this.bits) / 8) + skipBytes;
      out.add(region.memory, start + offset, bytes, 1, 0, gate, this.lateClass, this.portChoice);
    } else if (isDense(region)) {
      // The last byte of a pass is rounded up, never a byte left out.
      const passes = Math.ceil(bytes / Math.max(1, this.groupBytes));
      out.add(region.memory, start, Math.ceil(bytes / passes), passes, 0, gate, this.lateClass, this.portChoice);
    } else {
      const rowBytes = Math.min(bytes, region.rowBytes);
      const rows = Math.ceil(bytes / rowBytes);
      out.add(region.memory, region.address, rowBytes, rows, rows <= region.rows ? region.pitchBytes : 0, gate, this.lateClass, this.portChoice);
    }
  }
}
