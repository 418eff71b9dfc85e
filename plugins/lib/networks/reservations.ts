import type { StateExchange, Transaction } from 'tessera-sim';

/** What somebody asks for before it begins: as many places at each of some sites. */
export interface Claim {
  readonly sites: readonly number[];
  readonly places: number;
  /** Node at which it waits. */
  readonly node: number;
}

interface Asking<C> {
  readonly claim: C;
  isGranted: boolean;
}

/**
 * Places at sites, given to whoever leads a group all at once or not at all: nobody holds some and waits for others, so no order of
 * partial claims can close a circle. Whoever has asked longer goes first at each site, so that wide claims are not starved by
 * narrow ones.
 */
export class Reservations<C extends Claim> {
  /** Claims that had to wait. */
  held = 0;
  private readonly free: Int32Array;
  /** Who has asked and not begun, in the order in which they asked. */
  private readonly asking = new Map<Transaction, Asking<C>>();

  /** @param onGranted called when a claim that had to wait may begin */
  constructor(
    sites: number,
    places: number,
    private readonly onGranted: (node: number) => void,
  ) {
    this.free = new Int32Array(sites).fill(places);
  }

  /** Whether the group of this leader has its places; if not, `onGranted` will say when. Asked again, it keeps its turn. */
  ask(leader: Transaction, plan: () => C): boolean {
    let asking = this.asking.get(leader);
    if (asking === undefined) {
      asking = { claim: plan(), isGranted: false };
      this.asking.set(leader, asking);
      this.grant();
      if (!asking.isGranted) this.held++;
    }
    return asking.isGranted;
  }

  /** Takes what `ask` has granted; the places are given back one by one. */
  begin(leader: Transaction): C {
    const { claim } = this.asking.get(leader)!;
    this.asking.delete(leader);
    return claim;
  }

  /** A place at a site is free again. */
  release(site: number, places = 1): void {
    this.free[site]! += places;
    if (this.asking.size > 0) for (const { node } of this.grant()) this.onGranted(node);
  }

  /** Nodes that wait, and for which site. */
  *waiting(): Generator<{ node: number; site: number }> {
    for (const { claim, isGranted } of this.asking.values()) {
      const site = claim.sites.find((candidate) => this.free[candidate]! < claim.places);
      if (!isGranted && site !== undefined) yield { node: claim.node, site };
    }
  }

  /** @param exchange tells a claim; it gets undefined while the state is loaded */
  state(s: StateExchange, exchange: (claim: C | undefined) => C): void {
    this.held = s.number(this.held);
    s.numbers(this.free);
    const asking = [...this.asking];
    s.list(asking, (entry): [Transaction, Asking<C>] => [
      s.transaction(entry?.[0]),
      { claim: exchange(entry?.[1].claim), isGranted: s.flag(entry?.[1].isGranted ?? false) },
    ]);
    if (!s.loading) return;
    this.asking.clear();
    for (const [leader, entry] of asking) this.asking.set(leader, entry);
  }

  private grant(): C[] {
    const claimed = new Set<number>();
    const granted: C[] = [];
    for (const asking of this.asking.values()) {
      if (asking.isGranted) continue;
      const { claim } = asking;
      if (claim.sites.every((site) => !claimed.has(site) && this.free[site]! >= claim.places)) {
        for (const site of claim.sites) this.free[site]! -= claim.places;
        asking.isGranted = true;
        granted.push(claim);
      } else for (const site of claim.sites) claimed.add(site);
    }
    return granted;
  }
}
