import type { ClockDomain, StateExchange, Transaction } from 'tessera-sim';

/** Cycle in which each message under way came, by transaction. */
export class Beginnings {
  private readonly cycles: number[] = [];

  set(message: Transaction, cycle: number): void {
    while (this.cycles.length <= message.id) this.cycles.push(-1);
    this.cycles[message.id] = cycle;
  }

  /** Cycle of a message that is no longer under way. */
  take(message: Transaction): number {
    const cycle = this.cycles[message.id]!;
    this.cycles[message.id] = -1;
    return cycle;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.cycles(this.cycles, clock);
  }
}
