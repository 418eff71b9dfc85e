import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildNetwork, type RouterParameters } from '../../../../plugins/networks/noc-flit/api.js';
import { randomTraffic, sendOne } from './support.js';

const K = 6;
const line = (router: Partial<RouterParameters>, fast = true) =>
  buildNetwork({ topology: 'mesh', routing: 'dim_order', options: { k: K, n: 1 }, router }, () => 0, undefined, fast).network;
/** Cycles by which a head is later at the crossbar than a flit that arrives with it: it is routed and given a virtual channel. */
const HEAD = 2;
const alone = (router: Partial<RouterParameters>, to: number, flits: number, fast = true): number => sendOne(line(router, fast), 0, to, flits).cycles;

describe.each([
  ['table-driven', true],
  ['general', false],
])('links of their own width and clock, %s stages', (_name, fast) => {
  it('a flit of several phits is whole after the last; those behind the head make up for what the head does at the last router', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: K - 1 }), fc.integer({ min: 1, max: 16 }), (phits, links, flits) => {
        const head = alone({}, links, 1, fast) + links * (phits - 1);
        expect(alone({ linkPhits: phits, vcBufferFlits: 16 }, links, flits, fast)).toBe(head + Math.max(flits - 1, (flits - 1) * phits - HEAD));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['0.8', 1, 0.8, 1.25],
    ['0.75', 1, 0.75, 4 / 3],
    ['0.5', 1, 0.5, 2],
    ['1.6 and 2 phits', 2, 1.6, 1.25],
  ])('a stream on a link of clock ratio %s ends with the last passage, rests of cycles not lost', (_ratio, linkPhits, linkClockRatio, flitCycles) => {
    const first = Math.ceil(flitCycles) - 1;
    for (const flits of [1, 2, 7, 40, 333]) {
      const last = Math.ceil(Math.round(flits * flitCycles * 1e6) / 1e6) - 1;
      expect(alone({ linkPhits, linkClockRatio, vcBufferFlits: 16 }, 1, flits, fast)).toBe(alone({}, 1, 1, fast) + Math.max(first + flits - 1, last - HEAD));
    }
  });

  it('a link that is faster than the router changes nothing: the crossbar gives a flit a cycle', () => {
    const plain = randomTraffic(line({}, fast), 300, 0.3, 6, 4);
    expect(randomTraffic(line({ linkPhits: 2, linkClockRatio: 2.5 }, fast), 300, 0.3, 6, 4)).toEqual(plain);
  });

  it('linkCycles is the flight time of each link', () => {
    expect(alone({ linkCycles: 4 }, 3, 1, fast)).toBe(alone({}, 3, 1, fast) + 3 * 3);
  });
});

describe('what no link can be', () => {
  it.each<[Partial<RouterParameters>, RegExp]>([
    [{ linkPhits: 0 }, /linkPhits.*0 is not a whole number from 1 to 64/],
    [{ linkClockRatio: 0 }, /linkClockRatio.*0 is not between 0\.01 and 100/],
    [{ linkCycles: 1.5 }, /linkCycles.*1\.5 is not a whole number/],
  ])('%j', (router, message) => {
    expect(() => line(router)).toThrow(message);
  });
});
