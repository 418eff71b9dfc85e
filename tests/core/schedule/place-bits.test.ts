import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noRuns, runsOf } from '../../../core/schedule/resolve/bit-runs.js';
import { PlaceBits } from '../../../core/schedule/resolve/place-bits.js';
import type { OperationRecord } from '../../../core/schedule/resolve/record.js';

describe('bits of a place', () => {
  it('go round, so that what is freed last is used last', () => {
    const bits = new PlaceBits(100);
    expect([bits.take(40), bits.take(40)]).toEqual([0, 40]);
    bits.give(0, 40, []);
    expect([bits.take(20), bits.take(20)]).toEqual([80, 0]);
    bits.empty();
    expect(bits.take(100)).toBe(0);
  });

  it('never overlap as long as there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 60 }), (steps) => {
        const bits = new PlaceBits(64);
        let live: [number, number][] = [];
        for (const [size, frees] of steps) {
          if (frees && live.length > 0) {
            const [low, high] = live.shift()!;
            bits.give(low, high, []);
          } else if (live.reduce((sum, [low, high]) => sum + high - low, size) <= 16) {
            const low = bits.take(size);
            expect(live.some(([from, to]) => low < to && from < low + size)).toBe(false);
            live = [...live, [low, low + size]];
          }
        }
      }),
    );
  });

  it('of several runs are free as if each had been given', () => {
    const cut = fc.uniqueArray(fc.integer({ min: 0, max: 64 }), { minLength: 4, maxLength: 24 }).map((bounds) => [...bounds].sort((a, b) => a - b));
    fc.assert(
      fc.property(cut, cut, (taken, given) => {
        const [together, singly] = [new PlaceBits(64), new PlaceBits(64)];
        const users = [{ id: 1, finished: false } as OperationRecord];
        for (const bits of [together, singly]) {
          bits.take(64);
          for (let i = 0; i + 1 < taken.length; i += 2) bits.give(taken[i]!, taken[i + 1]!, []);
        }
        together.giveRuns({ bounds: given, count: given.length >> 1 }, users);
        for (let i = 0; i + 1 < given.length; i += 2) singly.give(given[i]!, given[i + 1]!, users);
        expect(together).toEqual(singly);
      }),
    );
  });

  it('remember who still uses what was freed', () => {
    const bits = new PlaceBits(100);
    const user = { id: 1, finished: false } as OperationRecord;
    bits.give(0, 50, [user]);
    const users = (low: number, high: number): number[] => {
      const found: number[] = [];
      bits.forEachUser(low, high, ({ id }) => found.push(id));
      return found;
    };
    expect([users(40, 60), users(50, 60)]).toEqual([[1], []]);
    user.finished = true;
    expect(users(0, 100)).toEqual([]);
  });
});

it('runs of a box are its elements, each once', () => {
  const dimension = fc
    .integer({ min: 1, max: 5 })
    .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 1, max: size })));
  fc.assert(
    fc.property(fc.array(dimension, { minLength: 1, maxLength: 4 }), (dimensions) => {
      const frame = { low: dimensions.map(() => 0), high: dimensions.map(([size]) => size) };
      const box = { low: dimensions.map(([, low]) => low), high: dimensions.map(([size, low, length]) => Math.min(size, low + length)) };
      const wanted: number[] = [];
      const total = frame.high.reduce((product, size) => product * size, 1);
      for (let element = 0; element < total; element++) {
        let rest = element;
        const at = frame.high.map(() => 0);
        for (let d = at.length - 1; d >= 0; d--) {
          at[d] = rest % frame.high[d]!;
          rest = Math.floor(rest / frame.high[d]!);
        }
        if (at.every((value, d) => value >= box.low[d]! && value < box.high[d]!)) wanted.push(element);
      }
      const found: number[] = [];
      const { bounds, count } = runsOf(frame, box, 0, 1, noRuns());
      for (let run = 0; run < count; run++) for (let element = bounds[2 * run]!; element < bounds[2 * run + 1]!; element++) found.push(element);
      expect(found).toEqual(wanted);
    }),
  );
});
