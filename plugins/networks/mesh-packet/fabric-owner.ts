import type { Transaction } from 'tessera-sim';
import type { Reduction } from 'tessera-sim/networks';

/** What ended a packet's wait for an output; numbers of the plugins' milestones. */
export const Waited = { link: 0, credit: 1, port: 2 } as const;
export type Waited = (typeof Waited)[keyof typeof Waited];

/** What the fabric asks of, and reports to, the network around it. */
export interface FabricOwner {
  /** Whether a whole message of this class can leave at a node; a `false` must be followed by `roomAtNode`. */
  canEject(node: number, trafficClass: number): boolean;
  /** The last packet of a message has come out at its node. */
  eject(message: Transaction, node: number): void;
  /** The last packet of a sum has come out at its node. */
  ejectSum(reduction: Reduction, node: number): void;
  /** A packet was added to a partial sum. */
  onCombined(packetBytes: number): void;
  /** A router needs the partial sum of a packet no more. */
  entryFree(router: number): void;
  /** The injection buffer of a node has room. */
  injectionRoom(node: number, trafficClass: number): void;
  /** A packet crosses a link from `cycle` on. */
  onLink(link: number, cycle: number, packetCycles: number, packetBytes: number, message: Transaction): void;
  /** A packet goes on after waiting `cycles`. */
  onGrant(waitedCycles: number): void;
  /** Somebody hears what packets wait for. */
  readonly listens: boolean;
  /** While somebody listens: a packet takes an output in `cycle` that it could have taken in `sinceCycle`. */
  onWaited(message: Transaction, sinceCycle: number, cycle: number, cause: Waited): void;
  /** Packets that ask for an output, after each change. */
  onWaiting(packets: number): void;
}
