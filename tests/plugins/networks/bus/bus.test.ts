import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { busPlugin } from '../../../../plugins/networks/bus/index.js';
import { randomTraffic, runNetwork, wireBytesOf } from '../../support/network-bench.js';
import { caseCount } from '../../../many.js';

const bus = busPlugin as BlockPlugin;
const request = { atCycle: 0, target: 'memory0', rowBytes: 120 };

describe('bus', () => {
  it.each([
    [64, 0],
    [128, 1],
    [256, 3],
  ])('an uncontended read over %i bits takes its beats and latency both ways', (widthBits, latencyCycles) => {
    const { roundTrips } = runNetwork(bus, { widthBits, latencyCycles }, { scripts: [[request]], memories: 1 });
    const beats = Math.ceil((8 * 8) / widthBits) + Math.ceil((128 * 8) / widthBits);
    expect(roundTrips).toEqual([[4 + beats + 2 * latencyCycles]]);
  });

  it('carries one message at a time', () => {
    const scripts = Array.from({ length: 4 }, () => [{ ...request, kind: 'write' as const }]);
    const { roundTrips, noc } = runNetwork(bus, { widthBits: 128, latencyCycles: 0 }, { scripts, memories: 1 });
    // Four requests of eight beats from cycle 1 on, in turn, then the memory's turn: its four acknowledgements.
    expect(roundTrips.map(([cycles]) => cycles)).toEqual([35, 36, 37, 38]);
    expect(noc.statistics['busyCycles']).toBe(4 * 9);
  });

  it.each([
    ['priority', [{ priority: 0 }, { priority: 0 }, { priority: 1 }], [0, 2, 1]],
    ['age', [{ priority: 0 }, { priority: 1, atCycle: 2 }, { priority: 2, atCycle: 1 }], [0, 2, 1]],
  ])('%s decides who is next', (arbitration, requesters, order) => {
    const scripts = requesters.map((fields) => [{ ...request, kind: 'write' as const, rowBytes: 1000, ...fields }]);
    if (arbitration === 'priority') scripts[1]![0]!.atCycle = scripts[2]![0]!.atCycle = 1;
    const { outcomes } = runNetwork(bus, { arbitration }, { scripts, memories: 1 });
    const ends = outcomes.map(([outcome]) => outcome!.doneTick);
    expect([0, 1, 2].sort((a, b) => ends[a]! - ends[b]!)).toEqual(order);
  });

  it('loses nothing, is never faster than its width, sums its stall stack and repeats itself', () => {
    const configs = fc.record({
      widthBits: fc.constantFrom(8, 64, 512),
      latencyCycles: fc.nat(5),
      arbitration: fc.constantFrom('round-robin', 'priority', 'age'),
      outputDepth: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(randomTraffic(3, 2), configs, (traffic, config) => {
        const { machine, noc, outcomes } = runNetwork(bus, config, traffic);
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        expect(noc.statistics['bytes']).toBe(wireBytesOf(traffic));
        expect((noc.statistics['busyCycles']! * config.widthBits) / 8).toBeGreaterThanOrEqual(wireBytesOf(traffic));
        expect(machine.kernel.now / 1000).toBeGreaterThanOrEqual(noc.statistics['busyCycles']!);
        expect(noc.stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
        expect(noc.stalls.ticks[1]! / 1000).toBeGreaterThanOrEqual(noc.statistics['busyCycles']!);
        expect(runNetwork(bus, config, traffic).outcomes).toEqual(outcomes);
      }),
      { numRuns: caseCount(80) },
    );
  });
});
