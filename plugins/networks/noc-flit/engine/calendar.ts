import { M } from './assembly/parameters.js';
import type { NetworkMemory } from './network-memory.js';

/**
 * Which routers have something to do in the next cycles, by windows of one or two cycles: a router that has nothing is not
 * visited. The entries are made by the compiled pipeline; this is what the rest of the engine needs to know of them.
 */
export class RouterCalendar {
  /** Cycles of a turn, less one. */
  readonly mask: number;
  readonly memberWords: number;
  /** Per window, a bit for each router with something to do, and how many there are. */
  readonly membersAt: number;
  readonly countsAt: number;
  private readonly windowShift: number;
  private readonly windowMask: number;

  /** `longest`: cycles that an entry may be ahead of the present one. `windowCycles`: 1 or 2. */
  constructor(
    private readonly memory: NetworkMemory,
    routers: number,
    longest: number,
    windowCycles: number,
  ) {
    let size = 8;
    while (size < longest + 4) size *= 2;
    this.mask = size - 1;
    this.windowShift = windowCycles - 1;
    this.windowMask = this.mask >> this.windowShift;
    this.memberWords = Math.ceil(routers / 32);
    this.membersAt = memory.take((this.windowMask + 1) * this.memberWords);
    this.countsAt = memory.take(this.windowMask + 1);
  }

  /** Cycles ahead of the present one for which there is always room. */
  get horizon(): number {
    return this.mask - (1 << this.windowShift);
  }

  get windows(): number {
    return this.windowMask + 1;
  }

  /** Counts the members of all windows anew. */
  recount(): void {
    const { words } = this.memory;
    words[M.PENDING] = 0;
    for (let window = 0; window <= this.windowMask; window++) {
      let count = 0;
      const at = this.membersAt + window * this.memberWords;
      for (let index = at; index < at + this.memberWords; index++) for (let rest = words[index]!; rest !== 0; rest &= rest - 1) count++;
      words[this.countsAt + window] = count;
      words[M.PENDING]! += count;
    }
  }

  /** Routers that are waited for, over all windows. */
  get pending(): number {
    return this.memory.words[M.PENDING]!;
  }

  /** Those of the cycle's window. */
  countAt(cycle: number): number {
    return this.memory.words[this.countsAt + ((cycle >> this.windowShift) & this.windowMask)]!;
  }

  /** Last cycle of the first window from that of `from` on in which a router has something to do; -1 when there is none. */
  nextFrom(from: number): number {
    const { words } = this.memory;
    if (words[M.PENDING] === 0) return -1;
    const first = from >> this.windowShift;
    for (let ahead = 0; ahead <= this.windowMask; ahead++) {
      if (words[this.countsAt + ((first + ahead) & this.windowMask)] !== 0) return ((first + ahead + 1) << this.windowShift) - 1;
    }
    return -1;
  }
}
