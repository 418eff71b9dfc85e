import type { ClockDomain, StateExchange } from 'tessera-sim';
import { NONE } from '../request-table.js';

/** Reads of a line that is being read already: chains hanging from the request that carries them. Grows when it must. */
export class MergedReads {
  private readonly chains: number[] = [];
  private readonly tags: number[] = [];
  private readonly arrivals: number[] = [];
  private readonly links: number[] = [];
  private free = NONE;

  /** A request slot is in use again and has no chain. */
  start(slot: number): void {
    this.chains[slot] = NONE;
  }

  add(slot: number, tag: number, arrival: number): void {
    let entry = this.free;
    if (entry === NONE) entry = this.tags.length;
    else this.free = this.links[entry] as number;
    this.tags[entry] = tag;
    this.arrivals[entry] = arrival;
    this.links[entry] = this.chains[slot] as number;
    this.chains[slot] = entry;
  }

  first(slot: number): number {
    return this.chains[slot] as number;
  }

  next(entry: number): number {
    return this.links[entry] as number;
  }

  tag(entry: number): number {
    return this.tags[entry] as number;
  }

  arrival(entry: number): number {
    return this.arrivals[entry] as number;
  }

  /** Gives the chain's entries back. */
  end(slot: number): void {
    let entry = this.chains[slot] as number;
    while (entry !== NONE) {
      const following = this.links[entry] as number;
      this.links[entry] = this.free;
      this.free = entry;
      entry = following;
    }
    this.chains[slot] = NONE;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.numbers(this.chains);
    s.numbers(this.tags);
    s.cycles(this.arrivals, clock);
    s.numbers(this.links);
    this.free = s.number(this.free);
  }
}
