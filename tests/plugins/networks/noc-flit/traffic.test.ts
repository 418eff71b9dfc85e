import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../core/index.js';
import { buildNetwork, type NetworkDescription, type RouterParameters } from '../../../../plugins/networks/noc-flit/api.js';
import { everyNetwork } from './networks.js';
import { randomTraffic } from './support.js';

function build(description: NetworkDescription, router: Partial<RouterParameters>, fast: boolean) {
  const routes = new RandomStream(5, 'routes');
  return buildNetwork({ ...description, router }, (bound) => routes.below(bound), undefined, fast).network;
}

/** A load that keeps the network busy, and beyond what some of them can carry. */
const PACKETS = 400;

describe.each(everyNetwork)('%s', (_name, description) => {
  const perCycle = (nodes: number): number => 0.06 * nodes;

  it.each([
    ['defaults', {}],
    ['short buffers, lookahead', { vcBufferFlits: 2, routingDelay: 0 }],
    ['speculation, held switch', { speculative: true, holdSwitchForPacket: true }],
    ['wait for tail credit, wavefront', { waitForTailCredit: true, vcAllocator: 'wavefront', switchAllocator: 'separable_output_first' }],
    ['speedups', { inputSpeedup: 2, outputSpeedup: 2, internalSpeedup: 1.5, switchFinalDelay: 2 }],
  ] as const)('ejects every flit once: %s', (_options, router) => {
    const network = build(description, router, true);
    const record = randomTraffic(network, PACKETS, perCycle(network.nodes), 6, 3);
    expect(record.times.every((times) => times === 1)).toBe(true);
    expect(record.ejected.every((cycle) => cycle > 0)).toBe(true);
    expect(record.ejectedFlits).toBe(record.injectedFlits);
    expect(network.packetsInFlight).toBe(0);
    expect(network.nextEventCycle()).toBe(-1);
  });

  it('the table-driven stages give the times of the general ones', () => {
    for (const router of [{}, { numVcs: 5, vcBufferFlits: 3 }, { allocatorIterations: 3 }, { routingDelay: 2, creditDelay: 1 }, { routingDelay: 0, waitForTailCredit: true }]) {
      const fast = build(description, router, true);
      const general = build(description, router, false);
      const rate = perCycle(fast.nodes);
      const expected = randomTraffic(general, 200, rate, 6, 9);
      const actual = randomTraffic(fast, 200, rate, 6, 9);
      // Random routes are drawn in the order of the heads' arrival in a router's cycle, which both keep only when no choice is random.
      if (!usesRandomRoutes(description)) expect(actual.ejected).toEqual(expected.ejected);
      expect(actual.ejectedFlits).toBe(expected.ejectedFlits);
    }
  });
});

function usesRandomRoutes({ topology, routing }: NetworkDescription): boolean {
  return ['xy_yx', 'valiant', 'valiant_split', 'romm'].includes(routing ?? '') || topology === 'torus' || topology === 'ring' || topology === 'fattree';
}

describe('random routers', () => {
  it('agree between table-driven and general stages', () => {
    fc.assert(
      fc.property(
        fc.record({
          numVcs: fc.integer({ min: 1, max: 8 }),
          vcBufferFlits: fc.integer({ min: 1, max: 9 }),
          routingDelay: fc.integer({ min: 0, max: 3 }),
          vcAllocDelay: fc.integer({ min: 1, max: 2 }),
          switchAllocDelay: fc.integer({ min: 1, max: 2 }),
          switchFinalDelay: fc.integer({ min: 1, max: 3 }),
          creditDelay: fc.integer({ min: 0, max: 2 }),
          allocatorIterations: fc.integer({ min: 1, max: 3 }),
          waitForTailCredit: fc.boolean(),
        }),
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0.01, max: 1.5, noNaN: true }),
        (router, seed, rate) => {
          const description = { topology: 'mesh', routing: 'dim_order', options: { k: 3, n: 2 } };
          const expected = randomTraffic(build(description, router, false), 200, rate, 7, seed);
          const actual = randomTraffic(build(description, router, true), 200, rate, 7, seed);
          expect(actual.ejected).toEqual(expected.ejected);
          expect(actual.ejectedFlits).toBe(actual.injectedFlits);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('long runs', () => {
  it('go on over the rebasing of the 32-bit clock with the same times', () => {
    const description = { topology: 'mesh', routing: 'dim_order', options: { k: 3, n: 2 } };
    const early = build(description, {}, true);
    const late = build(description, {}, true);
    const shift = 2 ** 30 - 300;
    late.advance(shift);
    const before = randomTraffic(early, 400, 0.5, 5, 2);
    const after = randomTraffic(late, 400, 0.5, 5, 2);
    expect(Array.from(after.ejected).slice(-1)[0]).toBeGreaterThan(shift);
    expect(after.ejectedFlits).toBe(before.ejectedFlits);
  });
});
