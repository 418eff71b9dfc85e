import { BankArray } from './bank-array.js';

/** Banks that never keep a word waiting: each stream takes a beat a cycle, wherever its words lie. */
export class IdealBankArray extends BankArray {
  override runTo(cycle: number): void {
    while (this.cycle < cycle && this.activeStreams > 0) this.skip(Math.min(cycle, this.earliestEnd) - this.cycle);
    this.cycle = cycle;
  }
}
