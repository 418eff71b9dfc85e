import type { StateExchange } from 'tessera-sim';
import type { Bases } from './bases.js';
import { exchangeSparse } from './sparse.js';

/**
 * Counts flits whose cycle is known before it comes: the engine decides early, statistics ask for what has happened by now.
 * One slot for each of the next cycles, a number of flits and the cycle that it belongs to; a slot that is older than a turn
 * belongs to the past.
 */
export class FlitCounter {
  /** Flits of all cycles, also those to come. */
  total = 0;
  private readonly mask: number;
  private readonly slots: Int32Array;

  /** `size`: cycles ahead that are distinguished, a power of two. */
  constructor(size: number) {
    this.mask = size - 1;
    this.slots = new Int32Array(2 * size);
  }

  add(cycle: number): void {
    const slot = 2 * (cycle & this.mask);
    this.total++;
    this.slots[slot] = this.slots[slot + 1] === cycle ? this.slots[slot]! + 1 : 1;
    this.slots[slot + 1] = cycle;
  }

  /** Flits of the cycles before `cycle`. */
  before(cycle: number): number {
    return this.total - flitsFrom(this.slots, 0, this.mask + 1, cycle);
  }

  state(s: StateExchange, bases: Bases): void {
    this.total = s.number(this.total);
    exchangeSlots(s, this.slots, 0, this.mask + 1, bases);
  }

  /** Shift all times by -cycles (a multiple of the size). */
  rebase(cycles: number): void {
    shiftSlots(this.slots, 0, this.mask + 1, cycles);
  }
}

/** Flits of cycle `cycle` and later in the slots from `at` on. */
export function flitsFrom(words: Int32Array, at: number, size: number, cycle: number): number {
  let flits = 0;
  for (let slot = at; slot < at + 2 * size; slot += 2) {
    if (words[slot + 1]! >= cycle) flits += words[slot]!;
  }
  return flits;
}

export function shiftSlots(words: Int32Array, at: number, size: number, cycles: number): void {
  for (let slot = at; slot < at + 2 * size; slot += 2) words[slot + 1] = Math.max(-1, words[slot + 1]! - cycles);
}

/** The flits of the base's cycle and later, in the slots from `at` on. */
export function exchangeSlots(s: StateExchange, words: Int32Array, at: number, size: number, { from, to }: Bases): void {
  const ahead = new Int32Array(size);
  for (let slot = at; !s.loading && slot < at + 2 * size; slot += 2) {
    if (words[slot]! > 0 && words[slot + 1]! >= from) ahead[words[slot + 1]! - from] = words[slot]!;
  }
  exchangeSparse(s, ahead);
  if (!s.loading) return;
  for (let slot = at; slot < at + 2 * size; slot += 2) words.set([0, -1], slot);
  ahead.forEach((flits, cycles) => {
    if (flits > 0) words.set([flits, to + cycles], at + 2 * ((to + cycles) & (size - 1)));
  });
}
