import type { StateExchange } from 'tessera-sim';
import type { EjectionListener } from './ejected-packet.js';
import type { StallCounts } from './stall-counts.js';

/** What carries packets from node to node: the routers, or what is left of them when packets are alone. Times are cycles. */
export interface PacketCarrier {
  readonly nodes: number;
  /** The next cycle to be worked on. */
  readonly now: number;
  readonly stalls: StallCounts;
  onEjection(listener: EjectionListener): void;
  /** Queues a packet at `source` now. `tag` comes back at ejection. */
  inject(source: number, destination: number, flits: number, tag: number): void;
  /** The next cycle in which anything happens, -1 when there is none. */
  nextEventCycle(): number;
  /** Works on all cycles before `cycle`. */
  advance(cycle: number): void;
  /** Saves or loads, relative to the present cycle; `now`: cycle in which it goes on when it is loaded. */
  exchange(s: StateExchange, now: number): void;
}
