import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, type BlockPlugin } from '../../../../core/index.js';
import { meshTopology, multicastLinks, reductionTree } from '../../../../plugins/networks/mesh-packet/api.js';
import { nocFlitPlugin } from '../../../../plugins/networks/noc-flit/index.js';
import { notingMemory } from '../../support/noting-memory.js';
import { runReductions, type ReductionScript } from '../../support/reduction-machine.js';
import { caseCount, some } from '../../../many.js';

const noc = nocFlitPlugin as BlockPlugin;
const SIDE = 4;
const ROUTERS = SIDE * SIDE;
const mesh = meshTopology(SIDE, SIDE, 2);
const HEADER = 8;
const FLIT_BYTES = 16;
/** Connections at the node of a memory, there and back; and at that of the requester. */
const ANSWER = 2;
const ENDS = 2;

const run = (scripts: readonly ReductionScript[], network: object = {}) =>
  runReductions(scripts, noc, { topology: 'mesh', k: SIDE, n: 2, concentration: 2, ...network }, ROUTERS);

/** A packet alone over one link: docs/models/noc-flit.md. */
const step = (flits: number): number => 2 + 5 * 2 + flits - 1;
const routerLists = fc.uniqueArray(fc.nat(ROUTERS - 1), { minLength: 2, maxLength: ROUTERS });
const memoryNodes = (routers: readonly number[]): number[] => routers.map((router) => 2 * router + 1);

describe('a reduction alone on a mesh', () => {
  it.each([
    [[1, 2], 1, 1],
    [[1, 2, 3], 1, 1],
    [[1, 2, 3], 4, 0],
    [[3, 1, 2], 7, 5],
  ])('along a row over routers %j: %i packets go from adder to adder of %i cycles', (of, packets, reductionCycles) => {
    const flits = 9;
    const bytes = packets * (flits * FLIT_BYTES - HEADER);
    const { cycles } = run([{ from: 0, reads: [{ of, bytes }] }], { reductionCycles });
    const far = of.length;
    const expected = ENDS + far * step(1) + ANSWER + far * step(flits) + (far - 1) * reductionCycles + (packets - 1) * flits;
    expect(cycles).toEqual([[expected]]);
  });

  it('sends one copy over each link of the tree, and the requester gets one response', () => {
    fc.assert(
      fc.property(routerLists, fc.nat(ROUTERS - 1), fc.integer({ min: 1, max: 2000 }), fc.constantFrom(3, 9), (of, from, bytes, maxPacketFlits) => {
        const { cycles, report, noc: built, machine } = run([{ from, reads: [{ of, bytes }] }], { maxPacketFlits });
        const packetBytes = maxPacketFlits * FLIT_BYTES - HEADER;
        const packets = Math.ceil(bytes / packetBytes);
        const flits = (packets - 1) * maxPacketFlits + Math.ceil((bytes - (packets - 1) * packetBytes + HEADER) / FLIT_BYTES);
        const sumLinks = reductionTree(mesh, memoryNodes(of), 0, 2 * from).links;
        const requestLinks = multicastLinks(mesh, 2 * from, memoryNodes(of));
        const loads = report.links.map((link) => link.flits).filter((load) => load > 0);
        expect(loads.sort((a, b) => a - b)).toEqual(
          [...new Array<number>(requestLinks).fill(1), ...new Array<number>(sumLinks).fill(flits)].sort((a, b) => a - b),
        );
        expect(report.reductions).toEqual({ started: 1, held: 0, packetsCombined: packets * (of.length - 1) });
        expect(built.statistics).toMatchObject({ messages: 2 * of.length, packets: 1 + packets * of.length, bytes: HEADER + of.length * (bytes + HEADER) });
        expect(cycles[0]!.every((count) => count > 0)).toBe(true);
        expect(machine.transactions.inFlight).toBe(0);
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('refuses what its entries do not hold, and counts energy where adding costs some', () => {
    expect(() => run([{ from: 0, reads: [{ of: [1, 2], bytes: 300 }] }], { reductionEntries: 2 })).toThrow(
      /reads 300, 300 bytes; expected as many from each, at most 272/,
    );
    const { noc: built } = run([{ from: 0, reads: [{ of: [1, 2, 3], bytes: 120 }] }], { reductionEnergyPerBitPj: 0.5 });
    expect(built.energy.breakdownPj(1)['reduction']).toBe(2 * 8 * FLIT_BYTES * 8 * 0.5);
    expect(run([{ from: 0, reads: [{ of: [1, 2, 3], bytes: 120 }] }]).noc.energy.breakdownPj(1)).toHaveProperty('reduction', 0);
  });
});

const PLACES = 15;
const NETWORKS = [
  { topology: 'mesh', k: 4, n: 2, concentration: 2 },
  { topology: 'torus', k: 4, n: 2, concentration: 2 },
  { topology: 'ring', k: 5, concentration: 6 },
  { topology: 'fly', k: 4, n: 3 },
  { topology: 'tree', k: 2, n: 5 },
  { topology: 'fattree', k: 4, n: 3 },
  { topology: 'mesh', k: 4, n: 2, concentration: 2, routing: 'valiant_split' },
];
const placeLists = fc.uniqueArray(fc.nat(PLACES - 1), { minLength: 2, maxLength: PLACES });
const scriptLists = fc
  .array(
    fc.record({
      from: fc.nat(PLACES - 1),
      reads: fc.array(fc.record({ of: placeLists, bytes: fc.integer({ min: 1, max: 200 }), write: fc.boolean() }), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 4, maxLength: 12 },
  )
  .map((list) => list.filter(({ from }, i) => list.findIndex((other) => other.from === from) === i));
const limits = fc.record({
  multicastMessages: fc.constantFrom(1, 2, 8),
  reassemblyMessages: fc.constantFrom(1, 8),
  outstandingMessages: fc.constantFrom(1, 4),
  reductionCycles: fc.nat(6),
  vcBufferFlits: fc.constantFrom(1, 8),
});

describe('many reductions at once, with reads and writes between', () => {
  it.each(some(NETWORKS, 3))('are all answered once on %o, also with full tables and memories that stall', (network) => {
    fc.assert(
      fc.property(
        scriptLists,
        limits,
        fc.constantFrom(1, 3, 16),
        fc.constantFrom(0, 5, 60),
        fc.constantFrom(1e9, 0.7e9, 1.3e9),
        (scripts, limit, reductionEntries, everyCycles, clockHz) => {
          // The largest read, 200 bytes, fits the entries.
          const maxPacketFlits = reductionEntries === 1 ? 14 : 6;
          const config = { ...network, ...limit, maxPacketFlits, reductionEntries };
          const [one, two] = [0, 1].map(() => {
            const { machine, cycles, report, noc: built } = runReductions(scripts, noc, config, PLACES, notingMemory(new Map(), { everyCycles }), clockHz);
            expect(machine.transactions.inFlight).toBe(0);
            expect(machine.kernel.unfinishedWaits()).toEqual([]);
            expect(cycles.flat().every((count) => count > 0)).toBe(true);
            const reductions = scripts.flatMap(({ reads }) => reads.filter(({ write }) => !write));
            expect(report.reductions?.started ?? 0).toBe(reductions.length);
            const packetBytes = maxPacketFlits * FLIT_BYTES - HEADER;
            expect(report.reductions?.packetsCombined ?? 0).toBe(
              reductions.reduce((sum, { of, bytes }) => sum + Math.ceil(bytes / packetBytes) * (of.length - 1), 0),
            );
            return digestOf({ cycles, report, statistics: { ...built.statistics } });
          });
          expect(one).toBe(two);
        },
      ),
      { numRuns: caseCount(15, 2) },
    );
  });

  it('wait when the tables are full, and carry the same data', () => {
    const all = Array.from({ length: ROUTERS }, (_, router) => router);
    const corners = [0, 3, 12, 15].map((from) => ({ from, reads: Array.from({ length: 8 }, () => ({ of: all, bytes: 64 })) }));
    const [narrow, wide] = [1, 64].map((reductionEntries) => run(corners, { reductionEntries }));
    expect(narrow!.report.reductions!.held).toBeGreaterThan(20);
    expect(wide!.report.reductions!.held).toBe(0);
    expect(narrow!.machine.kernel.now).toBeGreaterThan(wide!.machine.kernel.now);
    expect(narrow!.report.links.map(({ flits }) => flits)).toEqual(wide!.report.links.map(({ flits }) => flits));
  });
});
