import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine, TransactionKind, type Block, type BlockContext, type BlockPlugin, type Machine } from '../../../../core/index.js';
import { dmaPlugin } from '../../../../plugins/dma/dma/index.js';
import { meshTopology, uncontendedCycles, type PacketConfig } from '../../../../plugins/networks/mesh-packet/api.js';
import { packetPlugin } from '../../../../plugins/networks/packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { operationFeeder, type OperationSketch } from '../../support/operation-feeder.js';

const packet = packetPlugin as BlockPlugin;
const HEADER = 8;
const SIDE = 4;
const NODES = 2 * SIDE * SIDE;

/** How often each byte of a memory was written, by memory path. */
type Written = Map<string, number[]>;

/** A memory that notes what is written to it; one port for each of its connections. */
function notingMemory(written: Written): BlockPlugin {
  return {
    ...echoMemory,
    name: 'noting-memory',
    create: (context) => {
      const bytes: number[] = [];
      written.set(context.path, bytes);
      const block = echoMemory.create(context as BlockContext) as Block & { onArrival(port: { peek(c: number): { kind: number; address: number; bytes: number } | undefined }, c: number): void };
      for (const port of context.ports('port')) {
        const take = port.take.bind(port);
        port.take = (trafficClass) => {
          const message = take(trafficClass);
          if (message?.kind === TransactionKind.write) for (let i = 0; i < message.bytes; i++) bytes[message.address + i] = (bytes[message.address + i] ?? 0) + 1;
          return message;
        };
      }
      return block;
    },
  };
}

interface Multicast {
  readonly from: number;
  readonly to: readonly number[];
  readonly bytes: number;
}

const NETWORK = { topology: 'mesh', k: SIDE, n: 2, concentration: 2, maxPacketBytes: 256 };

/**
 * A dma engine at the even node of each router in `from` of a 4 x 4 mesh, a memory at the odd node of every router; the source is
 * local to the engine. `memoriesPerNode` at most two: the second shares the node of the first behind a small network.
 */
function run(casts: readonly Multicast[], network: object = {}) {
  const written: Written = new Map();
  const memory = notingMemory(written);
  let machine: Machine | undefined;
  const feeders = casts.map(({ to, bytes }, i) => {
    const sketch: OperationSketch = { form: {}, reads: [{ memory: `source${i}`, rowBytes: bytes }], writes: to.map((router) => ({ memory: `memory${router}`, address: i * 8192, rowBytes: bytes })) };
    return operationFeeder([sketch], () => machine!.block(`dma${i}`).unit!);
  });
  machine = buildMachine({
    name: 'multicast',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'noc', plugin: packet, config: { ...NETWORK, ...network }, clock: 'core' },
      ...Array.from({ length: NODES / 2 }, (_, router) => ({ path: `memory${router}`, plugin: memory, clock: 'core' })),
      ...casts.flatMap((_, i) => [
        { path: `dma${i}`, plugin: dmaPlugin as BlockPlugin, config: { burstBytes: 1024, setupCycles: 0 }, clock: 'core' },
        { path: `source${i}`, plugin: echoMemory, clock: 'core' },
        { path: `feeder${i}`, plugin: feeders[i]!.plugin, clock: 'core' },
      ]),
    ],
    connections: [
      ...Array.from({ length: NODES / 2 }, (_, router) => ({ from: `memory${router}.port0`, to: `noc.node${2 * router + 1}` })),
      ...casts.flatMap(({ from }, i) => [{ from: `dma${i}.local`, to: `source${i}.port0` }, { from: `dma${i}.network`, to: `noc.node${2 * from}` }]),
    ],
  });
  machine.run();
  machine.finish();
  const links = (machine.built('noc').model.report!() as { links: { bytes: number }[] }).links;
  return { machine, written, ends: feeders.map(({ endTicks }) => endTicks[0]!), noc: machine.built('noc'), linkBytes: links.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Links of the tree of XY paths. */
function treeLinks({ from, to }: Multicast): number {
  const mesh = meshTopology(SIDE, SIDE);
  const links = new Set<number>();
  for (const target of to) {
    for (let at = from; at !== target; at = mesh.links[mesh.nextLink(at, target)]!.to) links.add(mesh.nextLink(at, target));
  }
  return links.size;
}

const backLinks = ({ from, to }: Multicast): number => to.reduce((sum, target) => sum + meshTopology(SIDE, SIDE).hops(target, from), 0);

/** Bytes of a burst list on a link: 1024 bytes a burst, 256 a packet, each with its header. */
const onLink = (bytes: number): number => {
  let total = 0;
  for (let left = bytes; left > 0; left -= 1024) total += Math.min(left, 1024) + HEADER * Math.ceil(Math.min(left, 1024) / 256);
  return total;
};

const castArbitrary = fc.record({ from: fc.nat(15), to: fc.uniqueArray(fc.nat(15), { minLength: 2, maxLength: 8 }), bytes: fc.integer({ min: 1, max: 3000 }) });

describe('multicast', () => {
  it('reaches every target with every byte exactly once, with one copy on each link of the tree', () => {
    fc.assert(
      fc.property(castArbitrary, fc.constantFrom('virtual-cut-through', 'store-and-forward'), (cast, switching) => {
        const { written, linkBytes, noc, machine } = run([cast], { switching });
        for (let router = 0; router < 16; router++) {
          expect(written.get(`memory${router}`)).toEqual(cast.to.includes(router) ? new Array<number>(cast.bytes).fill(1) : []);
        }
        const bursts = Math.ceil(cast.bytes / 1024);
        expect(linkBytes).toBe(treeLinks(cast) * onLink(cast.bytes) + backLinks(cast) * bursts * HEADER);
        expect(noc.statistics['hops']).toBe(bursts * (treeLinks(cast) + backLinks(cast)));
        expect(noc.statistics['messages']).toBe(2 * bursts * cast.to.length);
        expect(machine.built('dma0').statistics['bytesWritten']).toBe(cast.bytes * cast.to.length);
        expect(machine.transactions.inFlight).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('takes as long as its farthest target alone', () => {
    // Along the row and down the columns, from the corner: the last acknowledgement comes from the far corner.
    const config = { routerCycles: 2, linkCycles: 1, linkWidthBits: 128, maxPacketBytes: 256, switching: 'virtual-cut-through' } as PacketConfig;
    const [one, many] = [[15], [1, 2, 3, 5, 10, 15]].map((to) => run([{ from: 0, to, bytes: 256 }]).ends[0]! / 1000);
    expect(many).toBe(one);
    expect(one).toBeGreaterThan(uncontendedCycles(config, 6, 264) + uncontendedCycles(config, 6, HEADER));
  });

  it.each([1, 4])('many at once, through buffers of %i packets, with plain writes between: nobody is left behind', (bufferPackets) => {
    fc.assert(
      fc.property(fc.array(castArbitrary, { minLength: 4, maxLength: 12 }), fc.constantFrom('mesh', 'torus'), (list, topology) => {
        const froms = new Set<number>();
        const casts = list.filter(({ from }) => !froms.has(from) && froms.add(from)).map((cast, i) => (i % 3 === 2 ? { ...cast, to: cast.to.slice(0, 1) } : cast));
        const { written, machine } = run(casts, { topology, bufferPackets, maxPacketBytes: 64 });
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        casts.forEach(({ to, bytes }, i) => {
          for (const router of to) expect(written.get(`memory${router}`)!.slice(i * 8192, i * 8192 + bytes)).toEqual(new Array<number>(bytes).fill(1));
        });
        const total = [...written.values()].flat().reduce((sum, count) => sum + count, 0);
        expect(total).toBe(casts.reduce((sum, { to, bytes }) => sum + to.length * bytes, 0));
      }),
      { numRuns: 25 },
    );
  });
});
