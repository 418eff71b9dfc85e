/**
 * Interfaces between which the packets of a multicast or of a sum travel as ordinary packets. Station 0 is the node that sends the
 * multicast, or gets the sum; every other station has one neighbour nearer to it.
 */
export interface RelayTree {
  /** Node of each station; those of stations 1, 2, ... are different nodes. */
  readonly nodes: readonly number[];
  /** Neighbour towards station 0, which comes earlier in the list; -1 for station 0. */
  readonly parents: readonly number[];
  /** Neighbours away from station 0. */
  readonly children: readonly (readonly number[])[];
  /** Stations of the members; others only relay. */
  readonly stationOf: ReadonlyMap<number, number>;
  /** Channels of the tree, without the ways of `apart`. */
  readonly channels: readonly number[];
  /** Members that station 0 reaches by a way of their own, as it is not certain or leaves the tree. */
  readonly apart: readonly number[];
}

/** A router that ways pass. */
interface Vertex {
  readonly router: number;
  /** Channel between this router and the one nearer to the root, -1 at the root. */
  readonly channel: number;
  readonly depth: number;
  readonly branches: Vertex[];
  /** Members whose ways end here. */
  readonly members: number[];
}

/** A station with those behind it. */
interface Station {
  readonly node: number;
  readonly behind: Station[];
  readonly isMember: boolean;
  /** Depth of its farthest member. */
  readonly reach: number;
}

/**
 * Grows a tree from ways that have one end in common, the root. Where ways part (or meet, seen from the other end) the interface of
 * a node relays: of a member if one is at that router, else of the router's lowest node. A router without a node that can both
 * take and send leaves it to the next one nearer to the root.
 */
export class TreeGrowth {
  private readonly root: Vertex;
  private readonly vertices = new Map<number, Vertex>();
  private readonly apart: number[] = [];

  /**
   * @param relayAt node that can relay at a router, -1 for none; `among`: members at that router
   * @param farEnd router at which a channel ends, seen from the root
   */
  constructor(
    private readonly rootNode: number,
    rootRouter: number,
    private readonly relayAt: (router: number, among: readonly number[]) => number,
    private readonly farEnd: (channel: number) => number,
  ) {
    this.root = { router: rootRouter, channel: -1, depth: 0, branches: [], members: [] };
    this.vertices.set(rootRouter, this.root);
  }

  /** Adds a member. `way`: channels from the root on; undefined when it is not certain. */
  add(node: number, way: readonly number[] | undefined): void {
    if (way === undefined || !this.fits(way)) {
      this.apart.push(node);
      return;
    }
    let vertex = this.root;
    for (const channel of way) vertex = this.next(vertex, channel);
    vertex.members.push(node);
  }

  tree(): RelayTree {
    const behind = this.stations(this.root);
    for (const node of this.apart) behind.push({ node, behind: [], isMember: true, reach: 0 });
    const flat = new FlatTree();
    flat.add({ node: this.rootNode, behind, isMember: false, reach: 0 }, -1);
    return { ...flat, apart: this.apart, channels: [...this.vertices.values()].flatMap(({ channel }) => (channel < 0 ? [] : [channel])) };
  }

  /** False when the way reaches a router over another channel than a way before it. */
  private fits(way: readonly number[]): boolean {
    return way.every((channel) => {
      const known = this.vertices.get(this.farEnd(channel));
      return known === undefined || known.channel === channel;
    });
  }

  private next(vertex: Vertex, channel: number): Vertex {
    const router = this.farEnd(channel);
    const known = this.vertices.get(router);
    if (known !== undefined) return known;
    const made: Vertex = { router, channel, depth: vertex.depth + 1, branches: [], members: [] };
    this.vertices.set(router, made);
    vertex.branches.push(made);
    return made;
  }

  /** Stations that must be reached from nearer to the root: one where the router relays. */
  private stations(vertex: Vertex): Station[] {
    const { depth, router, members } = vertex;
    const here = members.map((node): Station => ({ node, behind: [], isMember: true, reach: depth }));
    const all = [...here, ...vertex.branches.flatMap((branch) => this.stations(branch))];
    if (all.length < 2 || depth === 0) return all;
    const relay = this.relayAt(router, members);
    if (relay < 0) return all;
    const behind = all.filter(({ node }) => node !== relay);
    return [{ node: relay, behind, isMember: members.includes(relay), reach: Math.max(...all.map(({ reach }) => reach)) }];
  }
}

/** A tree of stations as lists. */
class FlatTree {
  readonly nodes: number[] = [];
  readonly parents: number[] = [];
  readonly children: number[][] = [];
  readonly stationOf = new Map<number, number>();

  /** Adds a station and all behind it; the copies that go farthest are sent first. Returns its number. */
  add(station: Station, parent: number): number {
    const number = this.nodes.length;
    this.nodes.push(station.node);
    this.parents.push(parent);
    if (station.isMember) this.stationOf.set(station.node, number);
    const children: number[] = [];
    this.children.push(children);
    for (const next of [...station.behind].sort((a, b) => b.reach - a.reach)) children.push(this.add(next, number));
    return number;
  }
}
