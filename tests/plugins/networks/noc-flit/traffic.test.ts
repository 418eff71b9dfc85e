import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../core/index.js';
import { buildNetwork, builtIn, REBASE_AT_CYCLE, type NetworkDescription, type RouterParameters } from '../../../../plugins/networks/noc-flit/api.js';
import { soakPair } from '../../../../tools/soak/soak-pair.js';
import { everyNetwork } from './networks.js';
import { randomTraffic } from './support.js';
import { caseCount, some } from '../../../many.js';

function build(description: NetworkDescription, router: Partial<RouterParameters>, fast: boolean) {
  const routes = new RandomStream(5, 'routes');
  return buildNetwork({ ...description, router }, (bound) => routes.below(bound), undefined, fast).network;
}

const allocator = fc.constantFrom(...builtIn.allocators.map(({ name }) => name));

/** What table-driven and general stages both know. */
const plainOptions = {
  numVcs: fc.integer({ min: 1, max: 8 }),
  vcBufferFlits: fc.integer({ min: 1, max: 9 }),
  routingDelay: fc.integer({ min: 0, max: 3 }),
  vcAllocDelay: fc.integer({ min: 1, max: 2 }),
  switchAllocDelay: fc.integer({ min: 1, max: 2 }),
  switchFinalDelay: fc.integer({ min: 1, max: 3 }),
  creditDelay: fc.integer({ min: 0, max: 2 }),
  allocatorIterations: fc.integer({ min: 1, max: 3 }),
  waitForTailCredit: fc.boolean(),
  linkPhits: fc.constantFrom(1, 1, 2, 3),
  linkClockRatio: fc.constantFrom(1, 1, 0.8, 2),
};

const anyRouter = fc.record({
  ...plainOptions,
  switchPrepareDelay: fc.integer({ min: 0, max: 1 }),
  inputSpeedup: fc.integer({ min: 1, max: 3 }),
  outputSpeedup: fc.integer({ min: 1, max: 3 }),
  internalSpeedup: fc.constantFrom(1, 1.25, 2),
  speculative: fc.boolean(),
  holdSwitchForPacket: fc.boolean(),
  vcAllocator: allocator,
  switchAllocator: allocator,
});

/** `npm run soak` sends a million. */
const PACKETS = 160;

describe.each(some(everyNetwork, 4))('$name', (pair) => {
  it.each([
    ['defaults', {}],
    ['short buffers, lookahead', { vcBufferFlits: 2, routingDelay: 0 }],
    ['speculation, held switch', { speculative: true, holdSwitchForPacket: true }],
    ['wait for tail credit, wavefront', { waitForTailCredit: true, vcAllocator: 'wavefront', switchAllocator: 'separable_output_first' }],
    ['slow links', { linkPhits: 2, linkClockRatio: 0.8, linkCycles: 2 }],
    ['speedups', { inputSpeedup: 2, outputSpeedup: 2, internalSpeedup: 1.5, switchFinalDelay: 2 }],
  ] as const)('ejects every flit once: %s', (_options, router) => {
    const report = soakPair(pair, router, PACKETS, 3);
    expect(report.violations).toEqual([]);
    expect(report.packets).toBe(PACKETS);
  });

  it('the table-driven stages give the times of the general ones', () => {
    const { description } = pair;
    for (const router of [
      {},
      { numVcs: 5, vcBufferFlits: 3 },
      { allocatorIterations: 3 },
      { routingDelay: 2, creditDelay: 1 },
      { routingDelay: 0, waitForTailCredit: true },
      { linkPhits: 3, linkClockRatio: 1.25 },
    ]) {
      const fast = build(description, router, true);
      const general = build(description, router, false);
      const rate = 0.06 * fast.nodes;
      const expected = randomTraffic(general, 100, rate, 6, 9);
      const actual = randomTraffic(fast, 100, rate, 6, 9);
      expect(actual.ejected).toEqual(expected.ejected);
      expect(actual.ejectedFlits).toBe(expected.ejectedFlits);
    }
  });
});

describe('a held switch with a switch allocation of two cycles', () => {
  it('moves every flit once', () => {
    const network = build({ topology: 'mesh', routing: 'dim_order', options: { k: 2, n: 1 } }, { holdSwitchForPacket: true, switchAllocDelay: 2 }, true);
    network.inject(0, 1, 2, 0);
    network.inject(0, 1, 2, 1);
    network.advance(500);
    expect([network.packetsInFlight, network.flitsEjected, network.nextEventCycle()]).toEqual([0, 4, -1]);
  });
});

describe('random routers', () => {
  it('lose nothing on any topology and routing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyNetwork), anyRouter, fc.integer({ min: 1, max: 1000 }), (pair, router, seed) => {
        const numVcs = Math.max(router.numVcs, pair.routing.minVcs);
        const { violations, packets } = soakPair(pair, { ...router, numVcs, inputSpeedup: Math.min(router.inputSpeedup, numVcs) }, PACKETS, seed);
        expect(violations).toEqual([]);
        expect(packets).toBe(PACKETS);
      }),
      { numRuns: caseCount(60) },
    );
  });

  it('agree between table-driven and general stages', () => {
    fc.assert(
      fc.property(fc.record(plainOptions), fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.01, max: 1.5, noNaN: true }), (router, seed, rate) => {
        const description = { topology: 'mesh', routing: 'dim_order', options: { k: 3, n: 2 } };
        const expected = randomTraffic(build(description, router, false), 200, rate, 7, seed);
        const actual = randomTraffic(build(description, router, true), 200, rate, 7, seed);
        expect(actual.ejected).toEqual(expected.ejected);
        expect(actual.ejectedFlits).toBe(actual.injectedFlits);
      }),
      { numRuns: caseCount(30) },
    );
  });
});

describe('long runs', () => {
  it.each([
    ['dense', 400, 0.5],
    ['sparse, with trains', 60, 0.05],
  ])('go on over the rebasing of the 32-bit clock with the same times (%s)', (_name, packets, perCycle) => {
    const description = { topology: 'mesh', routing: 'dim_order', options: { k: 3, n: 2 } };
    const early = build(description, {}, true);
    const late = build(description, {}, true);
    const shift = REBASE_AT_CYCLE - 300;
    late.advance(shift);
    const before = randomTraffic(early, packets, perCycle, 5, 2);
    const after = randomTraffic(late, packets, perCycle, 5, 2);
    expect(late.state.epoch).toBeGreaterThan(0);
    expect(Math.min(...before.ejected)).toBeLessThan(300);
    expect(Math.max(...before.ejected)).toBeGreaterThan(300);
    expect(after.ejected).toEqual(before.ejected.map((cycle) => cycle + shift));
    expect(after.ejectedFlits).toBe(before.ejectedFlits);
  });
});
