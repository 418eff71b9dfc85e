import type { Port, Transaction } from 'tessera-sim';

/** A burst between its first look-up and its response. */
export class PendingBurst {
  message: Transaction | undefined;
  /** Lines that are being fetched for it. */
  fetches = 0;
  lookedUp = false;
  readyCycle = 0;
}

/** A port towards the requesters: the burst that is looked up line by line, and those that wait for data or to be sent. */
export class CachePort {
  current: PendingBurst | undefined;
  readonly pending: PendingBurst[] = [];
  blocked = false;
  private row = 0;
  private nextLine = 0;
  private lastLine = 0;

  constructor(
    readonly port: Port,
    private readonly lineBytes: number,
  ) {}

  begin(burst: PendingBurst): void {
    this.current = burst;
    this.pending.push(burst);
    this.row = 0;
    this.openRow(burst.message!);
  }

  /** The line to be looked up next. */
  get line(): number {
    return this.nextLine;
  }

  /** Whether the burst covers the whole of this line (a write need not fetch it). */
  coversLine(): boolean {
    const message = this.current!.message!;
    const start = message.address + this.row * message.pitchBytes;
    return this.nextLine * this.lineBytes >= start && (this.nextLine + 1) * this.lineBytes <= start + this.rowLength(message);
  }

  /** Moves to the next line; false when that was the last. */
  advance(): boolean {
    const message = this.current!.message!;
    if (this.nextLine < this.lastLine) {
      this.nextLine++;
      return true;
    }
    if (++this.row < this.rowCount(message)) {
      this.openRow(message);
      return true;
    }
    this.current = undefined;
    return false;
  }

  private openRow(message: Transaction): void {
    const start = message.address + this.row * message.pitchBytes;
    this.nextLine = Math.floor(start / this.lineBytes);
    this.lastLine = Math.floor((start + this.rowLength(message) - 1) / this.lineBytes);
  }

  /** Rows that touch are one row. */
  private rowLength(message: Transaction): number {
    return message.pitchBytes === message.rowBytes ? message.bytes : message.rowBytes;
  }

  private rowCount(message: Transaction): number {
    return message.pitchBytes === message.rowBytes ? 1 : message.rows;
  }
}
