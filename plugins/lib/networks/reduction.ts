import type { Transaction } from 'tessera-sim';

/** Where the responses of a reduction meet on their ways to one node. */
export interface ReductionTree {
  /** Places at which responses meet (routers, or nodes whose interfaces add), with the number that come together there. */
  readonly meetings: ReadonlyMap<number, number>;
  /** Links of the tree, each of which carries the sum of all behind it. */
  readonly links: number;
}

/** A read of several memories whose responses become one on the way: what is still missing of each packet where they meet. */
export class Reduction<Tree extends ReductionTree = ReductionTree> {
  private readonly missing: ReadonlyMap<number, Int32Array>;
  private packetsLeft: number;

  /**
   * @param members the reads; the requester gets the response of the first
   * @param packets packets of one response, and so of the sum
   * @param node at which the request came in
   */
  constructor(
    readonly members: readonly Transaction[],
    readonly tree: Tree,
    readonly packets: number,
    readonly node: number,
  ) {
    this.missing = new Map([...tree.meetings].map(([place, responses]) => [place, new Int32Array(packets).fill(responses)]));
    this.packetsLeft = packets;
  }

  get leader(): Transaction {
    return this.members[0]!;
  }

  /** Adds a packet at a place where it meets others; true when it was the last that was missing there. */
  add(place: number, sequence: number): boolean {
    return --this.missing.get(place)![sequence]! === 0;
  }

  /** Notes that a packet of the sum has come out; true when it was the last one. They may come in any order. */
  packetArrived(): boolean {
    return --this.packetsLeft === 0;
  }
}
