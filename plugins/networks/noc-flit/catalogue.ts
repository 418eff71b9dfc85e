import { InputError } from 'tessera-sim';
import { islip } from './allocators/islip.js';
import { separableInputFirst, separableOutputFirst } from './allocators/separable.js';
import { wavefront } from './allocators/wavefront.js';
import type { Allocator, AllocatorKind, NetworkGraph, Routing, RoutingContext, RoutingFunction, Topology, TopologyOptions } from './contract.js';
import { FlitNetwork } from './engine/flit-network.js';
import { checkRouter, defaultRouter, type RouterParameters } from './engine/parameters.js';
import { checkGraph } from './graph.js';
import { cmeshExpress, cmeshNoExpress } from './routing/cmesh.js';
import { meshDimensionOrder, meshMinAdapt, meshMinAdaptBooksim, meshRomm, meshValiant, meshValiantSplit, meshXyYx } from './routing/cube.js';
import { minimalAnynet, shortestPath } from './routing/table.js';
import { torusDimensionOrder, torusMinAdapt, torusMinAdaptBooksim, torusValiant, torusValiantSplit } from './routing/torus.js';
import { destinationTag, fatTreeNca, treeNca } from './routing/trees.js';
import { anynet } from './topologies/anynet.js';
import { cmesh } from './topologies/cmesh.js';
import { mesh, ring, torus } from './topologies/cube.js';
import { crossbar, fly } from './topologies/fly.js';
import { bus, fattree, tree } from './topologies/tree.js';

/** What there is to choose from: the built-in strategies and those that other plugins registered. */
export interface Catalogue {
  readonly topologies: readonly Topology[];
  readonly routings: readonly Routing[];
  readonly allocators: readonly AllocatorKind[];
}

export const builtIn: Catalogue = {
  topologies: [mesh, torus, ring, cmesh, fly, crossbar, bus, tree, fattree, anynet],
  routings: [
    meshDimensionOrder,
    meshXyYx,
    meshMinAdapt,
    meshMinAdaptBooksim,
    meshValiant,
    meshValiantSplit,
    meshRomm,
    torusDimensionOrder,
    torusMinAdapt,
    torusMinAdaptBooksim,
    torusValiant,
    torusValiantSplit,
    cmeshNoExpress,
    cmeshExpress,
    destinationTag,
    treeNca,
    fatTreeNca,
    minimalAnynet,
    shortestPath,
  ],
  allocators: [islip, separableInputFirst, separableOutputFirst, wavefront],
};

/** The built-in strategies with others added; a later one of the same name and topology goes before. */
export function extendCatalogue(more: Partial<Catalogue>): Catalogue {
  return {
    topologies: [...(more.topologies ?? []), ...builtIn.topologies],
    routings: [...(more.routings ?? []), ...builtIn.routings],
    allocators: [...(more.allocators ?? []), ...builtIn.allocators],
  };
}

export interface NetworkDescription {
  readonly topology: string;
  readonly options: TopologyOptions;
  /** Default: the first routing known for the topology. */
  readonly routing?: string;
  readonly router?: Partial<RouterParameters>;
}

export interface BuiltNetwork {
  readonly network: FlitNetwork;
  readonly graph: NetworkGraph;
  readonly routing: Routing;
  readonly router: RouterParameters;
}

/**
 * Make a network from names. `choose(bound)` is the source of random choices of the routing function.
 * Throws InputError naming the option that does not fit, with what would.
 */
export function buildNetwork(
  description: NetworkDescription,
  choose: (bound: number) => number,
  catalogue: Catalogue = builtIn,
  fastStages = true,
): BuiltNetwork {
  const router: RouterParameters = { ...defaultRouter, ...description.router };
  checkRouter(router);
  const graph = buildGraph(description, catalogue);
  const routing = findRouting(description, catalogue);
  if (router.numVcs < routing.minVcs) {
    throw new InputError({
      path: 'numVcs',
      message: `routing ${routing.name} on ${description.topology} needs at least ${routing.minVcs} virtual channels, got ${router.numVcs}`,
    });
  }
  const context: RoutingContext = { graph, options: description.options, numVcs: router.numVcs, choose };
  const network = new FlitNetwork({ graph, router, routing: routing.create(context), makeAllocator: allocatorMaker(catalogue, router), fastStages });
  return { network, graph, routing, router };
}

export function buildGraph(description: NetworkDescription, catalogue: Catalogue): NetworkGraph {
  const graph = find(catalogue.topologies, description.topology, 'topology').build(description.options);
  checkGraph(graph, description.topology);
  const factor = description.router?.linkCycles ?? 1;
  return factor === 1 ? graph : { ...graph, channels: graph.channels.map((channel) => ({ ...channel, latencyCycles: channel.latencyCycles * factor })) };
}

export function findRouting(description: NetworkDescription, catalogue: Catalogue): Routing {
  const fitting = catalogue.routings.filter((routing) => routing.topologies.length === 0 || routing.topologies.includes(description.topology));
  return description.routing === undefined ? fitting[0]! : find(fitting, description.routing, 'routing', ` of topology ${description.topology}`);
}

export function createRouting(
  description: NetworkDescription,
  graph: NetworkGraph,
  numVcs: number,
  choose: (bound: number) => number,
  catalogue: Catalogue,
): RoutingFunction {
  return findRouting(description, catalogue).create({ graph, options: description.options, numVcs, choose });
}

function allocatorMaker(catalogue: Catalogue, router: RouterParameters): (name: string, inputs: number, outputs: number, iterations: number) => Allocator {
  find(catalogue.allocators, router.vcAllocator, 'vcAllocator');
  find(catalogue.allocators, router.switchAllocator, 'switchAllocator');
  return (name, inputs, outputs, iterations) => find(catalogue.allocators, name, 'allocator').create(inputs, outputs, iterations);
}

function find<T extends { readonly name: string }>(list: readonly T[], name: string, what: string, of = ''): T {
  const found = list.find((candidate) => candidate.name === name);
  if (found === undefined) {
    const names = [...new Set(list.map((candidate) => candidate.name))];
    throw new InputError({ path: what, message: `there is no ${what} '${name}'${of}`, expected: `one of ${names.join(', ')}` });
  }
  return found;
}
