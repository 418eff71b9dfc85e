import type { Transaction } from 'tessera-sim';
import type { PlannedReduction } from './plan-reduction.js';
import type { Reduction, ReductionTree } from './reduction.js';
import { Reservations, type Claim } from './reservations.js';

/** The reduction that a response belongs to. */
export interface Membership<Tree extends ReductionTree = ReductionTree> {
  readonly reduction: Reduction<Tree>;
  /** Comes from beyond another network, maybe by another node than its request left by. */
  readonly isStray: boolean;
}

/**
 * The reduction tables of all places where responses meet (routers, or interfaces of nodes). An entry holds the partial sum of one
 * packet. The request of a reduction enters the network only when every place where its responses meet has entries reserved for all
 * their packets. So a response always finds its entry: requests wait, responses never do, and nobody waits for a request that is
 * held but its own requester.
 */
export class Reductions<Tree extends ReductionTree = ReductionTree> {
  /** Packets that were added to a partial sum. */
  packetsCombined = 0;
  started = 0;
  private readonly entries: Reservations<Claim>;
  private readonly memberships = new Map<Transaction, Membership<Tree>>();

  /**
   * @param plan makes the reduction of a group that came in at a node
   * @param onReserved called when a reduction that had to wait may begin
   */
  constructor(
    places: number,
    entries: number,
    private readonly plan: (members: readonly Transaction[], node: number) => PlannedReduction<Tree>,
    onReserved: (node: number) => void,
  ) {
    this.entries = new Reservations(places, entries, onReserved);
  }

  /** Reductions that had to wait for entries. */
  get held(): number {
    return this.entries.held;
  }

  /** Whether responses of reductions are on their way. */
  get isActive(): boolean {
    return this.memberships.size > 0;
  }

  /** Whether the reduction of this group may begin now; if not, `onReserved` will say when. */
  ask(leader: Transaction, group: readonly Transaction[], node: number): boolean {
    return this.entries.ask(leader, () => this.enrol([leader, ...group], node));
  }

  begin(leader: Transaction): void {
    this.entries.begin(leader);
    this.started++;
  }

  /** Reduction that a response belongs to. */
  of(response: Transaction): Membership<Tree> | undefined {
    return this.memberships.get(response);
  }

  /** The same, asked once when it enters. */
  leave(response: Transaction): Membership<Tree> | undefined {
    const membership = this.memberships.get(response);
    if (membership !== undefined) this.memberships.delete(response);
    return membership;
  }

  /** Entries of a place are free again. */
  release(place: number, entries = 1): void {
    this.entries.release(place, entries);
  }

  /** Nodes whose requests wait, and for which place. */
  heldRequests(): Generator<{ node: number; site: number }> {
    return this.entries.waiting();
  }

  private enrol(members: readonly Transaction[], node: number): Claim {
    const { reduction, isStray } = this.plan(members, node);
    members.forEach((member, i) => this.memberships.set(member, { reduction, isStray: isStray[i]! }));
    return { sites: [...reduction.tree.meetings.keys()], places: reduction.packets, node };
  }
}
