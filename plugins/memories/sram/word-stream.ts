import type { StateExchange } from 'tessera-sim';
import type { BankMap } from './bank-map.js';
import { consecutiveBanks, lowestBank, spreadsOverBanks } from './bank-set.js';

/**
 * The words of one burst, in the order in which a port asks for them: row after row, each from its first word to its
 * last. Each cycle the port holds a beat of up to `wordsPerBeat` words, which may cross rows (a port has one address
 * generator a lane); the next beat comes when all words of this one have been served.
 */
export class WordStream {
  /** Banks of the words of the current beat that are not served yet. */
  readonly pendingBank: Int32Array;
  pendingCount = 0;
  /** The same as a set of banks, for beats whose words all lie in different banks; one of the two forms is in use. */
  pendingSet = 0;
  /** Banks that serve this stream in the current cycle, in the form of sets. */
  wonSet = 0;
  active = false;
  /** Arbitration key: priority or cycle in which the burst began. */
  key = 0;
  /** Cycles that beats of this burst took beyond their first. */
  extraCycles = 0;

  /** Next word of the current row, and the first one after the row. */
  nextWord = 0;
  rowEndWord = 0;
  /** Words not yet in a beat. */
  remainingWords = 0;

  private rowAddress = 0;
  private rowBytes = 0;
  private pitchBytes = 0;
  /** Words from row to row; 0 when the rows lie differently on the words, so that their numbers of words differ. */
  private pitchWords = 0;
  private rowWords = 0;
  /** Answers of `spreads` for the last shape of burst: bursts of one shape follow each other. */
  private knownRowWords = 0;
  private knownPitchWords = 0;
  private knownSpreads = false;

  constructor(
    readonly index: number,
    readonly wordsPerBeat: number,
    private readonly wordBytes: number,
  ) {
    this.pendingBank = new Int32Array(wordsPerBeat);
  }

  /** Takes on a burst of `rows` rows of `rowBytes` bytes, `pitchBytes` apart. Rows that touch are one row. */
  begin(address: number, rowBytes: number, rows: number, pitchBytes: number): void {
    const touching = rows === 1 || pitchBytes === rowBytes;
    this.rowAddress = address;
    this.rowBytes = touching ? rowBytes * rows : rowBytes;
    this.pitchBytes = pitchBytes;
    this.remainingWords = wordsOfBurst(address, rowBytes, rows, pitchBytes, this.wordBytes);
    this.pendingCount = this.pendingSet = this.extraCycles = 0;
    this.active = this.remainingWords > 0;
    this.openRow();
    this.rowWords = this.rowEndWord - this.nextWord;
    this.pitchWords = touching ? this.rowWords : pitchBytes % this.wordBytes === 0 ? pitchBytes / this.wordBytes : 0;
  }

  /** Whether words of the current beat are still to be served. */
  get isMidBeat(): boolean {
    return this.pendingCount > 0 || this.pendingSet !== 0;
  }

  /** Fewest cycles in which what is left can be served. */
  get cyclesAtBest(): number {
    return (this.isMidBeat ? 1 : 0) + Math.ceil(this.remainingWords / this.wordsPerBeat);
  }

  /** Whether the words of every beat of this burst lie in banks that all differ, with low-order interleaving. */
  spreads(banks: number): boolean {
    const { rowWords, pitchWords } = this;
    if (pitchWords === 0) return false;
    if (rowWords !== this.knownRowWords || pitchWords !== this.knownPitchWords) {
      this.knownRowWords = rowWords;
      this.knownPitchWords = pitchWords;
      this.knownSpreads = spreadsOverBanks(rowWords, pitchWords, this.wordsPerBeat, banks);
    }
    return this.knownSpreads;
  }

  /** Beats of full width that lie within the current row. */
  get wholeBeatsInRow(): number {
    return Math.floor((this.rowEndWord - this.nextWord) / this.wordsPerBeat);
  }

  /** Puts the next words into the beat, which is empty. */
  fillBeat(map: BankMap): void {
    const count = Math.min(this.wordsPerBeat, this.remainingWords);
    for (let i = 0; i < count; i++) {
      this.pendingBank[i] = map.bankOf(this.nextWord++);
      if (this.nextWord === this.rowEndWord && this.remainingWords > i + 1) this.nextRow();
    }
    this.pendingCount = count;
    this.remainingWords -= count;
  }

  /** Puts the next words into the beat, which is empty, as a set of banks. Only for a stream that `spreads`. */
  fillSet(banks: number): void {
    let left = Math.min(this.wordsPerBeat, this.remainingWords);
    this.remainingWords -= left;
    for (;;) {
      const run = Math.min(left, this.rowEndWord - this.nextWord);
      this.pendingSet |= consecutiveBanks(this.nextWord % banks, run, banks);
      this.nextWord += run;
      left -= run;
      if (this.nextWord === this.rowEndWord && left + this.remainingWords > 0) this.nextRow();
      if (left === 0) return;
    }
  }

  /** Turns a set of banks into a list, for the company of streams that have no sets. */
  listPending(): void {
    for (; this.pendingSet !== 0; this.pendingSet &= this.pendingSet - 1) this.pendingBank[this.pendingCount++] = lowestBank(this.pendingSet);
  }

  /** Turns a list of banks that all differ into a set. */
  collectPending(): void {
    while (this.pendingCount > 0) this.pendingSet |= 1 << this.pendingBank[--this.pendingCount]!;
  }

  /** Passes over beats that have been served whole, the last of them perhaps with fewer words. */
  skipBeats(beats: number): void {
    const words = Math.min(beats * this.wordsPerBeat, this.remainingWords);
    this.remainingWords -= words;
    const leftInRow = this.rowEndWord - this.nextWord;
    if (words < leftInRow) this.nextWord += words;
    else if (this.remainingWords > 0) this.skipRows(words - leftInRow);
  }

  /** Goes on to the next row, and past further rows of `words` words altogether. */
  private skipRows(words: number): void {
    const rows = Math.floor(words / this.rowWords);
    this.rowAddress += (1 + rows) * this.pitchBytes;
    this.openRow();
    this.nextWord += words - rows * this.rowWords;
  }

  /** All but the key, whose meaning is the array's. What `spreads` remembers follows from the shape of the burst. */
  state(s: StateExchange): void {
    this.active = s.flag(this.active);
    s.numbers(this.pendingBank);
    this.pendingCount = s.number(this.pendingCount);
    this.pendingSet = s.number(this.pendingSet);
    this.wonSet = s.number(this.wonSet);
    this.extraCycles = s.number(this.extraCycles);
    this.nextWord = s.number(this.nextWord);
    this.rowEndWord = s.number(this.rowEndWord);
    this.remainingWords = s.number(this.remainingWords);
    this.rowAddress = s.number(this.rowAddress);
    this.rowBytes = s.number(this.rowBytes);
    this.pitchBytes = s.number(this.pitchBytes);
    this.pitchWords = s.number(this.pitchWords);
    this.rowWords = s.number(this.rowWords);
  }

  private nextRow(): void {
    this.rowAddress += this.pitchBytes;
    this.openRow();
  }

  private openRow(): void {
    this.nextWord = Math.floor(this.rowAddress / this.wordBytes);
    this.rowEndWord = Math.floor((this.rowAddress + this.rowBytes - 1) / this.wordBytes) + 1;
  }
}

/** Word accesses of a burst: a row that starts or ends inside a word touches the whole word. */
export function wordsOfBurst(address: number, rowBytes: number, rows: number, pitchBytes: number, wordBytes: number): number {
  if (rowBytes <= 0 || rows <= 0) return 0;
  if (rows === 1 || pitchBytes === rowBytes) return wordsTouched(address, rowBytes * rows, wordBytes);
  if (pitchBytes % wordBytes === 0) return rows * wordsTouched(address, rowBytes, wordBytes);
  let words = 0;
  for (let row = 0; row < rows; row++) words += wordsTouched(address + row * pitchBytes, rowBytes, wordBytes);
  return words;
}

function wordsTouched(address: number, bytes: number, wordBytes: number): number {
  return Math.floor((address + bytes - 1) / wordBytes) - Math.floor(address / wordBytes) + 1;
}
