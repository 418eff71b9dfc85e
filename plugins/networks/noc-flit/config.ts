import { extensionReference, InputError, type JsonSchema } from 'tessera-sim';
import { builtIn, type NetworkDescription } from './catalogue.js';
import type { RouterParameters } from './engine/parameters.js';
import { allocatorPoint, routingPoint, topologyPoint } from './points.js';

/** Which network it is: routers, links and nodes. */
export interface TopologyConfig {
  readonly topology: string;
  readonly k: number;
  readonly n: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly concentration: number;
  readonly foldedLinks: boolean;
  readonly graph?: string;
}

/** The part of the configuration that describes the network itself: block `noc-flit` and scenario `kind: traffic` share it. */
export interface NocFlitNetworkConfig extends TopologyConfig, RouterParameters {
  readonly routing?: string;
}

const source = 'BookSim2 (Jiang et al., ISPASS 2013)';
const delay = (description: string, least: number, fallback: number): JsonSchema => ({
  type: 'integer',
  minimum: least,
  maximum: 64,
  default: fallback,
  unit: 'cycles',
  description,
  source,
});

/** Names as a strategy states them; a routing may have one name for several topologies. */
function namesOf(strategies: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(strategies.map(({ name }) => name));
}

export const networkProperties: Readonly<Record<string, JsonSchema>> = {
  topology: extensionReference(topologyPoint, {
    builtIn: namesOf(builtIn.topologies),
    default: 'mesh',
    description: 'mesh, torus, ring, cmesh, fly, crossbar, bus, tree, fattree, anynet, or one that a plugin registers',
  }),
  k: {
    type: 'integer',
    minimum: 2,
    maximum: 4096,
    default: 4,
    description: 'Routers per dimension (mesh, torus, ring, cmesh), radix (fly, tree, fattree), nodes (crossbar, bus)',
  },
  n: { type: 'integer', minimum: 1, maximum: 16, default: 2, description: 'Dimensions (mesh, torus), stages (fly), levels (tree, fattree)' },
  columns: {
    type: 'integer',
    minimum: 1,
    maximum: 4096,
    unit: 'routers',
    description: 'Columns of a mesh, torus or ring, as for mesh-packet, in place of k and n',
  },
  rows: { type: 'integer', minimum: 1, maximum: 4096, unit: 'routers', description: 'Rows (default 1); noc-flit needs as many as columns, or one' },
  concentration: {
    type: 'integer',
    minimum: 1,
    maximum: 28,
    default: 1,
    unit: 'nodes',
    description: 'Nodes at a router of mesh, torus or ring: node n is at router floor(n / concentration)',
  },
  routing: extensionReference(routingPoint, {
    builtIn: namesOf(builtIn.routings),
    description: 'Routing function; default: the first of the topology (dim_order, dor_no_express, dest_tag, nca, min); `table` is shortest path on any graph',
  }),
  foldedLinks: { type: 'boolean', default: true, description: 'Long links of torus, ring and cmesh take as many cycles as tiles they span; false: one cycle' },
  graph: { type: 'string', description: 'Graph of topology anynet as text: router 0 node 0 router 1 5 ...' },
  numVcs: { type: 'integer', minimum: 1, maximum: 31, default: 4, description: 'Virtual channels of each port' },
  vcBufferFlits: { type: 'integer', minimum: 1, maximum: 4096, default: 8, unit: 'flits', description: 'Buffer of a virtual channel' },
  routingDelay: delay('Route computation; 0 is lookahead routing', 0, 1),
  vcAllocDelay: delay('Virtual-channel allocation', 1, 1),
  switchAllocDelay: delay('Switch allocation', 1, 1),
  switchPrepareDelay: delay('Preparation of the switch traversal', 0, 0),
  switchFinalDelay: delay('Switch traversal', 0, 1),
  creditDelay: delay('Processing of an arrived credit', 0, 0),
  inputSpeedup: { type: 'integer', minimum: 1, maximum: 16, default: 1, description: 'Crossbar inputs of an input port' },
  outputSpeedup: { type: 'integer', minimum: 1, maximum: 16, default: 1, description: 'Crossbar outputs of an output port' },
  internalSpeedup: { type: 'number', minimum: 1, maximum: 16, default: 1, description: 'Router steps in a cycle' },
  speculative: {
    type: 'boolean',
    default: false,
    description: 'Heads bid for the switch while they wait for a virtual channel',
    source: 'Peh and Dally, HPCA 2001',
  },
  holdSwitchForPacket: { type: 'boolean', default: false, description: 'A packet keeps its crossbar connection while its flits follow each other' },
  waitForTailCredit: { type: 'boolean', default: false, description: 'A virtual channel is free only when its buffer downstream is empty again' },
  vcAllocator: extensionReference(allocatorPoint, {
    builtIn: namesOf(builtIn.allocators),
    default: 'islip',
    description: 'islip, separable_input_first, separable_output_first, wavefront, or one that a plugin registers',
  }),
  switchAllocator: extensionReference(allocatorPoint, { builtIn: namesOf(builtIn.allocators), default: 'islip', description: 'As vcAllocator' }),
  allocatorIterations: { type: 'integer', minimum: 1, maximum: 64, default: 1, description: 'Iterations of iSLIP' },
  linkPhits: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 1,
    description: 'Transfers that a flit takes on a link between routers: flit width over link width',
  },
  linkClockRatio: {
    type: 'number',
    minimum: 0.01,
    maximum: 100,
    default: 1,
    description: 'Clock of the links over the clock of the routers (four decimals); a flit takes linkPhits / linkClockRatio cycles on a link, at least one',
  },
  linkCycles: {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    default: 1,
    unit: 'cycles',
    description: 'Flight time of a link of unit length, for flits and credits: a factor on the latencies of the topology',
  },
};

const SIZED_BY_COLUMNS = ['mesh', 'torus', 'ring'];

/** Routers of a dimension and dimensions, from `columns` and `rows` where they are given. Throws InputError for a rectangle. `at`: what stands before the name of a parameter in a path. */
export function sizeOf(
  { topology, columns, rows = 1, k, n }: Pick<NocFlitNetworkConfig, 'topology' | 'columns' | 'rows' | 'k' | 'n'>,
  at = '',
): { readonly k: number; readonly n: number } {
  if (columns === undefined || !SIZED_BY_COLUMNS.includes(topology)) return { k, n };
  if (rows === 1 || rows === columns) return { k: columns, n: rows === 1 ? 1 : 2 };
  throw new InputError({
    path: `${at}rows`,
    message: `a ${topology} of noc-flit has one row or as many rows as columns, got ${columns} columns and ${rows} rows`,
    expected: 'equal numbers, a network mesh-packet or packet, or topology anynet with the graph',
  });
}

/** The engine's description of a configured network. `graph` is the anynet text, if any. */
export function describeNetwork(config: NocFlitNetworkConfig, graph = config.graph): NetworkDescription {
  return {
    topology: config.topology,
    options: { ...sizeOf(config), concentration: config.concentration, nocLatency: config.foldedLinks, ...(graph === undefined ? {} : { text: graph }) },
    ...(config.routing === undefined ? {} : { routing: config.routing }),
    router: {
      numVcs: config.numVcs,
      vcBufferFlits: config.vcBufferFlits,
      routingDelay: config.routingDelay,
      vcAllocDelay: config.vcAllocDelay,
      switchAllocDelay: config.switchAllocDelay,
      switchPrepareDelay: config.switchPrepareDelay,
      switchFinalDelay: config.switchFinalDelay,
      creditDelay: config.creditDelay,
      inputSpeedup: config.inputSpeedup,
      outputSpeedup: config.outputSpeedup,
      internalSpeedup: config.internalSpeedup,
      speculative: config.speculative,
      holdSwitchForPacket: config.holdSwitchForPacket,
      waitForTailCredit: config.waitForTailCredit,
      vcAllocator: config.vcAllocator,
      switchAllocator: config.switchAllocator,
      allocatorIterations: config.allocatorIterations,
      linkPhits: config.linkPhits,
      linkClockRatio: config.linkClockRatio,
      linkCycles: config.linkCycles,
    },
  };
}
