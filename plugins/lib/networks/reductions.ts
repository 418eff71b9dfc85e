import type { StateExchange, Transaction } from 'tessera-sim';
import type { NodePorts } from './node-ports.js';
import { planReduction, type ReductionShape } from './plan-reduction.js';
import { exchangeReduction, type Reduction, type ReductionTree } from './reduction.js';
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
  /** Those of the state at hand, by number. */
  private told: Reduction<Tree>[] = [];

  /**
   * @param places where responses may meet
   * @param path of the network, for messages
   * @param onReserved called when a reduction that had to wait may begin
   */
  constructor(
    places: number,
    private readonly shape: ReductionShape<Tree>,
    private readonly ports: NodePorts,
    private readonly path: string,
    onReserved: (node: number) => void,
  ) {
    this.entries = new Reservations(places, shape.entries, onReserved);
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

  /** @param further reductions whose responses are all on their way, so that only the network itself still speaks of them */
  state(s: StateExchange, further: Iterable<Reduction<Tree>>): void {
    this.packetsCombined = s.number(this.packetsCombined);
    this.started = s.number(this.started);
    this.told = [...new Set([...[...this.memberships.values()].map(({ reduction }) => reduction), ...further])];
    s.list(this.told, (reduction) => exchangeReduction(s, reduction, ({ nodes, strays, toNode }) => this.shape.tree(nodes, strays, toNode)));
    this.exchangeMemberships(s);
    this.entries.state(s, (claim) => exchangeClaim(s, claim));
  }

  /** A reduction of the state at hand, by its number there. */
  reference(s: StateExchange, reduction: Reduction<Tree> | undefined): Reduction<Tree> {
    const number = s.number(reduction === undefined ? -1 : this.told.indexOf(reduction));
    return s.loading ? this.told[number]! : reduction!;
  }

  optionalMembership(s: StateExchange, membership: Membership<Tree> | undefined): Membership<Tree> | undefined {
    if (!s.flag(membership !== undefined)) return undefined;
    return { reduction: this.reference(s, membership?.reduction), isStray: s.flag(membership?.isStray ?? false) };
  }

  private exchangeMemberships(s: StateExchange): void {
    const entries = [...this.memberships];
    s.list(entries, (entry): [Transaction, Membership<Tree>] => [s.transaction(entry?.[0]), this.optionalMembership(s, entry?.[1])!]);
    if (!s.loading) return;
    this.memberships.clear();
    for (const [response, membership] of entries) this.memberships.set(response, membership);
  }

  private enrol(members: readonly Transaction[], node: number): Claim {
    const { reduction, isStray } = planReduction(members, node, this.ports, this.shape, this.path);
    members.forEach((member, i) => this.memberships.set(member, { reduction, isStray: isStray[i]! }));
    return { sites: [...reduction.tree.meetings.keys()], places: reduction.packets, node };
  }
}

function exchangeClaim(s: StateExchange, claim: Claim | undefined): Claim {
  const sites = [...(claim?.sites ?? [])];
  s.numbers(sites);
  return { sites, places: s.number(claim?.places ?? 0), node: s.number(claim?.node ?? 0) };
}
