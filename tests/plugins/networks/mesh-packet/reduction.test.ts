import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine, digestOf, type BlockPlugin } from '../../../../core/index.js';
import {
  meshTopology,
  reductionTree,
  torusTopology,
  uncontendedReductionCycles,
  type PacketConfig,
  type Topology,
} from '../../../../plugins/networks/mesh-packet/api.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { packetPlugin } from '../../../../plugins/networks/packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { runReductions, type ReductionScript } from '../../support/reduction-machine.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';
import { caseCount } from '../../../many.js';

const HEADER = 8;
const ROUTERS = 16;
/** Connections at the node of a memory, there and back; and at that of the requester. */
const ANSWER = 2;
const ENDS = 2;

/** A driver at the even node of some routers of a grid of 4 x 4, a memory at the odd node of each. */
function run(plugin: BlockPlugin, scripts: readonly ReductionScript[], network: object) {
  const shape = plugin.name === 'packet' ? { k: 4, n: 2, foldedLinks: false } : { columns: 4, rows: 4 };
  return runReductions(scripts, plugin, { concentration: 2, ...shape, ...network }, ROUTERS);
}

const packet = packetPlugin as BlockPlugin;
const mesh = meshPacketPlugin as BlockPlugin;
const defaults = {
  routerCycles: 2,
  linkCycles: 1,
  linkWidthBits: 128,
  switching: 'virtual-cut-through',
  bufferPackets: 4,
  maxPacketBytes: 1024,
  reductionEntries: 16,
  reductionCycles: 1,
} as PacketConfig;
const grid = (topology: string): Topology => (topology === 'torus' ? torusTopology : meshTopology)(4, 4, 2);

/** Routers at which the response of a memory meets others. */
function meetingsOf(topology: Topology, routers: readonly number[], from: number, to: number): number {
  const { meetings } = reductionTree(
    topology,
    routers.map((router) => 2 * router + 1),
    0,
    2 * to,
  );
  let count = meetings.has(from) ? 1 : 0;
  for (let at = from; at !== to;) {
    at = topology.links[topology.nextLink(at, to)]!.to;
    if (meetings.has(at)) count++;
  }
  return count;
}

function closedForm(config: PacketConfig, topology: Topology, of: readonly number[], to: number, bytes: number): number {
  const ways = of.map((router) => ({
    requestHops: topology.hops(to, router),
    responseHops: topology.hops(router, to),
    answerCycles: ANSWER,
    meetings: meetingsOf(topology, of, router, to),
  }));
  return ENDS + uncontendedReductionCycles(config, ways, HEADER + bytes);
}

const routerLists = fc.uniqueArray(fc.nat(ROUTERS - 1), { minLength: 2, maxLength: ROUTERS });
const configs = fc.record({
  topology: fc.constantFrom('mesh', 'torus'),
  routerCycles: fc.nat(3),
  linkCycles: fc.integer({ min: 1, max: 2 }),
  linkWidthBits: fc.constantFrom(64, 256),
  switching: fc.constantFrom('virtual-cut-through' as const, 'store-and-forward' as const),
  maxPacketBytes: fc.constantFrom(64, 256),
  reductionCycles: fc.nat(5),
});

describe.each([mesh, packet])('a reduction alone on $name', (plugin) => {
  it('takes exactly the closed form, and each link of the tree carries one copy', () => {
    fc.assert(
      fc.property(configs, routerLists, fc.nat(ROUTERS - 1), fc.integer({ min: 1, max: 1024 }), (partial, of, from, bytes) => {
        const config = { ...defaults, ...partial, bufferPackets: 8, reductionEntries: 16 };
        const topology = grid(partial.topology);
        const { cycles, report, noc, machine } = run(plugin, [{ from, reads: [{ of, bytes }] }], config);
        expect(cycles[0]).toEqual([closedForm(config, topology, of, from, bytes)]);
        const packets = Math.ceil(bytes / config.maxPacketBytes);
        const tree = reductionTree(
          topology,
          of.map((router) => 2 * router + 1),
          0,
          2 * from,
        );
        const requestLinks = noc.statistics['hops']! - tree.links;
        const loads = report.links.map((link) => link.bytes);
        const responseBytes = bytes + packets * HEADER;
        expect(loads.reduce((sum, load) => sum + load, 0)).toBe(requestLinks * HEADER + tree.links * responseBytes);
        // A link may carry the request and the sum, never two responses.
        for (const load of loads) expect([0, HEADER, responseBytes, responseBytes + HEADER]).toContain(load);
        expect(report.reductions).toEqual({ started: 1, held: 0, packetsCombined: packets * (of.length - 1) });
        expect(machine.transactions.inFlight).toBe(0);
      }),
      { numRuns: caseCount(150) },
    );
  });
});

describe('the reduction table', () => {
  const scripts = fc
    .array(
      fc.record({
        from: fc.nat(ROUTERS - 1),
        reads: fc.array(fc.record({ of: routerLists, bytes: fc.integer({ min: 1, max: 200 }), write: fc.boolean() }), { minLength: 1, maxLength: 8 }),
      }),
      { minLength: 4, maxLength: 14 },
    )
    .map((list) => list.filter(({ from }, i) => list.findIndex((other) => other.from === from) === i));

  it.each([1, 4])('of %i entries, with many reductions, reads and writes at once: nobody is left behind, and a run repeats itself', (reductionEntries) => {
    fc.assert(
      fc.property(scripts, fc.constantFrom('mesh', 'torus'), fc.constantFrom(1, 3), fc.nat(6), (list, topology, bufferPackets, reductionCycles) => {
        const network = { topology, bufferPackets, maxPacketBytes: Math.ceil(200 / reductionEntries), reductionEntries, reductionCycles };
        const results = [packet, packet].map((plugin) => run(plugin, list, network));
        for (const { machine, cycles, report } of results) {
          expect(machine.transactions.inFlight).toBe(0);
          expect(machine.kernel.unfinishedWaits()).toEqual([]);
          expect(cycles.flat().every((count) => count > 0)).toBe(true);
          const reductions = list.flatMap(({ reads }) => reads.filter(({ write }) => !write));
          expect(report.reductions?.started ?? 0).toBe(reductions.length);
        }
        const [one, two] = results.map(({ cycles, report, noc }) => digestOf({ cycles, report, statistics: { ...noc.statistics } }));
        expect(one).toBe(two);
      }),
      { numRuns: caseCount(60) },
    );
  });

  it('makes requests wait when it is full, and lets them on one after the other', () => {
    const all = Array.from({ length: ROUTERS }, (_, router) => router);
    const reads = Array.from({ length: 8 }, () => ({ of: all, bytes: 64 }));
    const corners = [0, 3, 12, 15].map((from) => ({ from, reads }));
    const [narrow, wide] = [1, 64].map((reductionEntries) => run(packet, corners, { reductionEntries, maxPacketBytes: 64 }));
    expect(narrow!.report.reductions!.held).toBeGreaterThan(20);
    expect(wide!.report.reductions!.held).toBe(0);
    expect(narrow!.machine.kernel.now).toBeGreaterThan(2 * wide!.machine.kernel.now);
    expect(narrow!.report.links.map(({ bytes }) => bytes)).toEqual(wide!.report.links.map(({ bytes }) => bytes));
  });

  it.each([
    ['fly', { k: 4, n: 2 }],
    ['fattree', { k: 4, n: 2 }],
    ['tree', { k: 4, n: 2 }],
    ['ring', { k: 16 }],
  ])('serves a %s too', (topology, shape) => {
    const driver = scriptedDriver(
      [1, 2, 3].map((): ScriptedRequest => ({ atCycle: 0, target: 'memory1', rowBytes: 100, also: [2, 3, 4, 5, 6, 7].map((node) => `memory${node}`) })),
    );
    const machine = buildMachine({
      name: 'reduction',
      clocks: { core: 1e9 },
      blocks: [
        { path: 'noc', plugin: packet, config: { topology, ...shape, reductionEntries: 1, maxPacketBytes: 128 }, clock: 'core' },
        { path: 'driver', plugin: driver.plugin, clock: 'core' },
        ...Array.from({ length: 7 }, (_, i) => ({ path: `memory${i + 1}`, plugin: echoMemory, clock: 'core' })),
      ],
      connections: [
        { from: 'driver.memory0', to: 'noc.node0' },
        ...Array.from({ length: 7 }, (_, i) => ({ from: `memory${i + 1}.port0`, to: `noc.node${i + 1}` })),
      ],
    });
    machine.run();
    machine.finish();
    expect(driver.outcomes.every(({ doneTick }) => doneTick > 0)).toBe(true);
    expect((machine.built('noc').model.report!() as { reductions: { packetsCombined: number } }).reductions.packetsCombined).toBe(3 * 6);
    expect(machine.transactions.inFlight).toBe(0);
  });

  it('refuses a reduction that does not fit it, and counts energy where adding costs some', () => {
    expect(() => run(packet, [{ from: 0, reads: [{ of: [1, 2], bytes: 300 }] }], { reductionEntries: 1, maxPacketBytes: 256 })).toThrow(
      /reads 300, 300 bytes; expected as many from each, at most 256/,
    );
    const { noc } = run(packet, [{ from: 0, reads: [{ of: [1, 2, 3], bytes: 120 }] }], { reductionEnergyPerBitPj: 0.5 });
    expect(noc.energy.breakdownPj(1)['reduction']).toBe(2 * 128 * 8 * 0.5);
    expect(run(packet, [{ from: 0, reads: [{ of: [1, 2, 3], bytes: 120 }] }], {}).noc.energy.breakdownPj(1)).toHaveProperty('reduction', 0);
  });
});
