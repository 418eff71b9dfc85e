import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { meshTopology, uncontendedCycles, type PacketConfig } from '../../../../plugins/networks/mesh-packet/api.js';
import { packetPlugin } from '../../../../plugins/networks/packet/index.js';
import { REGION_BYTES, runMulticasts, type Multicast } from '../../support/multicast-machine.js';
import { caseCount } from '../../../many.js';

const packet = packetPlugin as BlockPlugin;
const HEADER = 8;
const SIDE = 4;
const NETWORK = { topology: 'mesh', k: SIDE, n: 2, concentration: 2, maxPacketBytes: 256 };

/** Each place is a router of a 4 x 4 mesh. */
function run(casts: readonly Multicast[], network: object = {}) {
  const found = runMulticasts(casts, { plugin: packet, config: { ...NETWORK, ...network }, places: SIDE * SIDE });
  const { links } = found.noc.model.report!() as { links: { bytes: number }[] };
  return { ...found, linkBytes: links.reduce((sum, { bytes }) => sum + bytes, 0) };
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
        const { timesWritten, linkBytes, noc, machine } = run([cast], { switching });
        for (let router = 0; router < 16; router++) {
          expect(timesWritten(router)).toEqual(cast.to.includes(router) ? new Array<number>(cast.bytes).fill(1) : []);
        }
        const bursts = Math.ceil(cast.bytes / 1024);
        expect(linkBytes).toBe(treeLinks(cast) * onLink(cast.bytes) + backLinks(cast) * bursts * HEADER);
        expect(noc.statistics['hops']).toBe(bursts * (treeLinks(cast) + backLinks(cast)));
        expect(noc.statistics['messages']).toBe(2 * bursts * cast.to.length);
        expect(machine.built('dma0').statistics['bytesWritten']).toBe(cast.bytes * cast.to.length);
        expect(machine.transactions.inFlight).toBe(0);
      }),
      { numRuns: caseCount(60) },
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
        const casts = list
          .filter(({ from }) => !froms.has(from) && froms.add(from))
          .map((cast, i) => (i % 3 === 2 ? { ...cast, to: cast.to.slice(0, 1) } : cast));
        const { timesWritten, machine } = run(casts, { topology, bufferPackets, maxPacketBytes: 64 });
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        casts.forEach(({ to, bytes }, i) => {
          for (const router of to) expect(timesWritten(router).slice(i * REGION_BYTES, i * REGION_BYTES + bytes)).toEqual(new Array<number>(bytes).fill(1));
        });
        const total = Array.from({ length: SIDE * SIDE }, (_, router) => timesWritten(router))
          .flat()
          .reduce((sum, count) => sum + count, 0);
        expect(total).toBe(casts.reduce((sum, { to, bytes }) => sum + to.length * bytes, 0));
      }),
      { numRuns: caseCount(25) },
    );
  });
});
