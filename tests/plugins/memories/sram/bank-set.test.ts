import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BankArray } from '../../../../plugins/memories/sram/bank-array.js';
import { BankMap } from '../../../../plugins/memories/sram/bank-map.js';
import { bankCount, consecutiveBanks, lowestBank, spreadsOverBanks } from '../../../../plugins/memories/sram/bank-set.js';
import { WordStream } from '../../../../plugins/memories/sram/word-stream.js';

const banksOf = (set: number): number[] => Array.from({ length: 32 }, (_, bank) => bank).filter((bank) => ((set >>> bank) & 1) === 1);

describe('sets of banks', () => {
  it('hold consecutive banks around the ring', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.nat(), fc.nat(), (banks, seed, length) => {
        const first = seed % banks;
        const count = 1 + (length % banks);
        const expected = Array.from({ length: count }, (_, i) => (first + i) % banks).sort((a, b) => a - b);
        const set = consecutiveBanks(first, count, banks);
        expect(banksOf(set)).toEqual(expected);
        expect([bankCount(set), lowestBank(set)]).toEqual([count, expected[0]]);
      }),
    );
  });
});

describe('spreadsOverBanks', () => {
  it('says whether any beat of a long strided burst has two words in a bank', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 32 }));
    fc.assert(
      fc.property(sizes, ([rowWords, pitchWords, lanes, banks]) => {
        const words = Array.from({ length: rowWords * 40 }, (_, i) => Math.floor(i / rowWords) * pitchWords + (i % rowWords));
        const beats = Array.from({ length: rowWords * 20 }, (_, first) => words.slice(first, first + lanes).map((word) => word % banks));
        expect(spreadsOverBanks(rowWords, pitchWords, lanes, banks)).toBe(beats.every((beat) => new Set(beat).size === lanes));
      }),
      { numRuns: 500 },
    );
  });
});

interface Burst {
  readonly stream: number;
  readonly wait: number;
  readonly address: number;
  readonly rowBytes: number;
  readonly rows: number;
  readonly pitchBytes: number;
  readonly key: number;
}

/** All that an array tells and counts, when each burst begins as soon as its time has come and its stream is free. */
function traceOf(banks: number, lanes: readonly number[], bursts: readonly Burst[], arbitration: 'round-robin' | 'priority', stepwise: boolean): unknown {
  const cycles = new Map<number, boolean>();
  const ends: number[][] = [];
  const streams = lanes.map((words, index) => new WordStream(index, words, 8));
  const observer = {
    onCycles: (cycle: number, count: number, conflicted: boolean) => {
      for (let i = 0; i < count; i++) cycles.set(cycle + i, conflicted);
    },
    onStreamEnd: (stream: number, cycle: number) => ends.push([stream, cycle]),
  };
  const array = new BankArray(new BankMap('low-order', banks, 4096), streams, arbitration, observer, stepwise);
  let cycle = 0;
  for (const burst of bursts) {
    const stream = streams[burst.stream % streams.length]!;
    cycle += burst.wait;
    array.runTo(cycle);
    while (stream.active) array.runTo(++cycle);
    stream.key = burst.key;
    stream.begin(burst.address, burst.rowBytes, burst.rows, burst.pitchBytes);
    array.admit(stream);
  }
  array.runTo(cycle + 10_000);
  return { cycles: [...cycles], ends, waited: array.waitedWords, extra: array.extraCycles, busy: array.busyCycles };
}

describe('beats as sets of banks', () => {
  it('are served as word by word, whoever competes', () => {
    const burst = fc.record({
      stream: fc.nat({ max: 3 }),
      wait: fc.integer({ min: 0, max: 12 }),
      address: fc.integer({ min: 0, max: 600 }),
      rowBytes: fc.oneof(
        fc.integer({ min: 1, max: 12 }).map((words) => words * 8),
        fc.integer({ min: 1, max: 100 }),
      ),
      rows: fc.integer({ min: 1, max: 12 }),
      // Whole words apart as a rule, so that sets can be used, and now and then not.
      pitchBytes: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 1, max: 40 }).map((words) => words * 8) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
      ),
      key: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(3, 4, 8, 16, 31, 32, 48),
        fc.array(fc.constantFrom(1, 2, 4, 8), { minLength: 1, maxLength: 3 }),
        fc.array(burst, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('round-robin' as const, 'priority' as const),
        (banks, lanes, bursts, arbitration) => {
          expect(traceOf(banks, lanes, bursts, arbitration, false)).toEqual(traceOf(banks, lanes, bursts, arbitration, true));
        },
      ),
      { numRuns: 500 },
    );
  });
});
