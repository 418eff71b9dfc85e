import type { ChannelSpec, NetworkGraph, TerminalSpec, Topology, TopologyOptions } from '../contract.js';
import { checkSize, switchOption, wholeOption } from './options.js';
import { circlePlaces, cubePlaces } from './places.js';

/**
 * k-ary n-mesh and n-cube. Ports: 2d leads to the higher coordinate of dimension d, 2d + 1 to the lower, 2n and up are terminals.
 * Router = sum of coordinate[d] * k^d; node n is at router floor(n / concentration), on port 2n + n mod concentration. A flit that leaves by port 2d arrives on port 2d + 1 of its neighbour and the other way.
 */
function buildCube(options: TopologyOptions, name: string, wraps: boolean, dimensions: number): NetworkGraph {
  const k = wholeOption(options, name, 'k', 2);
  const concentration = wholeOption(options, name, 'concentration', 1, 1);
  const nodes = k ** dimensions;
  checkSize(name, nodes, nodes * concentration, 2 * dimensions + concentration);
  // A torus is folded in the layout, so that every one of its links spans two tiles.
  const latencyCycles = wraps && switchOption(options, 'nocLatency', true) ? 2 : 1;
  const channels: ChannelSpec[] = [];
  for (let router = 0; router < nodes; router++) {
    for (let dimension = 0, step = 1; dimension < dimensions; dimension++, step *= k) {
      const coordinate = Math.floor(router / step) % k;
      const up = 2 * dimension;
      if (coordinate + 1 < k || wraps) {
        const to = coordinate + 1 < k ? router + step : router - (k - 1) * step;
        channels.push({ from: { router, port: up }, to: { router: to, port: up + 1 }, latencyCycles });
      }
      if (coordinate > 0 || wraps) {
        const to = coordinate > 0 ? router - step : router + (k - 1) * step;
        channels.push({ from: { router, port: up + 1 }, to: { router: to, port: up }, latencyCycles });
      }
    }
  }
  const terminals: TerminalSpec[] = Array.from({ length: nodes * concentration }, (_, node) => {
    const router = Math.floor(node / concentration);
    const port = 2 * dimensions + (node % concentration);
    return { router, inPort: port, outRouter: router, outPort: port, injectLatencyCycles: 1, ejectLatencyCycles: 1 };
  });
  const positions = wraps && dimensions === 1 ? circlePlaces(nodes) : cubePlaces(k, dimensions);
  return { routers: nodes, portsPerRouter: 2 * dimensions + concentration, channels, terminals, positions };
}

export const mesh: Topology = {
  name: 'mesh',
  summary: 'k-ary n-mesh: k routers in each of n dimensions, one node each',
  build: (options) => buildCube(options, 'mesh', false, wholeOption(options, 'mesh', 'n', 1, 2)),
};

export const torus: Topology = {
  name: 'torus',
  summary: 'k-ary n-cube: a mesh whose rows and columns are closed; links are folded (2 cycles)',
  build: (options) => buildCube(options, 'torus', true, wholeOption(options, 'torus', 'n', 1, 2)),
};

export const ring: Topology = {
  name: 'ring',
  summary: 'k routers in a ring (a torus of one dimension)',
  build: (options) => buildCube(options, 'ring', true, 1),
};
