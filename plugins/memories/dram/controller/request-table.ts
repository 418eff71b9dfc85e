import type { ClockDomain, StateExchange } from 'tessera-sim';
/** No request. */
export const NONE = -1;

/**
 * The requests that a controller holds, as columns of typed arrays; a request is a slot number. The table is as large as all
 * queues together and never grows.
 */
export class RequestTable {
  readonly bank: Int32Array;
  /** Row and column in lines identify the line within its bank. Doubles: some mappings keep address bits beyond the rows. */
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly isWrite: Uint8Array;
  /** Cycle at which the controller took it. */
  readonly arrival: Float64Array;
  /** Order of acceptance. */
  readonly order: Float64Array;
  readonly tag: Int32Array;
  /** Set once the request has been counted as hit, miss or conflict. */
  readonly counted: Uint8Array;
  /** Neighbours in the list of its bank. */
  readonly next: Int32Array;
  readonly previous: Int32Array;

  /** Requests in the table. */
  used = 0;
  /** Free slots: `free[used .. capacity)`. */
  private readonly free: Int32Array;
  private accepted = 0;

  constructor(readonly capacity: number) {
    this.bank = new Int32Array(capacity);
    this.row = new Int32Array(capacity);
    this.column = new Int32Array(capacity);
    this.isWrite = new Uint8Array(capacity);
    this.arrival = new Float64Array(capacity);
    this.order = new Float64Array(capacity);
    this.tag = new Int32Array(capacity);
    this.counted = new Uint8Array(capacity);
    this.next = new Int32Array(capacity).fill(NONE);
    this.previous = new Int32Array(capacity).fill(NONE);
    this.free = new Int32Array(capacity);
    for (let slot = 0; slot < capacity; slot++) this.free[slot] = slot;
  }

  take(bank: number, row: number, column: number, isWrite: boolean, cycle: number, tag: number): number {
    const slot = this.free[this.used++]!;
    this.bank[slot] = bank;
    this.row[slot] = row;
    this.column[slot] = column;
    this.isWrite[slot] = isWrite ? 1 : 0;
    this.arrival[slot] = cycle;
    this.order[slot] = this.accepted++;
    this.tag[slot] = tag;
    this.counted[slot] = 0;
    return slot;
  }

  giveBack(slot: number): void {
    this.free[--this.used] = slot;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.numbers(this.bank);
    s.numbers(this.row);
    s.numbers(this.column);
    s.numbers(this.isWrite);
    s.cycles(this.arrival, clock);
    s.numbers(this.order);
    s.numbers(this.tag);
    s.numbers(this.counted);
    s.numbers(this.next);
    s.numbers(this.previous);
    this.used = s.number(this.used);
    s.numbers(this.free);
    this.accepted = s.number(this.accepted);
  }
}
