import type { Transaction, StateExchange } from 'tessera-sim';

/** Walks the lines of a burst: row after row, each line that a row touches once. Lines that two rows share are accessed twice. */
export class BurstLines {
  line = 0;
  private burst: Transaction | undefined;
  private lastOfRow = 0;
  private row = 0;

  constructor(private readonly lineBytes: number) {}

  /** Number of line accesses of a burst. */
  static count(burst: Transaction, lineBytes: number): number {
    let lines = 0;
    const isDense = burst.rows === 1 || burst.pitchBytes === burst.rowBytes;
    if (isDense) return span(burst.address, burst.rowBytes * burst.rows, lineBytes);
    for (let row = 0; row < burst.rows; row++) lines += span(burst.address + row * burst.pitchBytes, burst.rowBytes, lineBytes);
    return lines;
  }

  get isDone(): boolean {
    return this.burst === undefined;
  }

  start(burst: Transaction): void {
    this.burst = burst;
    this.row = 0;
    this.openRow();
  }

  /** Goes on to the next line; afterwards `isDone` says whether there was one. */
  next(): void {
    if (this.line < this.lastOfRow) {
      this.line++;
      return;
    }
    this.row++;
    this.openRow();
  }

  /** Lines from the present one on that lie next to each other. */
  get contiguous(): number {
    return this.lastOfRow - this.line + 1;
  }

  /** Goes on by `lines`, at most `contiguous`. */
  skip(lines: number): void {
    this.line += lines - 1;
    this.next();
  }

  private openRow(): void {
    const burst = this.burst!;
    const isDense = burst.pitchBytes === burst.rowBytes;
    const rows = isDense ? 1 : burst.rows;
    if (this.row >= rows) {
      this.burst = undefined;
      return;
    }
    const bytes = isDense ? burst.rowBytes * burst.rows : burst.rowBytes;
    const address = burst.address + this.row * burst.pitchBytes;
    this.line = Math.floor(address / this.lineBytes);
    this.lastOfRow = Math.floor((address + bytes - 1) / this.lineBytes);
  }

  state(s: StateExchange): void {
    this.burst = s.optionalTransaction(this.burst);
    this.line = s.number(this.line);
    this.lastOfRow = s.number(this.lastOfRow);
    this.row = s.number(this.row);
  }
}

function span(address: number, bytes: number, lineBytes: number): number {
  return Math.floor((address + bytes - 1) / lineBytes) - Math.floor(address / lineBytes) + 1;
}
