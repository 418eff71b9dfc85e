import type { ClockDomain, Port, StateExchange, Transaction } from 'tessera-sim';

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
  /** Cycle since which the next line has found no room, -1 when it was not looked up yet; for milestones. */
  stuckCycle = -1;
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

  state(s: StateExchange, clock: ClockDomain): void {
    s.list(this.pending, (burst) => exchangeBurst(s, burst ?? new PendingBurst(), clock));
    const current = s.number(this.current === undefined ? -1 : this.pending.indexOf(this.current));
    if (s.loading) this.current = this.pending[current];
    this.blocked = s.flag(this.blocked);
    this.stuckCycle = s.cycle(this.stuckCycle, clock);
    this.row = s.number(this.row);
    this.nextLine = s.number(this.nextLine);
    this.lastLine = s.number(this.lastLine);
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

function exchangeBurst(s: StateExchange, burst: PendingBurst, clock: ClockDomain): PendingBurst {
  burst.message = s.optionalTransaction(burst.message);
  burst.fetches = s.number(burst.fetches);
  burst.lookedUp = s.flag(burst.lookedUp);
  burst.readyCycle = s.cycle(burst.readyCycle, clock);
  return burst;
}
