import type { ChannelSpec, NetworkGraph, TerminalSpec, Topology, TopologyOptions } from '../contract.js';
import { checkSize, wholeOption } from './options.js';

/**
 * k-ary n-fly (Dally & Towles, ch. 4): n stages of k^(n-1) routers with k inputs and k outputs. Output p of router r in
 * stage s leads to the router of stage s + 1 whose digit (n - 2 - s) is p, other digits as in r.
 */
function build(options: TopologyOptions): NetworkGraph {
  const k = wholeOption(options, 'fly', 'k', 2);
  const n = wholeOption(options, 'fly', 'n', 1, 1);
  const perStage = k ** (n - 1);
  const nodes = perStage * k;
  checkSize('fly', n * perStage, nodes, k);
  const channels: ChannelSpec[] = [];
  for (let stage = 0; stage + 1 < n; stage++) {
    const weight = k ** (n - 2 - stage);
    for (let index = 0; index < perStage; index++) {
      const digit = Math.floor(index / weight) % k;
      for (let port = 0; port < k; port++) {
        const to = index + (port - digit) * weight;
        channels.push({ from: { router: stage * perStage + index, port }, to: { router: (stage + 1) * perStage + to, port: digit }, latencyCycles: 1 });
      }
    }
  }
  const last = (n - 1) * perStage;
  const terminals: TerminalSpec[] = Array.from({ length: nodes }, (_, node) => ({
    router: Math.floor(node / k),
    inPort: node % k,
    outRouter: last + Math.floor(node / k),
    outPort: node % k,
    injectLatencyCycles: 1,
    ejectLatencyCycles: 1,
  }));
  const positions = Array.from({ length: n * perStage }, (_, router) => [Math.floor(router / perStage), router % perStage] as const);
  return { routers: n * perStage, portsPerRouter: k, channels, terminals, positions };
}

export const fly: Topology = { name: 'fly', summary: 'k-ary n-fly (butterfly): n stages, k^n nodes', build };

export const crossbar: Topology = {
  name: 'crossbar',
  summary: 'one router with a port for each of k nodes',
  build: (options) => build({ ...options, n: 1 }),
};
