import type { NetworkGraph, RouterParameters } from 'tessera-sim/noc-flit';

/** Lower bounds of a packet's way: no packet can visit fewer routers or be quicker, whatever its routing. */
export class ZeroLoad {
  private readonly nodes: number;
  private readonly fewestHops: Float64Array;
  private readonly linkCycles: Float64Array;
  private readonly headCycles: number;
  private readonly bodyCycles: number;

  constructor(
    private readonly graph: NetworkGraph,
    router: RouterParameters,
  ) {
    this.nodes = graph.terminals.length;
    this.headCycles = headCyclesOf(router);
    this.bodyCycles = bodyCyclesOf(router);
    const hops = shortestWays(graph, () => 1);
    const links = shortestWays(graph, (latencyCycles) => latencyCycles);
    this.fewestHops = this.betweenNodes((from, to) => 1 + hops[from]![to]!);
    this.linkCycles = this.betweenNodes((from, to) => links[from]![to]!);
  }

  hops(source: number, destination: number): number {
    return this.fewestHops[source * this.nodes + destination]!;
  }

  /** Cycles from creation to the ejection of the tail, for a packet that visited `hops` routers. */
  cycles(source: number, destination: number, flits: number, hops: number): number {
    return this.wireCycles(source, destination) + hops * this.headCycles + flits - 1;
  }

  /** Sum over the flits of the cycles that each is under way; those behind the head need neither route nor virtual channel. */
  flitCycles(source: number, destination: number, flits: number, hops: number): number {
    return flits * this.wireCycles(source, destination) + hops * (this.headCycles + (flits - 1) * this.bodyCycles);
  }

  /** Cycles on channels, from the injection channel to ejection. */
  private wireCycles(source: number, destination: number): number {
    const { injectLatencyCycles } = this.graph.terminals[source]!;
    const { ejectLatencyCycles } = this.graph.terminals[destination]!;
    return 1 + injectLatencyCycles + this.linkCycles[source * this.nodes + destination]! + ejectLatencyCycles;
  }

  private betweenNodes(value: (fromRouter: number, toRouter: number) => number): Float64Array {
    const { nodes, graph } = this;
    const routerAt = (node: number): number => graph.terminals[node]!.router;
    return Float64Array.from({ length: nodes * nodes }, (_, pair) => value(routerAt(Math.floor(pair / nodes)), graph.terminals[pair % nodes]!.outRouter));
  }
}

/**
 * Stages of a head in one router without its link. A speculative bid is made in the cycle of VC allocation and won in it, whatever
 * the delay of switch allocation. A router with an internal speedup does several stages before the crossing in a cycle.
 */
function headCyclesOf(router: RouterParameters): number {
  const { vcAllocDelay, switchAllocDelay } = router;
  const allocation = router.speculative ? vcAllocDelay : vcAllocDelay + switchAllocDelay;
  return Math.floor((router.routingDelay + allocation) / router.internalSpeedup) + router.switchPrepareDelay + router.switchFinalDelay;
}

/** Stages of a flit behind its head. */
function bodyCyclesOf(router: RouterParameters): number {
  return Math.floor(router.switchAllocDelay / router.internalSpeedup) + router.switchPrepareDelay + router.switchFinalDelay;
}

/** Least sum of weights from every router to every other (Floyd 1962). */
function shortestWays(graph: NetworkGraph, weightOf: (latencyCycles: number) => number): Float64Array[] {
  const ways = Array.from({ length: graph.routers }, (_, router) => new Float64Array(graph.routers).fill(Infinity).fill(0, router, router + 1));
  for (const { from, to, latencyCycles } of graph.channels) {
    const way = ways[from.router]!;
    way[to.router] = Math.min(way[to.router]!, weightOf(latencyCycles));
  }
  ways.forEach((onward, via) => {
    for (const way of ways) {
      for (let to = 0; to < way.length; to++) way[to] = Math.min(way[to]!, way[via]! + onward[to]!);
    }
  });
  return ways;
}
