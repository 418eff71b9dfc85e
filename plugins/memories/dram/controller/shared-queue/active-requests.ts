import type { StateExchange } from 'tessera-sim';
import type { RequestTable } from '../request-table.js';

/** Requests whose rows have been opened for them, in the order of their activates; they are in no queue any more. */
export class ActiveRequests {
  /** The requests: `slots[0 .. count)`. */
  readonly slots: Int32Array;
  count = 0;
  /** Active requests per bank. */
  readonly inBank: Int32Array;
  private readonly bankOf: Int32Array;

  constructor(table: RequestTable, banks: number) {
    this.slots = new Int32Array(table.capacity);
    this.inBank = new Int32Array(banks);
    this.bankOf = table.bank;
  }

  add(slot: number): void {
    this.slots[this.count++] = slot;
    this.inBank[this.bankOf[slot]!]!++;
  }

  remove(slot: number): void {
    let i = 0;
    while (this.slots[i] !== slot) i++;
    this.slots.copyWithin(i, i + 1, this.count--);
    this.inBank[this.bankOf[slot]!]!--;
  }

  /** Whether any of the banks `[first, end)` has an active request. */
  anyIn(first: number, end: number): boolean {
    if (this.count === 0) return false;
    for (let bank = first; bank < end; bank++) if (this.inBank[bank]! > 0) return true;
    return false;
  }

  state(s: StateExchange): void {
    s.numbers(this.slots);
    this.count = s.number(this.count);
    s.numbers(this.inBank);
  }
}
