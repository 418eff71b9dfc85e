import type { StateExchange } from 'tessera-sim';
import { NONE, type RequestTable } from '../request-table.js';

/** A queue in order of acceptance from whose middle requests may leave. Uses the links of the request table. */
export class RequestFifo {
  first = NONE;
  count = 0;
  private last = NONE;

  constructor(private readonly table: RequestTable) {}

  push(slot: number): void {
    const { table } = this;
    table.next[slot] = NONE;
    table.previous[slot] = this.last;
    if (this.last === NONE) this.first = slot;
    else table.next[this.last] = slot;
    this.last = slot;
    this.count++;
  }

  remove(slot: number): void {
    const { table } = this;
    const before = table.previous[slot]!;
    const after = table.next[slot]!;
    if (before === NONE) this.first = after;
    else table.next[before] = after;
    if (after === NONE) this.last = before;
    else table.previous[after] = before;
    this.count--;
  }

  /** A request to the same line, NONE if there is none. */
  find(bank: number, row: number, column: number, isWrite: number): number {
    const { table } = this;
    for (let slot = this.first; slot !== NONE; slot = table.next[slot]!) {
      if (table.bank[slot] === bank && table.row[slot] === row && table.column[slot] === column && table.isWrite[slot] === isWrite) {
        return slot;
      }
    }
    return NONE;
  }

  state(s: StateExchange): void {
    this.first = s.number(this.first);
    this.last = s.number(this.last);
    this.count = s.number(this.count);
  }
}
