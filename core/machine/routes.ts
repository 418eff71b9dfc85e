import type { Port } from '../model/port.js';

/** A block as routing sees it. */
export interface RouteNode {
  readonly ports: readonly Port[];
  /** Messages for other blocks pass through. */
  readonly forwards: boolean;
}

/**
 * Through which of its ports a block reaches another by the fewest hops. Only networks, links and caches forward. Tables
 * are made per destination when first asked for; ties go to the port declared first.
 */
export class RouteTable {
  /** Block id behind each port of each block. */
  private readonly neighbours: readonly (readonly number[])[];
  private readonly byDestination = new Map<number, readonly (Port | undefined)[]>();

  /**
   * @param nodes    by block id
   * @param neighbour block id at the other end of a port, -1 for an open port
   */
  constructor(
    private readonly nodes: readonly RouteNode[],
    neighbour: (port: Port) => number,
  ) {
    this.neighbours = nodes.map((node) => node.ports.map(neighbour));
  }

  portToward(from: number, destination: number): Port | undefined {
    let table = this.byDestination.get(destination);
    if (table === undefined) {
      table = this.routesTo(destination);
      this.byDestination.set(destination, table);
    }
    return table[from];
  }

  private routesTo(destination: number): readonly (Port | undefined)[] {
    const distance = this.distancesTo(destination);
    return this.nodes.map((node, id) => {
      if (id === destination) return undefined;
      let best: Port | undefined;
      let bestDistance = Infinity;
      const neighbours = this.neighbours[id]!;
      for (let index = 0; index < neighbours.length; index++) {
        const next = neighbours[index]!;
        if (next < 0 || !(next === destination || this.nodes[next]?.forwards === true)) continue;
        const reached = distance[next] ?? Infinity;
        if (reached >= bestDistance) continue;
        best = node.ports[index];
        bestDistance = reached;
      }
      return best;
    });
  }

  /** Breadth-first from the destination; a block that does not forward is a leaf. */
  private distancesTo(destination: number): number[] {
    const distance = new Array<number>(this.nodes.length).fill(Infinity);
    distance[destination] = 0;
    const queue = [destination];
    for (let head = 0; head < queue.length; head++) {
      const id = queue[head] as number;
      if (id !== destination && this.nodes[id]?.forwards !== true) continue;
      for (const next of this.neighbours[id] ?? []) {
        if (next < 0 || distance[next] !== Infinity) continue;
        distance[next] = (distance[id] as number) + 1;
        queue.push(next);
      }
    }
    return distance;
  }
}
