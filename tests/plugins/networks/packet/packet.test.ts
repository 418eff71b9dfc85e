import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig, type BlockPlugin } from '../../../../core/index.js';
import { uncontendedCycles, type Topology } from '../../../../plugins/networks/mesh-packet/api.js';
import { builtIn } from '../../../../plugins/networks/noc-flit/api.js';
import { packetPlugin, type AnyPacketConfig } from '../../../../plugins/networks/packet/index.js';
import { makeTopology } from '../../../../plugins/networks/packet/make-topology.js';
import { randomTraffic, runNetwork, wireBytesOf } from '../../support/network-bench.js';
import { caseCount } from '../../../many.js';

const packet = packetPlugin as BlockPlugin;
const HEADER = 8;
const configOf = (partial: Partial<AnyPacketConfig>): AnyPacketConfig => completeConfig(packet.configSchema, partial, '') as unknown as AnyPacketConfig;
const topologyOf = (partial: Partial<AnyPacketConfig>): Topology => makeTopology(configOf(partial), builtIn);

/** Routers 0 .. 4 in a ring with a chord and unequal wires; node 5 is a second one at router 0. */
const ANYNET = [
  'router 0 node 0 node 5 router 1 2 router 4',
  'router 1 node 1 router 2 3',
  'router 2 node 2 router 3 router 4',
  'router 3 node 3 router 4',
  'router 4 node 4',
].join('\n');

const digits = (value: number, k: number, n: number): number[] => Array.from({ length: n }, (_, d) => Math.floor(value / k ** d) % k);
const around = (a: number, b: number, k: number): number => Math.min((a - b + k) % k, (b - a + k) % k);
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
/** Levels of a k-ary tree up to the lowest router above both nodes. */
const climb = (a: number, b: number, k: number): number => {
  let levels = 0;
  for (let [x, y] = [Math.floor(a / k), Math.floor(b / k)]; x !== y; [x, y] = [Math.floor(x / k), Math.floor(y / k)]) levels++;
  return levels;
};

interface Case {
  readonly name: string;
  readonly config: Partial<AnyPacketConfig>;
  readonly nodes: number;
  readonly levels: number;
  /** Links between two nodes, and their length in tiles. */
  readonly way: (a: number, b: number) => { hops: number; tiles: number };
}

const plain = (hops: number): { hops: number; tiles: number } => ({ hops, tiles: hops });
const folded = (hops: number): { hops: number; tiles: number } => ({ hops, tiles: 2 * hops });

const CASES: readonly Case[] = [
  {
    name: 'mesh',
    config: { topology: 'mesh', k: 4, n: 2 },
    nodes: 16,
    levels: 1,
    way: (a, b) => plain(sum(digits(a, 4, 2).map((x, d) => Math.abs(x - digits(b, 4, 2)[d]!)))),
  },
  {
    name: '3-D mesh',
    config: { topology: 'mesh', k: 3, n: 3 },
    nodes: 27,
    levels: 1,
    way: (a, b) => plain(sum(digits(a, 3, 3).map((x, d) => Math.abs(x - digits(b, 3, 3)[d]!)))),
  },
  {
    name: 'concentrated mesh of 3 nodes a router',
    config: { topology: 'mesh', k: 3, n: 2, concentration: 3 },
    nodes: 27,
    levels: 1,
    way: (a, b) => plain(sum(digits(Math.floor(a / 3), 3, 2).map((x, d) => Math.abs(x - digits(Math.floor(b / 3), 3, 2)[d]!)))),
  },
  {
    name: 'torus',
    config: { topology: 'torus', k: 5, n: 2 },
    nodes: 25,
    levels: 2,
    way: (a, b) => folded(sum(digits(a, 5, 2).map((x, d) => around(x, digits(b, 5, 2)[d]!, 5)))),
  },
  {
    name: '3-D torus',
    config: { topology: 'torus', k: 4, n: 3, foldedLinks: false },
    nodes: 64,
    levels: 4,
    way: (a, b) => plain(sum(digits(a, 4, 3).map((x, d) => around(x, digits(b, 4, 3)[d]!, 4)))),
  },
  { name: 'ring', config: { topology: 'ring', k: 7 }, nodes: 7, levels: 2, way: (a, b) => folded(around(a, b, 7)) },
  { name: 'butterfly', config: { topology: 'fly', k: 2, n: 3 }, nodes: 8, levels: 1, way: () => plain(2) },
  { name: 'crossbar', config: { topology: 'crossbar', k: 9 }, nodes: 9, levels: 1, way: () => plain(0) },
  { name: 'bus', config: { topology: 'bus', k: 6 }, nodes: 6, levels: 1, way: () => plain(1) },
  { name: 'tree', config: { topology: 'tree', k: 3, n: 3 }, nodes: 27, levels: 1, way: (a, b) => plain(2 * climb(a, b, 3)) },
  { name: 'fat tree', config: { topology: 'fattree', k: 4, n: 3 }, nodes: 64, levels: 1, way: (a, b) => plain(2 * climb(a, b, 4)) },
];

describe('closed form of a message alone', () => {
  it.each(CASES)('$name', ({ config, nodes, way }) => {
    const timing = { routerCycles: 3, linkCycles: 2, linkWidthBits: 64, bufferPackets: 8 };
    const full = configOf({ ...config, ...timing });
    fc.assert(
      fc.property(fc.nat(nodes - 1), fc.nat(nodes - 1), fc.integer({ min: 1, max: 3000 }), (from, to, rowBytes) => {
        fc.pre(from !== to);
        const { roundTrips, noc } = runNetwork(packet, full as never, {
          scripts: [[{ atCycle: 0, target: 'memory0', rowBytes }]],
          memories: 1,
          nodes: [from, to],
        });
        const [there, back] = [way(from, to), way(to, from)];
        expect(roundTrips[0]![0]).toBe(
          4 + uncontendedCycles(full, there.hops, HEADER, there.tiles) + uncontendedCycles(full, back.hops, HEADER + rowBytes, back.tiles),
        );
        expect(noc.statistics['hops']).toBe(there.hops + back.hops);
      }),
      { numRuns: caseCount(25, 2) },
    );
  });

  it('a graph from a text takes the fewest links, each with its own length', () => {
    const config = configOf({ topology: 'anynet', graph: ANYNET, routerCycles: 2 });
    const time = (from: number, to: number): number =>
      runNetwork(packet, config as never, { scripts: [[{ atCycle: 0, target: 'memory0', rowBytes: 8 }]], memories: 1, nodes: [from, to] }).roundTrips[0]![0]!;
    const both = (hops: number, tiles: number): number => 4 + uncontendedCycles(config, hops, 8, tiles) + uncontendedCycles(config, hops, 16, tiles);
    expect(time(0, 5)).toBe(both(0, 0));
    expect(time(0, 1)).toBe(both(1, 2));
    expect(time(1, 2)).toBe(both(1, 3));
    expect(time(0, 3)).toBe(both(2, 2));
    expect(time(2, 4)).toBe(both(1, 1));
  });

  it('a cmesh takes express channels where they are shorter', () => {
    const topology = topologyOf({ topology: 'cmesh', k: 4 });
    expect([topology.routers, topology.nodes]).toEqual([16, 64]);
    for (let from = 0; from < 16; from++)
      for (let to = 0; to < 16; to++)
        expect(topology.hops(from, to)).toBeLessThanOrEqual(sum(digits(from, 4, 2).map((x, d) => Math.abs(x - digits(to, 4, 2)[d]!))));
    expect(topology.hops(0, 2)).toBe(1);
  });
});

const everywhere: readonly (readonly [string, Partial<AnyPacketConfig>])[] = [
  ...CASES.map(({ name, config }) => [name, config] as const),
  ['cmesh', { topology: 'cmesh', k: 4 }],
  ['anynet', { topology: 'anynet', graph: ANYNET }],
];

describe('levels of buffers', () => {
  it.each(CASES)('$name: $levels', ({ config, levels }) => {
    expect(topologyOf(config).levels).toBeLessThanOrEqual(levels);
  });

  it.each(everywhere)('%s: no cycle among (link, level), so no deadlock', (_, config) => {
    const topology = topologyOf(config);
    const links = topology.links.length;
    const waits = new Map<number, Set<number>>();
    const nodes = Array.from({ length: topology.nodes }, (_, node) => node);
    for (const exit of new Set(nodes.map((node) => topology.exitRouter(node)))) {
      for (const entry of new Set(nodes.map((node) => topology.entryRouter(node)))) {
        let [router, last, level] = [entry, -1, 0];
        while (router !== exit) {
          const link = topology.nextLink(router, exit);
          const next = topology.nextLevel(level, last, link);
          expect(next).toBeLessThan(topology.levels);
          if (last >= 0) waits.set(level * links + last, (waits.get(level * links + last) ?? new Set()).add(next * links + link));
          [router, last, level] = [topology.links[link]!.to, link, next];
        }
      }
    }
    expect(hasCycle(waits)).toBe(false);
  });
});

function hasCycle(waits: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const state = new Map<number, 'open' | 'done'>();
  const visit = (at: number): boolean => {
    if (state.get(at) === 'open') return true;
    if (state.get(at) === 'done') return false;
    state.set(at, 'open');
    for (const next of waits.get(at) ?? []) if (visit(next)) return true;
    state.set(at, 'done');
    return false;
  };
  return [...waits.keys()].some(visit);
}

describe('any traffic', () => {
  it.each(everywhere)('on %s loses nothing, blocks nobody for ever and repeats itself', (_, config) => {
    fc.assert(
      fc.property(randomTraffic(3, 2), fc.constantFrom(1, 3), fc.nat(), (traffic, bufferPackets, seed) => {
        const { nodes } = topologyOf(config);
        const places = { ...traffic, nodes: Array.from({ length: 5 }, (_, i) => (Math.floor((i * nodes) / 5) + seed) % nodes) };
        const full = configOf({ ...config, bufferPackets, maxPacketBytes: 64 });
        const { machine, noc, outcomes } = runNetwork(packet, full as never, places);
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        expect(noc.statistics['bytes']).toBe(wireBytesOf(traffic));
        expect(runNetwork(packet, full as never, places).outcomes).toEqual(outcomes);
      }),
      { numRuns: caseCount(15, 1) },
    );
  });

  it('a fat tree carries a permutation through all its roots', () => {
    // Every node of the left half to its mirror image: with one root for all they would share one link.
    const scripts = Array.from({ length: 8 }, (_, i) =>
      Array.from({ length: 10 }, () => ({ atCycle: 0, target: `memory${7 - i}`, rowBytes: 1016, kind: 'write' as const })),
    );
    const nodes = Array.from({ length: 16 }, (_, place) => place);
    const { noc } = runNetwork(packet, { topology: 'fattree', k: 4, n: 2 }, { scripts, memories: 8, nodes });
    const links = (noc.model.report!() as { links: { from: number; bytes: number }[] }).links.filter(({ from, bytes }) => from >= 4 && bytes > 4096);
    expect(links.length).toBeGreaterThanOrEqual(2);
  });
});

describe('configuration', () => {
  it.each([
    [{ topology: 'mush' }, /topology: there is no 'mush'/],
    [{ topology: 'anynet' }, /needs its network as text/],
    [{ topology: 'anynet', graph: 'router 0 node 0\nrouter 1 node 1' }, /no way leads from router/],
    [{ topology: 'ring', k: 2 }, /no node 2; expected node0 \.\. node1/],
  ])('%o is refused', (config, message) => {
    expect(() => runNetwork(packet, configOf(config) as never, { scripts: [[]], memories: 1, nodes: [0, 2] })).toThrow(message);
  });
});
