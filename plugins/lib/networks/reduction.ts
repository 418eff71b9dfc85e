import type { StateExchange, Transaction } from 'tessera-sim';

/** Where the responses of a reduction meet on their ways to one node. */
export interface ReductionTree {
  /** Places at which responses meet (routers, or nodes whose interfaces add), with the number that come together there. */
  readonly meetings: ReadonlyMap<number, number>;
  /** Links of the tree, each of which carries the sum of all behind it. */
  readonly links: number;
}

/** Which ways a tree is made of. */
export interface ReductionWay {
  /** Nodes at which responses come in, one for each. */
  readonly nodes: readonly number[];
  /** Further responses, which come from somewhere else. */
  readonly strays: number;
  /** Node at which the request came in, and the sum leaves. */
  readonly toNode: number;
}

/** A read of several memories whose responses become one on the way: what is still missing of each packet where they meet. */
export class Reduction<Tree extends ReductionTree = ReductionTree> {
  private readonly missing: ReadonlyMap<number, Int32Array>;
  private packetsLeft: number;

  /**
   * @param members the reads; the requester gets the response of the first
   * @param way what `tree` was made from
   * @param packets packets of one response, and so of the sum
   */
  constructor(
    readonly members: readonly Transaction[],
    readonly tree: Tree,
    readonly way: ReductionWay,
    readonly packets: number,
  ) {
    this.missing = new Map([...tree.meetings].map(([place, responses]) => [place, new Int32Array(packets).fill(responses)]));
    this.packetsLeft = packets;
  }

  /** Node at which the request came in. */
  get node(): number {
    return this.way.toNode;
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

  state(s: StateExchange): void {
    for (const packets of this.missing.values()) s.numbers(packets);
    this.packetsLeft = s.number(this.packetsLeft);
  }
}

/** One of those that a state speaks of, made anew while it is loaded. */
export function exchangeReduction<Tree extends ReductionTree>(
  s: StateExchange,
  reduction: Reduction<Tree> | undefined,
  treeOf: (way: ReductionWay) => Tree,
): Reduction<Tree> {
  const members = [...(reduction?.members ?? [])];
  s.list(members, (member) => s.transaction(member));
  const nodes = [...(reduction?.way.nodes ?? [])];
  s.numbers(nodes);
  const way = { nodes, strays: s.number(reduction?.way.strays ?? 0), toNode: s.number(reduction?.way.toNode ?? 0) };
  const packets = s.number(reduction?.packets ?? 0);
  const exchanged = reduction !== undefined && !s.loading ? reduction : new Reduction(members, treeOf(way), way, packets);
  exchanged.state(s);
  return exchanged;
}
