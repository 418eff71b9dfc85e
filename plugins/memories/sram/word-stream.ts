import type { BankMap } from './bank-map.js';

/**
 * The words of one burst, in the order in which a port asks for them: row after row, each from its first word to its
 * last. Each cycle the port holds a beat of up to `wordsPerBeat` words, which may cross rows (a port has one address
 * generator a lane); the next beat comes when all words of this one have been served.
 */
export class WordStream {
  /** Banks of the words of the current beat that are not served yet. */
  readonly pendingBank: Int32Array;
  pendingCount = 0;
  active = false;
  /** Arbitration key: priority or tick of arrival. */
  key = 0;

  /** Next word of the current row, and the first one after the row. */
  nextWord = 0;
  rowEndWord = 0;
  /** Words not yet in a beat. */
  remainingWords = 0;

  private rowAddress = 0;
  private rowBytes = 0;
  private pitchBytes = 0;

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
    this.pendingCount = 0;
    this.active = this.remainingWords > 0;
    this.openRow();
  }

  /** Fewest cycles in which what is left can be served. */
  get cyclesAtBest(): number {
    return (this.pendingCount > 0 ? 1 : 0) + Math.ceil(this.remainingWords / this.wordsPerBeat);
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

  /** Passes over beats that have been served whole. */
  skipBeats(beats: number): void {
    const words = beats * this.wordsPerBeat;
    this.nextWord += words;
    this.remainingWords -= words;
    if (this.nextWord === this.rowEndWord && this.remainingWords > 0) this.nextRow();
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
