import type { TrafficClass, Transaction } from 'tessera-sim';
import type { NodePorts } from 'tessera-sim/networks';
import type { Cutting } from './cutting.js';

/** What multicasts and sums ask of the network that they are part of. */
export interface GroupHost {
  readonly ports: NodePorts;
  readonly cutting: Cutting;
  /** Cycle of the network now. */
  readonly cycle: number;
  inject(from: number, to: number, flits: number, tag: number): void;
  /** A message is whole at its node; `from`: where it came in. When the node has taken it, `place.free` is called. */
  arrived(message: Transaction, node: number, from: number, place: Place): void;
  /** A message of a node is out of the network. */
  left(node: number, trafficClass: TrafficClass): void;
  /** A response has gone into a sum, which travels as another one. */
  usedUp(response: Transaction): void;
  /** A group that waits at a node may go on. */
  mayGoOn(node: number): void;
  /** An interface has added a packet to others. */
  onCombined(flits: number): void;
}

/** Where a message waits at its node. */
export interface Place {
  free(node: number): void;
}
