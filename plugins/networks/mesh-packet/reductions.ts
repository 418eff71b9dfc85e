import type { Transaction } from '../../../core/index.js';
import type { Reduction } from './reduction.js';

/** The reduction that a response belongs to. */
export interface Membership {
  readonly reduction: Reduction;
  /** Comes from beyond another network, maybe by another node than its request left by. */
  readonly isStray: boolean;
}

/**
 * The reduction tables of all routers. An entry holds the partial sum of one packet. The request of a reduction enters the network
 * only when every router where its responses meet has entries reserved for all their packets; it gets all of them at once or
 * none. So a response always finds its entry: requests wait, responses never do, and nobody waits for a request that is held
 * but its own requester. Whoever has asked longer goes first at each router, so that a wide reduction is not starved by narrow ones.
 */
export class Reductions {
  /** Packets that were added to a partial sum. */
  packetsCombined = 0;
  /** Reductions that had to wait for entries. */
  held = 0;
  started = 0;
  private readonly free: Int32Array;
  private readonly memberships = new Map<Transaction, Membership>();
  /** Who has asked and not begun, by leader, in the order in which they asked. */
  private readonly asking = new Map<Transaction, { reduction: Reduction; isReserved: boolean }>();

  /** @param onReserved called when a reduction that had to wait may begin */
  constructor(routers: number, entries: number, private readonly onReserved: (node: number) => void) {
    this.free = new Int32Array(routers).fill(entries);
  }

  /** Whether responses of reductions are on their way. */
  get isActive(): boolean {
    return this.memberships.size > 0;
  }

  /** Whether the reduction of this leader may begin now; if not, `onReserved` will say when. */
  begin(leader: Transaction, plan: () => Reduction): boolean {
    let asking = this.asking.get(leader);
    if (asking === undefined) {
      asking = { reduction: plan(), isReserved: false };
      this.asking.set(leader, asking);
      this.reserve();
      if (!asking.isReserved) this.held++;
    }
    if (!asking.isReserved) return false;
    this.asking.delete(leader);
    this.started++;
    return true;
  }

  enrol(response: Transaction, membership: Membership): void {
    this.memberships.set(response, membership);
  }

  /** Reduction that a response belongs to, asked once when it enters. */
  leave(response: Transaction): Membership | undefined {
    const membership = this.memberships.get(response);
    if (membership !== undefined) this.memberships.delete(response);
    return membership;
  }

  /** An entry of a router is free again. */
  release(router: number): void {
    this.free[router]!++;
    if (this.asking.size > 0) for (const { node } of this.reserve()) this.onReserved(node);
  }

  /** Nodes whose requests wait, and for which router. */
  *heldRequests(): Generator<{ node: number; router: number }> {
    for (const { reduction, isReserved } of this.asking.values()) {
      const router = [...reduction.tree.meetings.keys()].find((candidate) => this.free[candidate]! < reduction.packets);
      if (!isReserved && router !== undefined) yield { node: reduction.node, router };
    }
  }

  private reserve(): Reduction[] {
    const claimed = new Set<number>();
    const reserved: Reduction[] = [];
    for (const asking of this.asking.values()) {
      if (asking.isReserved) continue;
      const { reduction } = asking;
      const routers = [...reduction.tree.meetings.keys()];
      if (routers.every((router) => !claimed.has(router) && this.free[router]! >= reduction.packets)) {
        for (const router of routers) this.free[router]! -= reduction.packets;
        asking.isReserved = true;
        reserved.push(reduction);
      } else for (const router of routers) claimed.add(router);
    }
    return reserved;
  }
}
