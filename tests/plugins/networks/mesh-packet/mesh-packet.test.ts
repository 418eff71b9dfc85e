import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { uncontendedCycles } from '../../../../plugins/networks/mesh-packet/closed-form.js';
import type { MeshPacketConfig } from '../../../../plugins/networks/mesh-packet/config.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { meshTopology, torusTopology, type Topology } from '../../../../plugins/networks/mesh-packet/topology.js';
import { buildMachine } from '../../../../core/machine/machine.js';
import { echoMemory } from '../../support/echo-memory.js';
import { scriptedDriver } from '../../support/traffic-driver.js';
import { randomTraffic, runNetwork, wireBytesOf } from '../../support/network-bench.js';
import { caseCount } from '../../../many.js';

const mesh = meshPacketPlugin as BlockPlugin;
const HEADER = 8;

const topologyOf = ({ topology, columns, rows }: MeshPacketConfig): Topology => (topology === 'torus' ? torusTopology : meshTopology)(columns, rows);

const defaults: MeshPacketConfig = {
  topology: 'mesh',
  columns: 4,
  rows: 4,
  concentration: 1,
  routerCycles: 2,
  linkCycles: 1,
  linkWidthBits: 128,
  switching: 'virtual-cut-through',
  bufferPackets: 4,
  maxPacketBytes: 1024,
  arbitration: 'round-robin',
  routerEnergyPerBitPj: 0,
  linkEnergyPerBitPj: 0,
  reductionEntries: 16,
  reductionCycles: 1,
  reductionEnergyPerBitPj: 0,
};

const configs = fc.record({
  topology: fc.constantFrom('mesh' as const, 'torus' as const),
  columns: fc.integer({ min: 1, max: 5 }),
  rows: fc.integer({ min: 2, max: 5 }),
  concentration: fc.integer({ min: 1, max: 3 }),
  routerCycles: fc.nat(4),
  linkCycles: fc.integer({ min: 1, max: 3 }),
  linkWidthBits: fc.constantFrom(32, 128, 1024),
  switching: fc.constantFrom('virtual-cut-through' as const, 'store-and-forward' as const),
  bufferPackets: fc.integer({ min: 1, max: 4 }),
  maxPacketBytes: fc.constantFrom(16, 64, 1024),
  arbitration: fc.constantFrom('round-robin' as const, 'priority' as const, 'age' as const),
});

describe('topology', () => {
  it.each([
    ['mesh', meshTopology(5, 3)],
    ['torus', torusTopology(5, 3)],
  ])('XY routes of a %s reach every router in the fewest links, first along X', (_, topology) => {
    for (let from = 0; from < 15; from++) {
      for (let to = 0; to < 15; to++) {
        let [at, hops, turnedToY] = [from, 0, false];
        while (at !== to) {
          const link = topology.links[topology.nextLink(at, to)]!;
          expect(link.from).toBe(at);
          const alongY = topology.placeOf(link.to).x === topology.placeOf(at).x;
          expect(turnedToY && !alongY).toBe(false);
          turnedToY = alongY;
          [at, hops] = [link.to, hops + 1];
        }
        expect(hops).toBe(topology.hops(from, to));
      }
    }
  });
});

describe('uncontended closed form', () => {
  it('is exact between any two nodes, for any size, both ways of switching', () => {
    const cases = fc.tuple(configs, fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 4000 }), fc.constantFrom('read' as const, 'write' as const));
    fc.assert(
      fc.property(cases, ([partial, a, b, rowBytes, kind]) => {
        const config = { ...defaults, ...partial };
        const nodes = config.columns * config.rows * config.concentration;
        const [from, to] = [a % nodes, b % nodes];
        fc.pre(from !== to);
        const longest = Math.ceil(((config.maxPacketBytes + HEADER) * 8) / config.linkWidthBits);
        const slots = config.bufferPackets - (config.switching === 'store-and-forward' ? 2 : 1);
        fc.pre(rowBytes <= config.maxPacketBytes || slots * longest >= config.routerCycles + 2 * config.linkCycles);
        const { roundTrips, noc } = runNetwork(mesh, config, {
          scripts: [[{ atCycle: 0, target: 'memory0', rowBytes, kind }]],
          memories: 1,
          nodes: [from, to],
        });
        const routerOf = (node: number): number => Math.floor(node / config.concentration);
        const hops = topologyOf(config).hops(routerOf(from), routerOf(to));
        expect(roundTrips[0]![0]).toBe(4 + uncontendedCycles(config, hops, HEADER + rowBytes) + uncontendedCycles(config, hops, HEADER));
        expect(noc.statistics['hops']).toBe(2 * hops);
      }),
      { numRuns: caseCount(300) },
    );
  });

  it('a torus goes the shorter way round', () => {
    expect([1, 3, 4, 7].map((to) => torusTopology(8, 1).hops(0, to))).toEqual([1, 3, 4, 1]);
    expect(torusTopology(4, 4).hops(0, 15)).toBe(2);
  });

  it('costs one event a packet and router', () => {
    const events = [1, 7].map((hops) => {
      const { machine } = runNetwork(
        mesh,
        { columns: 8, rows: 1 },
        { scripts: [[{ atCycle: 0, target: 'memory0', rowBytes: 1 }]], memories: 1, nodes: [0, hops] },
      );
      return machine.kernel.eventCount;
    });
    expect(events[1]! - events[0]!).toBe(2 * 6);
  });
});

describe('contention', () => {
  const write = (rowBytes: number, atCycle = 0) => ({ atCycle, target: 'memory0', rowBytes, kind: 'write' as const });

  it('two streams over one link share it', () => {
    const scripts = [0, 1].map(() => Array.from({ length: 16 }, () => write(1016)));
    const { machine, noc } = runNetwork(mesh, { columns: 3, rows: 1 }, { scripts, memories: 1, nodes: [0, 1, 2] });
    const linkCycles = (32 * 1024 * 8) / 128;
    const cycles = machine.kernel.now / 1000;
    expect(cycles).toBeGreaterThanOrEqual(linkCycles);
    expect(cycles).toBeLessThan(linkCycles * 1.05);
    expect(noc.statistics['waitCycles']).toBeGreaterThan(0);
    const links = (noc.model.report!() as { links: { label: string; utilisation: number; bytes: number }[] }).links;
    const shared = links.find((link) => link.label === '1,0-2,0')!;
    expect(shared.bytes).toBe(32 * 1024);
    expect(shared.utilisation).toBeGreaterThan(0.95);
  });

  it('a long message lets a short one of another node through between its packets', () => {
    const scripts = [[write(16384)], [write(64, 10)]];
    const end = (maxPacketBytes: number): number =>
      runNetwork(mesh, { columns: 3, rows: 1, maxPacketBytes }, { scripts, memories: 1, nodes: [0, 1, 2] }).roundTrips[1]![0]!;
    expect(end(16384)).toBeGreaterThan(1000);
    expect(end(256)).toBeLessThan(100);
  });

  it('responses pass while requests are stuck behind a memory that does not take them', () => {
    // Row of nodes: memory1, driver0, driver1, memory0. Driver 0 takes no responses until cycle 5000, so that its writes
    // to memory0 fill the request buffers of the links to the east; the answer to driver 1 comes over the same links.
    const scripts = [Array.from({ length: 60 }, () => write(64)), [{ atCycle: 1000, target: 'memory1', rowBytes: 64 }]];
    const config = { ...defaults, columns: 4, rows: 1 };
    const { roundTrips, outcomes } = runNetwork(
      mesh,
      { columns: 4, rows: 1 },
      { scripts, memories: 2, nodes: [1, 2, 3, 0], driverOptions: [{ takeResponsesFromCycle: 5000 }] },
    );
    expect(Math.min(...outcomes[0]!.map((o) => o.doneTick))).toBeGreaterThanOrEqual(5_000_000);
    expect(Math.max(...outcomes[0]!.map((o) => o.sentTick))).toBeGreaterThanOrEqual(5_000_000);
    expect(roundTrips[1]![0]).toBe(4 + uncontendedCycles(config, 2, 8) + uncontendedCycles(config, 2, 72));
  });
});

describe('deadlock', () => {
  it.each([1, 2])('none on a ring where everybody sends half way round through buffers of %i packets', (bufferPackets) => {
    const ring = 8;
    const scripts = Array.from({ length: ring }, (_, i) =>
      Array.from({ length: 50 }, () => ({ atCycle: 0, target: `memory${(i + 4) % ring}`, rowBytes: 256, kind: 'write' as const })),
    );
    const nodes = Array.from({ length: 2 * ring }, (_, place) => 2 * (place % ring) + Math.floor(place / ring));
    const { machine } = runNetwork(
      mesh,
      { topology: 'torus', columns: ring, rows: 1, concentration: 2, bufferPackets, maxPacketBytes: 64 },
      { scripts, memories: ring, nodes },
    );
    expect(machine.transactions.inFlight).toBe(0);
    expect(machine.kernel.unfinishedWaits()).toEqual([]);
  });
});

describe('deadlock report', () => {
  it('follows the held packets to the memory that takes none', () => {
    const deaf: BlockPlugin = { ...echoMemory, create: () => ({}) };
    const driver = scriptedDriver(Array.from({ length: 40 }, () => ({ atCycle: 0, target: 'deaf', rowBytes: 64, kind: 'write' as const })));
    const machine = buildMachine({
      name: 'deaf memory',
      clocks: { core: 1e9 },
      blocks: [
        { path: 'noc', plugin: mesh, config: { columns: 3, rows: 1, bufferPackets: 2 }, clock: 'core' },
        { path: 'driver', plugin: driver.plugin, clock: 'core' },
        { path: 'deaf', plugin: deaf, clock: 'core' },
      ],
      connections: [
        { from: 'driver.memory0', to: 'noc.node0' },
        { from: 'noc.node2', to: 'deaf.port0' },
      ],
    });
    machine.run();
    const waits = machine.kernel.deadlock()!.waits.map(({ who, whom }) => `${who} > ${whom}`);
    expect(waits).toEqual(['noc.link 0,0-1,0 > noc.link 1,0-2,0', 'noc.link 1,0-2,0 > deaf', 'noc > deaf', 'noc.node0 > noc.link 0,0-1,0']);
  });
});

describe('any traffic', () => {
  it('loses nothing, keeps bandwidth and latency bounds, sums its stall stack, wakes up everybody and repeats itself', () => {
    fc.assert(
      fc.property(randomTraffic(4, 3), configs, fc.nat(), (traffic, partial, seed) => {
        const config = { ...defaults, ...partial };
        const count = config.columns * config.rows * config.concentration;
        fc.pre(count >= 7);
        const nodes = Array.from({ length: 7 }, (_, i) => (i + seed) % count);
        const placed = { ...traffic, nodes };
        const { machine, noc, outcomes } = runNetwork(mesh, config, placed);
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        expect(noc.statistics['bytes']).toBe(wireBytesOf(traffic));
        expect(noc.statistics['messages']).toBe(2 * traffic.scripts.flat().length);
        expect(noc.stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
        checkRoundTrips(config, placed, outcomes);
        const links = (noc.model.report!() as { links: { busyCycles: number }[] }).links;
        for (const link of links) expect(link.busyCycles).toBeLessThanOrEqual(machine.kernel.now / 1000);
        expect(runNetwork(mesh, config, placed).outcomes).toEqual(outcomes);
      }),
      { numRuns: caseCount(120) },
    );
  });
});

function checkRoundTrips(
  config: MeshPacketConfig,
  traffic: { scripts: readonly (readonly { target: string; rowBytes: number; kind?: string }[])[]; nodes: number[] },
  outcomes: readonly (readonly { sentTick: number; doneTick: number }[])[],
): void {
  const topology = topologyOf(config);
  const routerAt = (place: number): number => Math.floor(traffic.nodes[place]! / config.concentration);
  outcomes.forEach((list, driver) =>
    list.forEach(({ sentTick, doneTick }, i) => {
      const { target, rowBytes, kind } = traffic.scripts[driver]![i]!;
      const hops = topology.hops(routerAt(driver), routerAt(4 + Number(target.slice('memory'.length))));
      const [there, back] = kind === 'write' ? [rowBytes, 0] : [0, rowBytes];
      const least = 4 + uncontendedCycles(config, hops, HEADER + there) + uncontendedCycles(config, hops, HEADER + back);
      expect((doneTick - sentTick) / 1000).toBeGreaterThanOrEqual(least);
    }),
  );
}

describe('configuration', () => {
  it('names a node that is not there', () => {
    expect(() => runNetwork(mesh, { columns: 2, rows: 1 }, { scripts: [[]], memories: 1, nodes: [0, 2] })).toThrow(/no node 2; expected node0 \.\. node1/);
  });
});
