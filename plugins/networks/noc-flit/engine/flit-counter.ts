/**
 * Counts flits whose cycle is known before it comes: the engine decides early, statistics ask for what has happened by now.
 * One slot for each of the next cycles; a slot that is older than a turn belongs to the past.
 */
export class FlitCounter {
  /** Flits of all cycles, also those to come. */
  total = 0;
  private readonly mask: number;
  private readonly counts: Int32Array;
  private readonly cycles: Int32Array;

  /** `size`: cycles ahead that are told apart, a power of two. */
  constructor(size: number) {
    this.mask = size - 1;
    this.counts = new Int32Array(size);
    this.cycles = new Int32Array(size).fill(-1);
  }

  add(cycle: number): void {
    const slot = cycle & this.mask;
    this.total++;
    if (this.cycles[slot] === cycle) {
      this.counts[slot]!++;
      return;
    }
    this.cycles[slot] = cycle;
    this.counts[slot] = 1;
  }

  /** Flits of the cycles before `cycle`. */
  before(cycle: number): number {
    let later = 0;
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.cycles[slot]! >= cycle) later += this.counts[slot]!;
    }
    return this.total - later;
  }

  /** Shift all times by -cycles (a multiple of the size). */
  rebase(cycles: number): void {
    for (let slot = 0; slot <= this.mask; slot++) this.cycles[slot] = Math.max(-1, this.cycles[slot]! - cycles);
  }
}
