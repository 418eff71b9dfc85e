import type { StateExchange } from 'tessera-sim';
/** A set of banks that is quick to walk, add to and take from; its order has no meaning. */
export class BankSet {
  /** The members: `banks[0 .. count)`. */
  readonly banks: Int32Array;
  count = 0;
  private readonly place: Int32Array;

  constructor(size: number) {
    this.banks = new Int32Array(size);
    this.place = new Int32Array(size).fill(-1);
  }

  add(bank: number): void {
    if (this.place[bank]! >= 0) return;
    this.place[bank] = this.count;
    this.banks[this.count++] = bank;
  }

  delete(bank: number): void {
    const at = this.place[bank]!;
    if (at < 0) return;
    const last = this.banks[--this.count]!;
    this.banks[at] = last;
    this.place[last] = at;
    this.place[bank] = -1;
  }

  state(s: StateExchange): void {
    s.numbers(this.banks);
    this.count = s.number(this.count);
    s.numbers(this.place);
  }
}
