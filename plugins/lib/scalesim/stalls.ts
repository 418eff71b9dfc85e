import { demandOf, prefetchOrder } from './demand.js';
import { foldsOf } from './folds.js';
import type { ScaleSimArray, ScaleSimLayer } from './layer.js';

/** Buffers of one run: words of each, and words a cycle between it and the DRAM. */
export interface ScaleSimBuffers {
  readonly ifmapWords: number;
  readonly filterWords: number;
  readonly ofmapWords: number;
  readonly ifmapBandwidth: number;
  readonly filterBandwidth: number;
  readonly ofmapBandwidth: number;
}

/** Groups into which half a read buffer's prefetches are cut. */
const GROUPS_OF_A_BUFFER = 100;

/**
 * A double-buffered read buffer: one half holds a window on the prefetch order, the other is filled. A miss moves the window; what comes late
 * costs twice its waiting time, as in the tool.
 */
class ReadBuffer {
  private readonly groupSize: number;
  private readonly groups: number;
  private readonly window: number;
  private readonly step: number;
  private readonly fillCycles: number;
  /** How often an address lies in the window. */
  private readonly present: Int32Array;
  private start = 0;
  private last = -1;
  private hasAll = false;

  constructor(
    private readonly order: readonly number[],
    words: number,
    bandwidth: number,
  ) {
    const active = Math.ceil(words / 2);
    const prefetched = words - active;
    this.groupSize = Math.ceil(words / GROUPS_OF_A_BUFFER);
    this.groups = Math.floor(order.length / this.groupSize) + 1;
    this.window = Math.min(this.groups, Math.ceil(active / this.groupSize));
    this.step = Math.min(this.groups - this.window, Math.ceil(prefetched / this.groupSize));
    this.fillCycles = Math.ceil(prefetched / bandwidth) + 1;
    this.present = new Int32Array(1 + order.reduce((most, address) => Math.max(most, address), 0));
    for (let group = 0; group < this.window; group++) this.count(group, 1);
    this.hasAll = this.window === this.groups;
  }

  /** Cycles that the words of a cycle `now` are late. */
  stall(addresses: readonly number[], count: number, now: number): number {
    if (this.hasAll) return 0;
    let off = 1;
    for (let i = 0; i < count && !this.hasAll; i++) {
      while (this.present[addresses[i]!] === 0 && !this.hasAll) {
        this.move();
        this.last += this.fillCycles;
        const late = this.last - (now + off);
        off += late > 0 ? 2 * late : late;
      }
    }
    return off - 1;
  }

  private move(): void {
    for (let i = 0; i < this.step; i++) this.count((this.start + i) % this.groups, -1);
    for (let i = 0; i < this.step; i++) this.count((this.start + this.window + i) % this.groups, 1);
    this.start = (this.start + this.step) % this.groups;
    if ((this.start + this.window) % this.groups === this.start) this.hasAll = true;
  }

  private count(group: number, by: number): void {
    const end = Math.min(this.order.length, (group + 1) * this.groupSize);
    for (let i = group * this.groupSize; i < end; i++) this.present[this.order[i]!]! += by;
  }
}

/** Words collect in rows as wide as the link; half the buffer is drained at a time. */
class WriteBuffer {
  private free: number;
  private readonly drain: number;
  /** Words in rows that are full or closed. */
  private rows: number[] = [];
  private open = 0;
  private end = 0;
  private hasDrained = false;

  constructor(
    private readonly words: number,
    private readonly bandwidth: number,
  ) {
    this.free = words;
    this.drain = words - Math.ceil(words / 2);
  }

  /** Cycles that the words which leave in a cycle `now` have to wait. */
  stall(count: number, now: number): number {
    let at = now;
    for (let word = 0; word < count; word++) {
      this.free--;
      if (++this.open === this.bandwidth) this.close();
      if (this.hasDrained && at < this.end) {
        if (this.free <= 0) at = this.end;
      } else if (this.free < this.words - this.drain) this.startDrain(at);
    }
    return at - now;
  }

  private startDrain(at: number): void {
    if (this.open > 0) this.close();
    const drained = Math.min(Math.ceil(this.drain / this.bandwidth), this.rows.length);
    for (const words of this.rows.splice(0, drained)) this.free += words;
    this.end = at + drained - 1;
    this.hasDrained = true;
  }

  private close(): void {
    this.rows.push(this.open);
    this.open = 0;
  }
}

/** Cycles that the run stalls because its buffers are filled and drained with limited rates (mode USER); each buffer has a port of its own. */
export function stallCycles(array: ScaleSimArray, layer: ScaleSimLayer, buffers: ScaleSimBuffers): number {
  const folds = foldsOf(array, layer);
  const demand = demandOf(array, layer, folds);
  const x = new ReadBuffer(prefetchOrder(array, layer, folds, 'x'), buffers.ifmapWords, buffers.ifmapBandwidth);
  const w = new ReadBuffer(prefetchOrder(array, layer, folds, 'w'), buffers.filterWords, buffers.filterBandwidth);
  const y = new WriteBuffer(buffers.ofmapWords, buffers.ofmapBandwidth);
  const wanted: number[] = [];
  let [line, stalled, total] = [0, 0, 0];
  for (let b = 0; b < folds.columnFolds; b++)
    for (let a = 0; a < folds.rowFolds; a++)
      for (let t = 0; t < folds.cyclesPerFold; t++, line++) {
        const now = line + stalled;
        const late = Math.max(x.stall(wanted, demand.x(a, b, t, wanted), now), w.stall(wanted, demand.w(a, b, t, wanted), now));
        const out = y.stall(demand.y(a, b, t), now);
        // Of the last line only what leaves counts.
        total = stalled + out;
        stalled += Math.max(late, out);
      }
  return total;
}
