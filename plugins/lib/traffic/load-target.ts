import type { EjectionListener } from 'tessera-sim/noc-flit';

/** A network under load: the flit engine itself, or a block with a bench at each port. Times are cycles, lengths flits. */
export interface LoadTarget {
  readonly nodes: number;
  readonly now: number;
  readonly flitsInjected: number;
  readonly flitsEjected: number;
  /** Work done so far, for the progress. */
  readonly flitHops: number;
  readonly packetsInFlight: number;
  /** Puts a packet into its source's unbounded queue; `cycle`: when it was created, default now. */
  inject(source: number, destination: number, flits: number, tag?: number, cycle?: number): void;
  /** Works on all cycles before `until`. */
  advance(until: number): void;
  /** Cycle of the next event, -1 for none. */
  nextEventCycle(): number;
  /** Flits under way, and the sum of their ages. */
  inFlightAges(): { readonly flits: number; readonly cycles: number };
  onEjection(listener: EjectionListener): void;
}
