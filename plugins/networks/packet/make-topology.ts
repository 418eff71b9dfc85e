import { meshTopology, torusTopology, type Topology } from '../mesh-packet/api.js';
import { buildGraph, type Catalogue } from '../noc-flit/api.js';
import { graphTopology } from './graph-topology.js';

/** Which network: the words of noc-flit. */
export interface TopologyConfig {
  readonly topology: string;
  readonly k: number;
  readonly n: number;
  readonly concentration: number;
  readonly foldedLinks: boolean;
  readonly graph?: string;
}

/** A folded ring visits every second tile on its way out and the others on its way back. */
const FOLDED_TILES = 2;

/** Meshes and tori of up to two dimensions route by arithmetic; everything else is a graph with tables. */
export function makeTopology({ topology, k, n, concentration, foldedLinks, graph }: TopologyConfig, catalogue: Catalogue): Topology {
  const rows = topology === 'ring' || n === 1 ? 1 : k;
  const tiles = foldedLinks ? FOLDED_TILES : 1;
  if (topology === 'mesh' && n <= 2) return meshTopology(k, rows, concentration);
  if (topology === 'ring' || (topology === 'torus' && n <= 2)) return torusTopology(k, rows, concentration, tiles);
  const options = { k, n, concentration, nocLatency: foldedLinks, ...(graph === undefined ? {} : { text: graph }) };
  return graphTopology(topology, buildGraph({ topology, options }, catalogue), topology === 'fattree' ? 'by-destination' : 'first-port');
}
