import type { ResolvedRegion } from '../../../core/index.js';
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
   * @param lateClass stall class of a late arrival
   * @param stream    which of several parallel memory ports it prefers
   */
  constructor(
    private readonly lateClass: number,
    private readonly stream: number,
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

  get isUsed(): boolean {
    return this.region !== undefined;
  }

  /** Bytes of a slice of `vectors` x `width` elements that is not the whole width: every vector fills whole bytes. */
  private sliceBytes(vectors: number, width: number): number {
    if (width === this.width) return Math.ceil((vectors * width * this.bits) / 8);
    return vectors * Math.ceil((width * this.bits) / 8);
  }

  /** Adds the slice `[vector, vector + vectors) x [element, element + width)` of a group's matrix. */
  slice(out: BurstList, group: number, vector: number, vectors: number, element: number, width: number, gate: Gate): void {
    const { region } = this;
    if (region === undefined || vectors <= 0 || width <= 0) return;
    const start = group * this.groupBytes;
    if (!this.isPlain) {
      this.passes(out, region, start, this.sliceBytes(vectors, width), gate);
      return;
    }
    const address = region.address + start + Math.floor(((vector * this.width + element) * this.bits) / 8);
    if (width === this.width) {
      out.add(region.memory, address, this.sliceBytes(vectors, width), 1, 0, gate, this.lateClass, this.stream);
      return;
    }
    const rowBytes = Math.ceil((width * this.bits) / 8);
    const pitchBytes = Math.floor((this.width * this.bits) / 8);
    out.add(region.memory, address, rowBytes, vectors, pitchBytes, gate, this.lateClass, this.stream);
  }

  /** As `slice`, the first vector in a burst of its own that gates the start; the rest gates the end. */
  sliceWithHead(out: BurstList, group: number, vectors: number, element: number, width: number): void {
    this.slice(out, group, 0, 1, element, width, Gate.start);
    this.slice(out, group, 1, vectors - 1, element, width, Gate.end);
  }

  /** Whole passes over the group's part of the region. The last byte of a pass is rounded up, never a byte left out. */
  private passes(out: BurstList, region: ResolvedRegion, start: number, bytes: number, gate: Gate): void {
    const available = Math.max(1, this.groupBytes);
    if (isDense(region)) {
      const passes = Math.ceil(bytes / available);
      out.add(region.memory, region.address + start, Math.ceil(bytes / passes), passes, 0, gate, this.lateClass, this.stream);
      return;
    }
    const rowBytes = Math.min(bytes, region.rowBytes);
    const rows = Math.ceil(bytes / rowBytes);
    const pitchBytes = rows <= region.rows ? region.pitchBytes : 0;
    out.add(region.memory, region.address, rowBytes, rows, pitchBytes, gate, this.lateClass, this.stream);
  }
}
