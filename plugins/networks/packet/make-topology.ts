import { meshTopology, torusTopology, type Topology } from 'tessera-sim/mesh-packet';
import { buildGraph, circlePlaces, type Catalogue, type TopologyConfig } from 'tessera-sim/noc-flit';
import { graphTopology, placeAt } from './graph-topology.js';

/** A folded ring visits every second tile on its way out and the others on its way back. */
const FOLDED_TILES = 2;

/** Meshes and tori of up to two dimensions route by arithmetic; everything else is a graph with tables. */
export function makeTopology({ topology, k, n, columns, rows = 1, concentration, foldedLinks, graph }: TopologyConfig, catalogue: Catalogue): Topology {
  const tiles = foldedLinks ? FOLDED_TILES : 1;
  const size = columns === undefined ? { columns: k, rows: n === 1 ? 1 : k, dimensions: n } : { columns, rows, dimensions: rows === 1 ? 1 : 2 };
  if (topology === 'mesh' && size.dimensions <= 2) return meshTopology(size.columns, size.rows, concentration);
  if (topology === 'ring' || (topology === 'torus' && size.dimensions === 1)) return onCircle(torusTopology(size.columns, 1, concentration, tiles));
  if (topology === 'torus' && size.dimensions === 2) return torusTopology(size.columns, size.rows, concentration, tiles);
  const options = { k, n, concentration, nocLatency: foldedLinks, ...(graph === undefined ? {} : { text: graph }) };
  return graphTopology(topology, buildGraph({ topology, options }, catalogue), topology === 'fattree' ? 'by-destination' : 'first-port');
}

/** A ring is drawn as one. */
function onCircle(ring: Topology): Topology {
  const places = circlePlaces(ring.routers);
  return { ...ring, placeOf: (router) => placeAt(places, router) };
}
