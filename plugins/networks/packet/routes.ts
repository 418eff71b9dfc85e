import { InputError } from 'tessera-sim';
import type { NetworkGraph } from 'tessera-sim/noc-flit';

/** How a route chooses among links that are equally near to the destination. */
export type TieBreak =
  /** The lowest port: dimension order where ports are numbered by dimension. */
  | 'first-port'
  /** Another link for each digit of the destination, so that destinations spread over the roots of a fat tree. */
  | 'by-destination';

/** Links of shortest paths, one table for each destination, made when it is first asked for. */
export class Routes {
  private readonly tables: (Int32Array | undefined)[] = [];
  private readonly distances: (Int32Array | undefined)[] = [];
  /** Links that leave and enter each router, by port. */
  private readonly leaving: number[][];
  private readonly entering: number[][];

  constructor(
    private readonly graph: NetworkGraph,
    private readonly tieBreak: TieBreak,
  ) {
    this.leaving = Array.from({ length: graph.routers }, () => []);
    this.entering = Array.from({ length: graph.routers }, () => []);
    graph.channels.forEach(({ from, to }, link) => {
      this.leaving[from.router]?.push(link);
      this.entering[to.router]?.push(link);
    });
    const port = (link: number): number => graph.channels[link]?.from.port ?? 0;
    for (const links of this.leaving) links.sort((a, b) => port(a) - port(b));
  }

  /** Link to take at `router` towards router `destination`. InputError when there is no way. */
  next(router: number, destination: number): number {
    const link = (this.tables[destination] ??= this.makeTable(destination))[router] ?? -1;
    if (link < 0) throw new InputError({ path: 'graph', message: `no way leads from router ${router} to router ${destination}` });
    return link;
  }

  hops(from: number, to: number): number {
    return this.distancesTo(to)[from] ?? -1;
  }

  private distancesTo(destination: number): Int32Array {
    return (this.distances[destination] ??= this.search(destination));
  }

  /** Breadth-first against the direction of the links. */
  private search(destination: number): Int32Array {
    const distance = new Int32Array(this.graph.routers).fill(-1);
    distance[destination] = 0;
    const queue = [destination];
    for (let head = 0; head < queue.length; head++) {
      const router = queue[head] as number;
      for (const link of this.entering[router] ?? []) {
        const before = this.graph.channels[link]!.from.router;
        if (distance[before] !== -1) continue;
        distance[before] = distance[router]! + 1;
        queue.push(before);
      }
    }
    return distance;
  }

  private makeTable(destination: number): Int32Array {
    const distance = this.distancesTo(destination);
    return Int32Array.from({ length: this.graph.routers }, (_, router) => {
      const left = distance[router]!;
      if (left <= 0) return -1;
      const nearer = this.leaving[router]!.filter((link) => distance[this.graph.channels[link]!.to.router] === left - 1);
      return nearer[this.choice(nearer.length, left, destination)] ?? -1;
    });
  }

  private choice(candidates: number, left: number, destination: number): number {
    if (candidates < 2 || this.tieBreak === 'first-port') return 0;
    const digits = Math.max(1, Math.ceil(Math.log(this.graph.routers) / Math.log(candidates)));
    return Math.floor(destination / candidates ** (left % digits)) % candidates;
  }
}
