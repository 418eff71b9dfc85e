import type { Topology } from 'tessera-sim/mesh-packet';
import { routerPlaces, type NetworkGraph, type Place } from 'tessera-sim/noc-flit';
import { levelsOf } from './levels.js';
import { Routes, type TieBreak } from './routes.js';

/** Any graph of routers as a topology of the packet fabric: shortest paths, with as many levels of buffers as they need. */
export function graphTopology(name: string, graph: NetworkGraph, tieBreak: TieBreak): Topology {
  const routes = new Routes(graph, tieBreak);
  const levels = levelsOf(graph, routes);
  const terminal = (node: number): { router: number; outRouter: number } => graph.terminals[node]!;
  const places = routerPlaces(graph);
  return {
    name,
    routers: graph.routers,
    nodes: graph.terminals.length,
    links: graph.channels.map(({ from, to, latencyCycles }) => ({
      from: from.router,
      to: to.router,
      label: `${from.router}.${from.port}-${to.router}`,
      tiles: latencyCycles,
    })),
    levels: levels.count,
    entryRouter: (node) => terminal(node).router,
    exitRouter: (node) => terminal(node).outRouter,
    nextLink: (router, destination) => routes.next(router, destination),
    nextLevel: (level, link, next) => levels.next(level, link, next),
    hops: (from, to) => routes.hops(from, to),
    placeOf: (router) => placeAt(places, router),
  };
}

/** Place of a router in a drawing. */
export function placeAt(places: readonly Place[], router: number): { x: number; y: number } {
  const [x, y] = places[router]!;
  return { x, y };
}
