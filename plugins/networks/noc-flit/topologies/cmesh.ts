import { InputError } from 'tessera-sim';
import type { ChannelSpec, NetworkGraph, TerminalSpec, Topology, TopologyOptions } from '../contract.js';
import { checkSize, switchOption, wholeOption } from './options.js';

/**
 * Concentrated mesh (Balfour & Dally, ICS 2006): k x k routers of c = 4 nodes. Ports 0 .. 3 are terminals, 4 .. 7 lead to
 * +x, -x, +y, -y. The nodes of a router are a 2 x 2 tile of the 2k x 2k node grid. On the four edges the outward ports
 * carry express channels, which join routers k/2 apart along the edge.
 */
function build(options: TopologyOptions): NetworkGraph {
  const k = wholeOption(options, 'cmesh', 'k', 2);
  const c = wholeOption(options, 'cmesh', 'c', 1, 4);
  if (c !== 4) throw new InputError({ path: 'c', message: `a cmesh router has 4 terminals, not ${c}` });
  if (k % 2 !== 0) throw new InputError({ path: 'k', message: `cmesh needs an even k for its express channels, got ${k}` });
  checkSize('cmesh', k * k, k * k * c);
  const real = switchOption(options, 'nocLatency', true);
  const regular = real ? 2 : 1;
  const express = real ? Math.floor(k / 2) * 2 : 1;
  const channels: ChannelSpec[] = [];
  const join = (fromX: number, fromY: number, port: number, toX: number, toY: number, toPort: number, latencyCycles: number): void => {
    channels.push({ from: { router: fromX + k * fromY, port }, to: { router: toX + k * toY, port: toPort }, latencyCycles });
  };
  const far = (at: number): number => (at < k / 2 ? at + k / 2 : at - k / 2);
  for (let y = 0; y < k; y++) {
    for (let x = 0; x < k; x++) {
      if (x + 1 < k) join(x, y, 4, x + 1, y, 5, regular);
      else join(x, y, 4, x, far(y), 4, express);
      if (x > 0) join(x, y, 5, x - 1, y, 4, regular);
      else join(x, y, 5, x, far(y), 5, express);
      if (y + 1 < k) join(x, y, 6, x, y + 1, 7, regular);
      else join(x, y, 6, far(x), y, 6, express);
      if (y > 0) join(x, y, 7, x, y - 1, 6, regular);
      else join(x, y, 7, far(x), y, 7, express);
    }
  }
  const positions = Array.from({ length: k * k }, (_, router) => [router % k, Math.floor(router / k)] as const);
  return { routers: k * k, portsPerRouter: 8, channels, terminals: terminals(k), positions };
}

function terminals(k: number): TerminalSpec[] {
  return Array.from({ length: 4 * k * k }, (_, node) => {
    const x = node % (2 * k);
    const y = Math.floor(node / (2 * k));
    const router = Math.floor(x / 2) + k * Math.floor(y / 2);
    const port = (x % 2) + 2 * (y % 2);
    return { router, inPort: port, outRouter: router, outPort: port, injectLatencyCycles: 1, ejectLatencyCycles: 1 };
  });
}

export const cmesh: Topology = {
  name: 'cmesh',
  summary: 'concentrated mesh: k x k routers with 4 nodes each and express channels along the edges',
  build,
};
