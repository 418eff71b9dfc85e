import type { StateExchange } from 'tessera-sim';
import type { Bases } from './bases.js';

/**
 * Calendar of the next few cycles: what happens in cycle c is in slot c modulo the size. An entry is one integer.
 * The network never schedules further ahead than its longest delay, so one turn of the wheel is enough.
 */
export class CycleWheel {
  readonly mask: number;
  private readonly slots: Int32Array[];
  private readonly counts: Int32Array;
  /** Entries in all slots. */
  pending = 0;

  /** `longestDelay`: cycles; the wheel takes entries up to `horizon` cycles ahead, which is more. */
  constructor(longestDelay: number) {
    let size = 64;
    while (size < 2 * (longestDelay + 2)) size *= 2;
    this.mask = size - 1;
    this.slots = Array.from({ length: size }, () => new Int32Array(16));
    this.counts = new Int32Array(size);
  }

  /** How many cycles ahead an entry may be. */
  get horizon(): number {
    return this.mask;
  }

  push(cycle: number, entry: number): void {
    const index = cycle & this.mask;
    const count = this.counts[index]!;
    let slot = this.slots[index]!;
    if (count === slot.length) slot = this.grow(index);
    slot[count] = entry;
    this.counts[index] = count + 1;
    this.pending++;
  }

  countAt(cycle: number): number {
    return this.counts[cycle & this.mask]!;
  }

  entriesAt(cycle: number): Int32Array {
    return this.slots[cycle & this.mask]!;
  }

  clearAt(cycle: number): void {
    const index = cycle & this.mask;
    this.pending -= this.counts[index]!;
    this.counts[index] = 0;
  }

  /** First cycle at or after `from` that has entries; -1 when there are none. */
  nextFrom(from: number): number {
    if (this.pending === 0) return -1;
    for (let ahead = 0; ahead <= this.mask; ahead++) {
      if (this.counts[(from + ahead) & this.mask] !== 0) return from + ahead;
    }
    return -1;
  }

  private grow(index: number): Int32Array {
    const old = this.slots[index]!;
    const larger = new Int32Array(old.length * 2);
    larger.set(old);
    this.slots[index] = larger;
    return larger;
  }

  /** Its entries, by the cycles that they are ahead of the base. */
  state(s: StateExchange, { from, to }: Bases): void {
    const told: number[] = [];
    for (let ahead = 0; !s.loading && ahead <= this.mask; ahead++) {
      const count = this.countAt(from + ahead);
      if (count > 0) told.push(ahead, count, ...this.entriesAt(from + ahead).subarray(0, count));
    }
    s.numbers(told);
    if (!s.loading) return;
    this.counts.fill(0);
    this.pending = 0;
    for (let at = 0; at < told.length;) {
      const [ahead, count] = [told[at]!, told[at + 1]!];
      at += 2;
      for (let i = 0; i < count; i++) this.push(to + ahead, told[at++]!);
    }
  }
}
