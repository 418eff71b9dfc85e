import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { idealPlugin } from '../../../../plugins/networks/ideal/index.js';
import { PERIOD_TICKS, randomTraffic, runNetwork, wireBytesOf } from '../../support/network-bench.js';
import { caseCount } from '../../../many.js';

const ideal = idealPlugin as BlockPlugin;
const request = { atCycle: 0, target: 'memory0', rowBytes: 4096 };

describe('ideal network', () => {
  it.each([0, 1, 7, 100])('a round trip takes four connections and twice the latency of %i, whatever its size', (latencyCycles) => {
    const { roundTrips } = runNetwork(ideal, { latencyCycles }, { scripts: [[request]], memories: 1 });
    expect(roundTrips).toEqual([[4 + 2 * latencyCycles]]);
  });

  it('carries any number of messages at once', () => {
    const scripts = Array.from({ length: 4 }, () => [request]);
    const { roundTrips } = runNetwork(ideal, { latencyCycles: 5 }, { scripts, memories: 1 });
    expect(new Set(roundTrips.flat())).toEqual(new Set([14]));
  });

  it('loses nothing, keeps the order of a pair and sums its stall stack when receivers are slow', () => {
    fc.assert(
      fc.property(randomTraffic(3, 2), fc.nat(20), (traffic, latencyCycles) => {
        const { machine, noc, outcomes } = runNetwork(ideal, { latencyCycles }, traffic);
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        expect(noc.statistics['bytes']).toBe(wireBytesOf(traffic));
        expect(noc.stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
        outcomes.forEach((list, driver) => {
          for (const memory of ['memory0', 'memory1']) {
            const ends = list.filter((_, i) => traffic.scripts[driver]![i]!.target === memory).map((o) => o.doneTick);
            expect(ends).toEqual([...ends].sort((a, b) => a - b));
          }
          for (const o of list) expect((o.doneTick - o.sentTick) / PERIOD_TICKS).toBeGreaterThanOrEqual(4 + 2 * latencyCycles);
        });
        expect(runNetwork(ideal, { latencyCycles }, traffic).outcomes).toEqual(outcomes);
      }),
      { numRuns: caseCount(80) },
    );
  });
});
