import type { ChannelSpec, NetworkGraph, TerminalSpec, Topology, TopologyOptions } from '../contract.js';
import { checkSize, wholeOption } from './options.js';

/** Both directions of a link between a parent's down port and a child's up port. */
function link(channels: ChannelSpec[], parent: number, downPort: number, child: number, upPort: number): void {
  channels.push({ from: { router: parent, port: downPort }, to: { router: child, port: upPort }, latencyCycles: 1 });
  channels.push({ from: { router: child, port: upPort }, to: { router: parent, port: downPort }, latencyCycles: 1 });
}

/** Leaves carry k nodes each on their ports 0 .. k - 1. */
function leafTerminals(k: number, leaves: number, firstLeaf: number): TerminalSpec[] {
  return Array.from({ length: leaves * k }, (_, node) => {
    const router = firstLeaf + Math.floor(node / k);
    return { router, inPort: node % k, outRouter: router, outPort: node % k, injectLatencyCycles: 1, ejectLatencyCycles: 1 };
  });
}

/** k-ary tree of n levels: ports 0 .. k - 1 lead down, port k up. Level l starts at router (k^l - 1) / (k - 1); k^n nodes. */
function buildTree(options: TopologyOptions): NetworkGraph {
  const k = wholeOption(options, 'tree', 'k', 2);
  const n = wholeOption(options, 'tree', 'n', 1);
  checkSize('tree', k ** (n - 1), k ** n, k + 1);
  const channels: ChannelSpec[] = [];
  const positions: [number, number][] = [];
  let first = 0;
  for (let level = 0, width = 1; level < n; level++, width *= k) {
    for (let index = 0; index < width; index++) {
      positions.push([(index + 0.5) * (k ** (n - 1) / width) - 0.5, level]);
      if (level + 1 === n) continue;
      for (let port = 0; port < k; port++) link(channels, first + index, port, first + width + index * k + port, k);
    }
    first += width;
  }
  const leaves = k ** (n - 1);
  return { routers: first, portsPerRouter: k + 1, channels, terminals: leafTerminals(k, leaves, first - leaves), positions };
}

/**
 * k-ary n-tree (Petrini & Vanneschi, IPPS 1997), a fat tree of equal routers: n levels of k^(n-1), level 0 is the top. Ports
 * 0 .. k - 1 lead down, k .. 2k - 1 up. Down port p of a router in level l leads to the router below whose digit n - 2 - l is p.
 */
function buildFatTree(options: TopologyOptions): NetworkGraph {
  const k = wholeOption(options, 'fattree', 'k', 2);
  const n = wholeOption(options, 'fattree', 'n', 1);
  const perLevel = k ** (n - 1);
  checkSize('fattree', n * perLevel, k ** n, 2 * k);
  const channels: ChannelSpec[] = [];
  for (let level = 0; level + 1 < n; level++) {
    const weight = k ** (n - 2 - level);
    for (let index = 0; index < perLevel; index++) {
      const digit = Math.floor(index / weight) % k;
      for (let port = 0; port < k; port++) {
        const below = index + (port - digit) * weight;
        link(channels, level * perLevel + index, port, (level + 1) * perLevel + below, k + digit);
      }
    }
  }
  const positions = Array.from({ length: n * perLevel }, (_, router) => [router % perLevel, Math.floor(router / perLevel)] as const);
  return { routers: n * perLevel, portsPerRouter: n > 1 ? 2 * k : k, channels, terminals: leafTerminals(k, perLevel, (n - 1) * perLevel), positions };
}

/**
 * A bus: k nodes share one wire. A collecting router arbitrates the wire, a distributing one hands over to the node named,
 * so that one flit crosses per cycle.
 */
function buildBus(options: TopologyOptions): NetworkGraph {
  const k = wholeOption(options, 'bus', 'k', 2);
  const channels: ChannelSpec[] = [{ from: { router: 0, port: k }, to: { router: 1, port: k }, latencyCycles: 1 }];
  const terminals: TerminalSpec[] = Array.from({ length: k }, (_, node) => ({
    router: 0,
    inPort: node,
    outRouter: 1,
    outPort: node,
    injectLatencyCycles: 1,
    ejectLatencyCycles: 1,
  }));
  return {
    routers: 2,
    portsPerRouter: k + 1,
    channels,
    terminals,
    positions: [
      [0, 0],
      [1, 0],
    ],
  };
}

export const tree: Topology = { name: 'tree', summary: 'k-ary tree of n levels, nodes at the leaves', build: buildTree };
export const fattree: Topology = { name: 'fattree', summary: 'k-ary n-tree: a fat tree of equal routers', build: buildFatTree };
export const bus: Topology = { name: 'bus', summary: 'k nodes on one shared wire', build: buildBus };
