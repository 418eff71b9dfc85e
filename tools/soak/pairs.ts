import { buildGraph, builtIn, checkDeadlockFreedom, type Catalogue, type NetworkDescription, type Routing, type TopologyOptions } from 'tessera-sim/noc-flit';

/** BookSim anynet text: five routers in a closed chain with a link of 3 cycles, seven nodes. */
export const closedGraph = [
  'router 0 node 0 node 1 router 1 router 4 3',
  'router 1 node 2 router 2',
  'router 2 node 3 node 4 router 3',
  'router 3 node 5 router 4 2',
  'router 4 node 6',
].join('\n');

/** The same chain, open. */
export const openGraph = closedGraph.replace('router 4 3', '').replace('router 4 2', 'router 4');

/**
 * Sizes of each topology for tests: the first is the one that long runs use. A cmesh is not smaller than k = 4, where a way
 * takes regular and express channels; a crossbar of more than 32 ports has no table-driven stages.
 */
export const sizesOf: Readonly<Record<string, readonly TopologyOptions[]>> = {
  mesh: [
    { k: 4, n: 2 },
    { k: 3, n: 2, concentration: 3 },
    { k: 2, n: 3 },
  ],
  torus: [
    { k: 4, n: 2 },
    { k: 3, n: 2, concentration: 2 },
  ],
  ring: [{ k: 8 }],
  cmesh: [{ k: 4, c: 4 }],
  fly: [
    { k: 2, n: 3 },
    { k: 16, n: 1 },
  ],
  crossbar: [{ k: 8 }, { k: 40 }],
  bus: [{ k: 6 }],
  tree: [
    { k: 2, n: 4 },
    { k: 3, n: 2 },
  ],
  fattree: [{ k: 2, n: 4 }],
  anynet: [{ text: openGraph }, { text: closedGraph }],
};

/** A topology of some size with a routing that understands it. */
export interface Pair {
  /** `topology routing`, with the size when it is not the topology's first. */
  readonly name: string;
  readonly description: NetworkDescription;
  readonly routing: Routing;
}

/** Virtual channels of all pairs: enough for every routing. */
export const PAIR_VCS = 4;

/** Every topology of the catalogue with every routing for it: in its first size, or in all of them. */
export function everyPair(sizes: 'first' | 'all', catalogue: Catalogue = builtIn): Pair[] {
  return catalogue.topologies.flatMap((topology) => {
    const known = sizesOf[topology.name] ?? [];
    const fitting = catalogue.routings.filter((routing) => routing.topologies.length === 0 || routing.topologies.includes(topology.name));
    return (sizes === 'first' ? known.slice(0, 1) : known).flatMap((options, index) =>
      fitting.map((routing) => pairOf(topology.name, options, index, routing)),
    );
  });
}

function pairOf(topology: string, options: TopologyOptions, index: number, routing: Routing): Pair {
  const size = index === 0 ? '' : ` (size ${index + 1})`;
  return { name: `${topology} ${routing.name}${size}`, description: { topology, routing: routing.name, options }, routing };
}

/** True when packets of this pair can wait for each other in a circle. */
export function canDeadlock({ description, routing }: Pair, numVcs = PAIR_VCS, waitForTailCredit = false): boolean {
  return !checkDeadlockFreedom(buildGraph(description, builtIn), description.options, routing, numVcs, waitForTailCredit).free;
}
