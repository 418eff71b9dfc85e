import type { Transaction } from '../../../core/index.js';
import type { ReductionTree } from './trees.js';

/** A read of several memories whose responses become one on the way: what is still missing of each packet at each router. */
export class Reduction {
  private readonly missing: ReadonlyMap<number, Int32Array>;
  private packetsLeft: number;

  /**
   * @param members the reads; the requester gets the response of the first
   * @param packets packets of one response, and so of the sum
   * @param node at which the request came in
   */
  constructor(
    readonly members: readonly Transaction[],
    readonly tree: ReductionTree,
    readonly packets: number,
    readonly node: number,
  ) {
    this.missing = new Map([...tree.meetings].map(([router, responses]) => [router, new Int32Array(packets).fill(responses)]));
    this.packetsLeft = packets;
  }

  get leader(): Transaction {
    return this.members[0]!;
  }

  /** Adds a packet at a router; true when it was the last that was missing there. */
  add(router: number, sequence: number): boolean {
    return --this.missing.get(router)![sequence]! === 0;
  }

  /** Notes that a packet of the sum has come out; true when it was the last one. They may come in any order. */
  packetArrived(): boolean {
    return --this.packetsLeft === 0;
  }
}

/** A packet of a response to a reduction, from then on that of the partial sum that it carries. */
export class Contribution {
  private stagedRouter = -1;

  /** @param isStray meets the others at the last router only */
  constructor(
    readonly reduction: Reduction,
    readonly sequence: number,
    private readonly isStray: boolean,
  ) {}

  meetsOthersAt(router: number, lastRouter: number): boolean {
    return this.reduction.tree.meetings.has(router) && (!this.isStray || router === lastRouter);
  }

  /** Enters the adder of a router; false when it is in there already. */
  enterAdder(router: number): boolean {
    if (this.stagedRouter === router) return false;
    this.stagedRouter = router;
    return true;
  }
}
