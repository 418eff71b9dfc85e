import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine, type BlockPlugin, type Machine } from '../../../../core/index.js';
import { dmaPlugin } from '../../../../plugins/dma/dma/index.js';
import { busPlugin } from '../../../../plugins/networks/bus/index.js';
import { idealPlugin } from '../../../../plugins/networks/ideal/index.js';
import { reductionTree, multicastLinks, meshTopology } from '../../../../plugins/networks/mesh-packet/api.js';
import { packetPlugin } from '../../../../plugins/networks/packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { operationFeeder, type OperationSketch } from '../../support/operation-feeder.js';
import { caseCount } from '../../../many.js';

const HEADER = 8;
const MEMORIES = 15;
const packet = packetPlugin as BlockPlugin;

/** One engine at node 0 of a 4 x 4 mesh with a memory of its own, memories at the other nodes. */
function run(
  plugin: BlockPlugin,
  config: Readonly<Record<string, unknown>>,
  sketches: readonly OperationSketch[],
  dma: Readonly<Record<string, unknown>> = {},
) {
  let machine: Machine | undefined;
  const feeder = operationFeeder(sketches, () => machine!.block('dma').unit!);
  machine = buildMachine({
    name: 'reduction',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'noc', plugin, config, clock: 'core' },
      { path: 'dma', plugin: dmaPlugin as BlockPlugin, config: { setupCycles: 0, ...dma }, clock: 'core' },
      { path: 'own', plugin: echoMemory, clock: 'core' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      ...Array.from({ length: MEMORIES }, (_, i) => ({ path: `memory${i + 1}`, plugin: echoMemory, clock: 'core' })),
    ],
    connections: [
      { from: 'dma.local', to: 'own.port0' },
      { from: 'dma.network', to: 'noc.node0' },
      ...Array.from({ length: MEMORIES }, (_, i) => ({ from: `memory${i + 1}.port0`, to: `noc.node${i + 1}` })),
    ],
  });
  machine.run();
  machine.finish();
  expect(machine.transactions.inFlight).toBe(0);
  expect(feeder.endTicks.every((tick) => tick > 0)).toBe(true);
  const noc = machine.built('noc');
  const links = ((noc.model.report?.() ?? {}) as { links?: { bytes: number }[] }).links ?? [];
  return {
    cycles: Math.max(...feeder.endTicks) / 1000,
    dma: machine.built('dma').statistics,
    noc,
    linkBytes: links.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

const mesh = { topology: 'mesh', k: 4, n: 2 };
const reduce = (sources: readonly string[], bytes: number, to = ['own']): OperationSketch => ({
  form: { reduce: 'add' },
  reads: sources.map((memory) => ({ memory, rowBytes: bytes })),
  writes: to.map((memory) => ({ memory, rowBytes: bytes })),
});
const names = (nodes: readonly number[]): string[] => nodes.map((node) => `memory${node}`);
const nodeLists = fc.uniqueArray(fc.integer({ min: 1, max: MEMORIES }), { minLength: 2, maxLength: MEMORIES });

describe('a transfer that reduces', () => {
  it('reads all sources at once where the network combines, in bursts that its tables hold', () => {
    fc.assert(
      fc.property(nodeLists, fc.integer({ min: 1, max: 3000 }), fc.constantFrom(1, 2, 16), fc.boolean(), (nodes, bytes, reductionEntries, withOwn) => {
        const sources = [...(withOwn ? ['own'] : []), ...names(nodes)];
        const { dma, linkBytes } = run(packet, { ...mesh, maxPacketBytes: 256, reductionEntries }, [reduce(sources, bytes)]);
        const burstBytes = Math.min(1024, 256 * reductionEntries);
        const bursts = Math.ceil(bytes / burstBytes);
        const topology = meshTopology(4, 4);
        const packets = Math.floor(bytes / burstBytes) * Math.ceil(burstBytes / 256) + Math.ceil((bytes % burstBytes) / 256);
        expect(linkBytes).toBe(bursts * HEADER * multicastLinks(topology, 0, nodes) + reductionTree(topology, nodes, 0, 0).links * (bytes + packets * HEADER));
        expect(dma).toMatchObject({ readBursts: bursts * sources.length, bytesRead: bytes * sources.length, writeBursts: bursts, bytesWritten: bytes });
      }),
      { numRuns: caseCount(60) },
    );
  });

  it.each([
    ['a packet network without tables', packet, { ...mesh, reductionEntries: 0 }],
    ['an ideal network', idealPlugin as BlockPlugin, {}],
    ['a bus', busPlugin as BlockPlugin, {}],
  ])('on %s reads one by one, adds itself and takes longer', (_, plugin, config) => {
    const sketch = reduce(names([1, 2, 3, 4, 5, 6, 7, 8]), 8192);
    const combined = run(packet, mesh, [sketch]);
    const alone = run(plugin, config, [sketch]);
    expect(alone.dma).toMatchObject({ readBursts: 64, bytesRead: 8 * 8192, writeBursts: 8, bytesWritten: 8192 });
    // The data path takes the 64 responses of 1024 bytes in one after the other.
    expect(alone.cycles).toBeGreaterThan((63 * 1024 * 8) / 256);
    expect(combined.cycles).toBeLessThan(alone.cycles / 3);
  });

  it('writes the sum to several memories as a multicast, between plain transfers', () => {
    const plain: OperationSketch = { form: {}, reads: [{ memory: 'memory3', rowBytes: 500 }], writes: [{ memory: 'own', rowBytes: 500 }] };
    const { dma } = run(packet, mesh, [plain, reduce(names([1, 2, 4]), 2000, names([5, 6])), plain], { outstandingBursts: 2 });
    expect(dma).toMatchObject({ transfers: 3, bytesRead: 2 * 500 + 3 * 2000, bytesWritten: 2 * 500 + 2 * 2000 });
  });

  it('sends to several memories once, whatever it writes to its own besides', () => {
    const send = (to: readonly string[]): OperationSketch => ({
      form: {},
      reads: [{ memory: 'memory1', rowBytes: 4096 }],
      writes: to.map((memory) => ({ memory, rowBytes: 4096 })),
    });
    const others = ['memory5', 'memory6', 'memory10', 'memory11'];
    const alone = run(packet, mesh, [send(others)]);
    for (const to of [
      ['own', ...others],
      [...others, 'own'],
      ['memory5', 'own', 'memory6', 'memory10', 'memory11'],
    ]) {
      const both = run(packet, mesh, [send(to)]);
      expect(both.linkBytes).toBe(alone.linkBytes);
      expect(both.dma).toMatchObject({ bytesWritten: 5 * 4096 });
    }
  });

  it('refuses sources of different sizes', () => {
    const sketch: OperationSketch = {
      form: { reduce: 'add' },
      reads: [
        { memory: 'memory1', rowBytes: 8 },
        { memory: 'memory2', rowBytes: 16 },
      ],
      writes: [{ memory: 'own', rowBytes: 8 }],
    };
    expect(() => run(packet, mesh, [sketch])).toThrow(/adds 16 bytes of 'T' to 8 of 'T'/);
  });
});
