/**
 * Which routers have something to do in the next cycles, by windows of one or two cycles: a router that has nothing is not
 * visited. And which virtual channels wake: a credit has come, a stage is done, a train has passed.
 */
export class RouterCalendar {
  /** Cycles of a turn, less one. */
  readonly mask: number;
  /** Per router and cycle, a bit for each virtual channel that wakes. */
  readonly wakes: Int32Array;
  /** 32-bit words of one router's virtual channels. */
  readonly words: number;
  /** Per window, a bit for each router with something to do, and how many there are. */
  readonly members: Int32Array;
  readonly memberWords: number;
  private readonly counts: Int32Array;
  private readonly windowShift: number;
  private readonly windowMask: number;
  /** Routers that are waited for, over all windows. */
  pending = 0;

  /** `longest`: cycles that an entry may be ahead of the present one. `windowCycles`: 1 or 2. */
  constructor(routers: number, vcsPerRouter: number, longest: number, windowCycles: number) {
    let size = 8;
    while (size < longest + 4) size *= 2;
    this.mask = size - 1;
    this.words = Math.ceil(vcsPerRouter / 32);
    this.wakes = new Int32Array(routers * size * this.words);
    this.windowShift = windowCycles === 1 ? 0 : 1;
    this.windowMask = (size >> this.windowShift) - 1;
    this.memberWords = Math.ceil(routers / 32);
    this.members = new Int32Array((this.windowMask + 1) * this.memberWords);
    this.counts = new Int32Array(this.windowMask + 1);
  }

  /** Cycles ahead of the present one for which there is always room. */
  get horizon(): number {
    return this.mask - (1 << this.windowShift);
  }

  /** Place in `wakes` of a router's words of one cycle. */
  wakesAt(router: number, cycle: number): number {
    return (router * (this.mask + 1) + (cycle & this.mask)) * this.words;
  }

  /** The router has something to do in the cycle. */
  visit(router: number, cycle: number): void {
    const window = (cycle >> this.windowShift) & this.windowMask;
    const at = window * this.memberWords + (router >> 5);
    const bit = 1 << (router & 31);
    const before = this.members[at]!;
    if ((before & bit) !== 0) return;
    this.members[at] = before | bit;
    this.counts[window]!++;
    this.pending++;
  }

  /** Where the members of the cycle's window lie. */
  membersAt(cycle: number): number {
    return ((cycle >> this.windowShift) & this.windowMask) * this.memberWords;
  }

  countAt(cycle: number): number {
    return this.counts[(cycle >> this.windowShift) & this.windowMask]!;
  }

  /** The cycle's window has been worked on. */
  clear(cycle: number): void {
    const window = (cycle >> this.windowShift) & this.windowMask;
    this.pending -= this.counts[window]!;
    this.counts[window] = 0;
    this.members.fill(0, window * this.memberWords, (window + 1) * this.memberWords);
  }

  /** Last cycle of the first window from that of `from` on in which a router has something to do; -1 when there is none. */
  nextFrom(from: number): number {
    if (this.pending === 0) return -1;
    const first = from >> this.windowShift;
    for (let ahead = 0; ahead <= this.windowMask; ahead++) {
      if (this.counts[(first + ahead) & this.windowMask] !== 0) return ((first + ahead + 1) << this.windowShift) - 1;
    }
    return -1;
  }
}
