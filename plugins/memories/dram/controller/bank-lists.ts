import { NONE, type RequestTable } from './request-table.js';

/**
 * One queue of a controller, sorted into a list per bank in order of acceptance. For a bank with an open row it knows the
 * oldest request that hits the row and the oldest that does not, which are the only two that first-ready scheduling can
 * choose from: this is what makes a scheduling decision cost one step per bank with work instead of one per request.
 */
export class BankLists {
  /** Oldest request per bank, NONE if the bank has none. */
  readonly head: Int32Array;
  /** Oldest request to the open row, and oldest to another row. Both NONE while the bank is closed. */
  readonly hit: Int32Array;
  readonly miss: Int32Array;
  /** Banks with requests, in no particular order: `busy[0 .. busyCount)`. */
  readonly busy: Int32Array;
  busyCount = 0;
  count = 0;

  private readonly tail: Int32Array;
  private readonly place: Int32Array;

  constructor(
    private readonly table: RequestTable,
    private readonly openRow: Int32Array,
  ) {
    const banks = openRow.length;
    this.head = new Int32Array(banks).fill(NONE);
    this.tail = new Int32Array(banks).fill(NONE);
    this.hit = new Int32Array(banks).fill(NONE);
    this.miss = new Int32Array(banks).fill(NONE);
    this.busy = new Int32Array(banks);
    this.place = new Int32Array(banks).fill(NONE);
  }

  push(slot: number): void {
    const { table } = this;
    const bank = table.bank[slot]!;
    const last = this.tail[bank]!;
    table.previous[slot] = last;
    table.next[slot] = NONE;
    this.tail[bank] = slot;
    if (last === NONE) {
      this.head[bank] = slot;
      this.place[bank] = this.busyCount;
      this.busy[this.busyCount++] = bank;
    } else {
      table.next[last] = slot;
    }
    this.count++;
    const open = this.openRow[bank]!;
    if (open < 0) return;
    if (table.row[slot] === open) {
      if (this.hit[bank] === NONE) this.hit[bank] = slot;
    } else if (this.miss[bank] === NONE) {
      this.miss[bank] = slot;
    }
  }

  remove(slot: number): void {
    const { table } = this;
    const bank = table.bank[slot]!;
    if (this.hit[bank] === slot) this.hit[bank] = this.following(slot, true);
    if (this.miss[bank] === slot) this.miss[bank] = this.following(slot, false);
    const before = table.previous[slot]!;
    const after = table.next[slot]!;
    if (before === NONE) this.head[bank] = after;
    else table.next[before] = after;
    if (after === NONE) this.tail[bank] = before;
    else table.previous[after] = before;
    this.count--;
    if (this.head[bank] === NONE) this.forget(bank);
  }

  /** A row of the bank was opened: finds the first hit and the first miss. */
  opened(bank: number, row: number): void {
    const { table } = this;
    let hit = NONE;
    let miss = NONE;
    for (let slot = this.head[bank]!; slot !== NONE && (hit === NONE || miss === NONE); slot = table.next[slot]!) {
      if (table.row[slot] === row) {
        if (hit === NONE) hit = slot;
      } else if (miss === NONE) {
        miss = slot;
      }
    }
    this.hit[bank] = hit;
    this.miss[bank] = miss;
  }

  closed(bank: number): void {
    this.hit[bank] = NONE;
    this.miss[bank] = NONE;
  }

  /** A request to the same line, NONE if there is none. */
  find(bank: number, row: number, column: number): number {
    const { table } = this;
    let slot = this.head[bank]!;
    while (slot !== NONE && (table.row[slot] !== row || table.column[slot] !== column)) slot = table.next[slot]!;
    return slot;
  }

  private following(slot: number, wantsHit: boolean): number {
    const { table } = this;
    const open = this.openRow[table.bank[slot]!]!;
    let at = table.next[slot]!;
    while (at !== NONE && (table.row[at] === open) !== wantsHit) at = table.next[at]!;
    return at;
  }

  private forget(bank: number): void {
    const at = this.place[bank]!;
    const last = this.busy[--this.busyCount]!;
    this.busy[at] = last;
    this.place[last] = at;
    this.place[bank] = NONE;
  }
}
