import { InputError } from 'tessera-sim';
import type { NetworkGraph, RouteQuery, RouteSet, Routing, RoutingContext, RoutingFunction } from '../contract.js';

/** Shortest path in routers (then in cycles, then lowest port) from every router to every node, as a table. */
class ShortestPathTable implements RoutingFunction {
  readonly maxRequests = 1;
  private readonly ports: Int16Array;
  private readonly nodes: number;
  private readonly last: number;

  constructor(context: RoutingContext) {
    this.nodes = context.graph.terminals.length;
    this.last = context.numVcs - 1;
    this.ports = shortestPorts(context.graph);
  }

  route(query: RouteQuery, set: RouteSet): void {
    set.add(this.ports[query.router * this.nodes + query.destination]!, 0, this.last, 0);
  }
}

/** Output port per router * nodes + node; breadth-first from each destination over the reversed channels. */
function shortestPorts(graph: NetworkGraph): Int16Array {
  const nodes = graph.terminals.length;
  const into: { from: number; port: number; cycles: number }[][] = Array.from({ length: graph.routers }, () => []);
  for (const channel of graph.channels) into[channel.to.router]!.push({ from: channel.from.router, port: channel.from.port, cycles: channel.latencyCycles });
  for (const list of into) list.sort((a, b) => a.port - b.port);
  const table = new Int16Array(graph.routers * nodes).fill(-1);
  graph.terminals.forEach((terminal, node) =>
    fillTowards(graph, into, terminal.outRouter, (router, port) => {
      table[router * nodes + node] = router === terminal.outRouter ? terminal.outPort : port;
    }),
  );
  graph.terminals.forEach((terminal, source) => {
    const node = graph.terminals.findIndex((_, candidate) => table[terminal.router * nodes + candidate]! < 0);
    if (node >= 0) throw new InputError({ message: `there is no path from node ${source} to node ${node}` });
  });
  return table;
}

function fillTowards(
  graph: NetworkGraph,
  into: readonly { from: number; port: number; cycles: number }[][],
  goal: number,
  set: (router: number, port: number) => void,
): void {
  const hops = new Float64Array(graph.routers).fill(Infinity);
  const cycles = new Float64Array(graph.routers).fill(Infinity);
  hops[goal] = 0;
  cycles[goal] = 0;
  set(goal, -1);
  let frontier = [goal];
  while (frontier.length > 0) {
    const next: number[] = [];
    for (const router of frontier) {
      for (const edge of into[router]!) {
        const closer = hops[router]! + 1 < hops[edge.from]!;
        const quicker = hops[router]! + 1 === hops[edge.from]! && cycles[router]! + edge.cycles < cycles[edge.from]!;
        if (!closer && !quicker) continue;
        if (closer) next.push(edge.from);
        hops[edge.from] = hops[router]! + 1;
        cycles[edge.from] = cycles[router]! + edge.cycles;
        set(edge.from, edge.port);
      }
    }
    frontier = next;
  }
}

export const shortestPath: Routing = {
  name: 'table',
  summary: 'shortest path from a table, all VCs; on any graph (check for deadlock)',
  topologies: [],
  minVcs: 1,
  create: (context) => new ShortestPathTable(context),
};
export const minimalAnynet: Routing = { ...shortestPath, name: 'min', topologies: ['anynet'] };
