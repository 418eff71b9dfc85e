import type { StateExchange } from 'tessera-sim';
import { CLOSED } from '../device/device.js';
import { BankSet } from './bank-set.js';
import { NONE, type RequestTable } from './request-table.js';

/**
 * One queue of a controller, sorted into a list per bank in order of acceptance. For a bank with an open row it knows the
 * oldest request that hits the row and the oldest that does not, which are the only two that first-ready scheduling can
 * choose from: this is what makes a scheduling decision cost one step per bank with work instead of one per request.
 */
export class BankLists {
  count = 0;
  /** Oldest request per bank, NONE if the bank has none. */
  readonly head: Int32Array;
  /** Oldest request to the open row, and oldest to another row. Both NONE while the bank is closed. */
  readonly hit: Int32Array;
  readonly miss: Int32Array;
  /** Closed banks with requests, banks with a hit, banks with a miss. */
  readonly shutBanks: BankSet;
  readonly hitBanks: BankSet;
  readonly missBanks: BankSet;

  private readonly tail: Int32Array;

  constructor(
    private readonly table: RequestTable,
    private readonly openRow: Int32Array,
  ) {
    const banks = openRow.length;
    this.head = new Int32Array(banks).fill(NONE);
    this.tail = new Int32Array(banks).fill(NONE);
    this.hit = new Int32Array(banks).fill(NONE);
    this.miss = new Int32Array(banks).fill(NONE);
    this.shutBanks = new BankSet(banks);
    this.hitBanks = new BankSet(banks);
    this.missBanks = new BankSet(banks);
  }

  push(slot: number): void {
    const { table } = this;
    const bank = table.bank[slot]!;
    const last = this.tail[bank]!;
    table.previous[slot] = last;
    table.next[slot] = NONE;
    this.tail[bank] = slot;
    if (last === NONE) this.head[bank] = slot;
    else table.next[last] = slot;
    this.count++;
    const open = this.openRow[bank]!;
    if (open === CLOSED) this.shutBanks.add(bank);
    if (open < 0) return;
    if (table.row[slot] === open) {
      if (this.hit[bank] === NONE) this.setHit(bank, slot);
    } else if (this.miss[bank] === NONE) {
      this.setMiss(bank, slot);
    }
  }

  remove(slot: number): void {
    const { table } = this;
    const bank = table.bank[slot]!;
    if (this.hit[bank] === slot) this.setHit(bank, this.following(slot, true));
    if (this.miss[bank] === slot) this.setMiss(bank, this.following(slot, false));
    const before = table.previous[slot]!;
    const after = table.next[slot]!;
    if (before === NONE) this.head[bank] = after;
    else table.next[before] = after;
    if (after === NONE) this.tail[bank] = before;
    else table.previous[after] = before;
    this.count--;
    if (this.head[bank] === NONE) this.shutBanks.delete(bank);
  }

  /** The bank is no longer closed, but no row is open yet. */
  opening(bank: number): void {
    this.shutBanks.delete(bank);
  }

  /** A row of the bank was opened: finds the first hit and the first miss. */
  opened(bank: number, row: number): void {
    const { table } = this;
    this.shutBanks.delete(bank);
    let hit = NONE;
    let miss = NONE;
    for (let slot = this.head[bank]!; slot !== NONE && (hit === NONE || miss === NONE); slot = table.next[slot]!) {
      if (table.row[slot] === row) {
        if (hit === NONE) hit = slot;
      } else if (miss === NONE) {
        miss = slot;
      }
    }
    if (hit !== NONE) this.setHit(bank, hit);
    if (miss !== NONE) this.setMiss(bank, miss);
  }

  closed(bank: number): void {
    if (this.head[bank] === NONE) return;
    if (this.hit[bank] !== NONE) this.setHit(bank, NONE);
    if (this.miss[bank] !== NONE) this.setMiss(bank, NONE);
    this.shutBanks.add(bank);
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

  private setHit(bank: number, slot: number): void {
    this.hit[bank] = slot;
    if (slot === NONE) this.hitBanks.delete(bank);
    else this.hitBanks.add(bank);
  }

  private setMiss(bank: number, slot: number): void {
    this.miss[bank] = slot;
    if (slot === NONE) this.missBanks.delete(bank);
    else this.missBanks.add(bank);
  }

  /** The requests themselves are the table's. */
  state(s: StateExchange): void {
    this.count = s.number(this.count);
    s.numbers(this.head);
    s.numbers(this.tail);
    s.numbers(this.hit);
    s.numbers(this.miss);
    this.shutBanks.state(s);
    this.hitBanks.state(s);
    this.missBanks.state(s);
  }
}
