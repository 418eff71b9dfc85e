import { makeArbiter, type Arbiter, type ArbiterName, type ClockDomain, type StateExchange } from 'tessera-sim';
import type { BankMap } from './bank-map.js';
import { bankCount, lowestBank, MOST_BANKS_OF_A_SET } from './bank-set.js';
import type { WordStream } from './word-stream.js';

/** Hears what each stretch of cycles was used for. */
export interface BankObserver {
  /** In `cycles` cycles from `cycle` on at least one word was served each; `conflicted`: and another one had to wait. */
  onCycles(cycle: number, cycles: number, conflicted: boolean): void;
  /** The last word of a stream was served in `cycle`. */
  onStreamEnd(stream: number, cycle: number): void;
}

const NOBODY = -1;
const CONTENDED = -2;

/**
 * Banks that serve one word a cycle each, and the streams of words that the ports want. Time is a number of cycles, so
 * that the rules can be tested without a machine.
 *
 * Cycles are not stepped when they happen but when somebody needs to know (`runTo`), and a stretch in which no two
 * streams can meet in a bank is passed over at once. The owner wakes up at `earliestEnd` at the latest.
 */
export class BankArray {
  /** The next cycle to be executed. */
  cycle = 0;
  /** Words that found their bank taken, counted in each cycle that they wait. */
  waitedWords = 0;
  /** Cycles that beats took beyond their first. */
  extraCycles = 0;
  /** Cycles in which a word was served. */
  busyCycles = 0;

  protected readonly active: WordStream[] = [];
  private readonly arbiters: Arbiter[];
  /** Streams that ask, for each bank that several want; all 0 between cycles. */
  private readonly wants: Uint8Array[];
  private readonly keys: Float64Array;
  /** Which stream a bank serves this cycle. */
  private readonly owner: Int32Array;
  private readonly ownerCycle: Float64Array;
  private readonly servedCycle: Float64Array;
  private readonly contendedBanks: Int32Array;
  private contendedCount = 0;
  /** Whether the array has few enough banks, interleaved so that a set of them can stand for a beat. */
  private readonly hasSets: boolean;
  /** Whether the beats of all active streams are sets of banks now. */
  private inSets = false;

  /** @param stepwise never pass over several cycles at once: the reference for tests. */
  constructor(
    private readonly map: BankMap,
    readonly streams: readonly WordStream[],
    private readonly arbitration: ArbiterName,
    private readonly observer: BankObserver,
    private readonly stepwise = false,
  ) {
    const { banks } = map;
    this.hasSets = !stepwise && map.interleaving === 'low-order' && banks <= MOST_BANKS_OF_A_SET;
    this.arbiters = Array.from({ length: banks }, () => makeArbiter(arbitration, streams.length));
    this.wants = Array.from({ length: banks }, () => new Uint8Array(streams.length));
    this.keys = new Float64Array(streams.length);
    this.contendedBanks = new Int32Array(banks);
    this.owner = new Int32Array(banks).fill(NOBODY);
    this.ownerCycle = new Float64Array(banks).fill(-1);
    this.servedCycle = new Float64Array(banks).fill(-1);
  }

  get activeStreams(): number {
    return this.active.length;
  }

  /** The stream, which has just begun a burst, takes part from the next cycle on. */
  admit(stream: WordStream): void {
    if (!stream.active) throw new RangeError('an empty burst has no words to serve');
    // In the order of the ports, whatever order they began in.
    let place = this.active.length;
    this.active.push(stream);
    for (; place > 0 && this.active[place - 1]!.index > stream.index; place--) this.active[place] = this.active[place - 1]!;
    this.active[place] = stream;
    this.keys[stream.index] = stream.key;
    this.chooseForm();
  }

  /** No stream can end in a cycle before this one minus one: the owner must call `runTo` with it. */
  get earliestEnd(): number {
    let best = Infinity;
    for (let i = 0; i < this.active.length; i++) best = Math.min(best, this.active[i]!.cyclesAtBest);
    return this.cycle + best;
  }

  /** Executes all cycles before `cycle`. */
  runTo(cycle: number): void {
    while (this.cycle < cycle && this.active.length > 0) {
      const run = this.stepwise ? 0 : Math.min(cycle - this.cycle, this.conflictFreeCycles());
      if (run > 1) this.skip(run);
      else if (this.inSets) this.stepSets();
      else this.step();
    }
    this.cycle = cycle;
  }

  /** @param clock of the cycles */
  state(s: StateExchange, clock: ClockDomain): void {
    this.cycle = s.cycle(this.cycle, clock);
    this.waitedWords = s.number(this.waitedWords);
    this.extraCycles = s.number(this.extraCycles);
    this.busyCycles = s.number(this.busyCycles);
    for (const stream of this.streams) {
      stream.state(s);
      stream.key = this.arbitration === 'age' ? s.cycle(stream.key, clock) : s.number(stream.key);
      this.keys[stream.index] = stream.key;
    }
    s.list(this.active, (stream) => this.streams[s.number(stream?.index ?? 0)]!);
    this.inSets = s.flag(this.inSets);
    for (const arbiter of this.arbiters) arbiter.state?.(s);
    if (!s.loading) return;
    // Claims of cycles that are over.
    this.ownerCycle.fill(-1);
    this.servedCycle.fill(-1);
  }

  /** Beats are sets of banks as long as those of every active stream can be. */
  private chooseForm(): void {
    if (!this.hasSets) return;
    const { active, map } = this;
    let inSets = true;
    for (let i = 0; i < active.length; i++) inSets = active[i]!.spreads(map.banks) && inSets;
    if (inSets === this.inSets) return;
    this.inSets = inSets;
    for (let i = 0; i < active.length; i++) {
      if (inSets) active[i]!.collectPending();
      else active[i]!.listPending();
    }
  }

  /**
   * Cycles from now on in which no word waits: all that is left of a single stream that never meets itself; else those
   * in which each stream takes whole beats of consecutive words and no two streams meet in a bank. With low-order
   * interleaving all streams of one width move on by the same number of banks, so their distances stay.
   */
  private conflictFreeCycles(): number {
    if (this.inSets && this.active.length === 1) return this.active[0]!.isMidBeat ? 0 : this.active[0]!.cyclesAtBest;
    const { active, map } = this;
    const width = active[0]!.wordsPerBeat;
    let cycles = Infinity;
    for (let i = 0; i < active.length; i++) {
      const stream = active[i]!;
      if (stream.isMidBeat || stream.wordsPerBeat !== width) return 0;
      cycles = Math.min(cycles, stream.wholeBeatsInRow);
    }
    if (cycles === 0 || width > map.banks) return 0;
    if (active.length === 1) return this.aloneWithoutConflict(active[0]!) ? cycles : 0;
    return map.interleaving === 'low-order' && this.disjoint(width) ? cycles : 0;
  }

  /** Whether beats of consecutive words of a single stream fall on banks that all differ. */
  private aloneWithoutConflict(stream: WordStream): boolean {
    const width = stream.wordsPerBeat;
    if (width === 1 || this.map.interleaving === 'low-order') return true;
    // An aligned group of up to `banks` words shares the bits that are XORed in, so XOR only permutes it.
    return this.map.interleaving === 'xor' && this.map.banks % width === 0 && stream.nextWord % width === 0;
  }

  private disjoint(width: number): boolean {
    const { active, map } = this;
    for (let i = 1; i < active.length; i++) {
      const bank = map.bankOf(active[i]!.nextWord);
      for (let j = 0; j < i; j++) {
        const apart = (bank - map.bankOf(active[j]!.nextWord) + map.banks) % map.banks;
        if (apart < width || map.banks - apart < width) return false;
      }
    }
    return true;
  }

  protected skip(cycles: number): void {
    for (let i = 0; i < this.active.length; i++) this.active[i]!.skipBeats(cycles);
    this.busyCycles += cycles;
    this.observer.onCycles(this.cycle, cycles, false);
    this.cycle += cycles;
    this.removeEnded();
  }

  /** One cycle of streams whose beats are sets of banks. */
  private stepSets(): void {
    const { active } = this;
    let wanted = 0;
    let contended = 0;
    for (let i = 0; i < active.length; i++) {
      const stream = active[i]!;
      if (stream.pendingSet === 0) stream.fillSet(this.map.banks);
      contended |= wanted & stream.pendingSet;
      wanted |= stream.pendingSet;
    }
    for (let i = 0; i < active.length; i++) active[i]!.wonSet = active[i]!.pendingSet & ~contended;
    for (let rest = contended; rest !== 0; rest &= rest - 1) this.arbitrateSet(lowestBank(rest));
    let waited = 0;
    for (let i = 0; i < active.length; i++) waited += this.serveSet(active[i]!);
    this.endCycle(waited);
  }

  private arbitrateSet(bank: number): void {
    const wants = this.wants[bank]!;
    for (let i = 0; i < this.active.length; i++) wants[this.active[i]!.index] = (this.active[i]!.pendingSet >>> bank) & 1;
    this.streams[this.arbiters[bank]!.choose(wants, this.keys)]!.wonSet |= 1 << bank;
    for (let i = 0; i < this.active.length; i++) wants[this.active[i]!.index] = 0;
  }

  private serveSet(stream: WordStream): number {
    stream.pendingSet &= ~stream.wonSet;
    if (stream.pendingSet === 0) return 0;
    this.extraCycles++;
    stream.extraCycles++;
    return bankCount(stream.pendingSet);
  }

  /** One cycle, word by word. */
  private step(): void {
    const { active } = this;
    this.contendedCount = 0;
    for (let i = 0; i < active.length; i++) this.claimBanks(active[i]!);
    for (let i = 0; i < this.contendedCount; i++) this.arbitrate(this.contendedBanks[i]!);
    let waited = 0;
    for (let i = 0; i < active.length; i++) waited += this.serve(active[i]!);
    this.endCycle(waited);
  }

  private endCycle(waited: number): void {
    this.waitedWords += waited;
    this.busyCycles++;
    this.observer.onCycles(this.cycle, 1, waited > 0);
    this.cycle++;
    this.removeEnded();
  }

  private claimBanks(stream: WordStream): void {
    if (stream.pendingCount === 0) stream.fillBeat(this.map);
    for (let i = 0; i < stream.pendingCount; i++) {
      const bank = stream.pendingBank[i]!;
      if (this.ownerCycle[bank] !== this.cycle) {
        this.ownerCycle[bank] = this.cycle;
        this.owner[bank] = stream.index;
      } else if (this.owner[bank] !== stream.index) {
        this.contend(bank, stream.index);
      }
    }
  }

  private contend(bank: number, stream: number): void {
    const wants = this.wants[bank]!;
    if (this.owner[bank] !== CONTENDED) {
      wants[this.owner[bank]!] = 1;
      this.owner[bank] = CONTENDED;
      this.contendedBanks[this.contendedCount++] = bank;
    }
    wants[stream] = 1;
  }

  private arbitrate(bank: number): void {
    const wants = this.wants[bank]!;
    this.owner[bank] = this.arbiters[bank]!.choose(wants, this.keys);
    for (let i = 0; i < this.active.length; i++) wants[this.active[i]!.index] = 0;
  }

  /** Serves what the stream has won; returns its words that wait. */
  private serve(stream: WordStream): number {
    let kept = 0;
    for (let i = 0; i < stream.pendingCount; i++) {
      const bank = stream.pendingBank[i]!;
      if (this.owner[bank] === stream.index && this.servedCycle[bank] !== this.cycle) {
        this.servedCycle[bank] = this.cycle;
      } else {
        stream.pendingBank[kept++] = bank;
      }
    }
    stream.pendingCount = kept;
    if (kept === 0) return 0;
    this.extraCycles++;
    stream.extraCycles++;
    return kept;
  }

  private removeEnded(): void {
    const { active } = this;
    for (let i = active.length - 1; i >= 0; i--) {
      const stream = active[i]!;
      if (stream.remainingWords > 0 || stream.isMidBeat) continue;
      stream.active = false;
      this.remove(i);
      this.observer.onStreamEnd(stream.index, this.cycle - 1);
    }
  }

  /** (`splice` would make an array of what it takes out.) */
  private remove(place: number): void {
    const { active } = this;
    for (let i = place + 1; i < active.length; i++) active[i - 1] = active[i]!;
    active.pop();
    this.chooseForm();
  }
}
