import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundingBox,
  boxContains,
  boxSizes,
  boxVolume,
  BoxSet,
  completeBox,
  formatBox,
  intersectBoxes,
  subtractBox,
  tileBox,
  unionContains,
  wholeBox,
  type Box,
} from '../../../core/workload/index.js';

const NAMES = ['A', 'B', 'C'] as const;
const SPAN = 6;

const interval = fc.tuple(fc.integer({ min: 0, max: SPAN }), fc.integer({ min: 0, max: SPAN })).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const box: fc.Arbitrary<Box> = fc.tuple(interval, interval, interval).map(([a, b, c]) => ({ A: a, B: b, C: c }));

/** The points of a box as strings: the oracle. */
function points(of: Box): Set<string> {
  const all = new Set<string>();
  const [a, b, c] = NAMES.map((name) => of[name] as readonly [number, number]) as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  for (let i = a[0]; i < a[1]; i++) for (let j = b[0]; j < b[1]; j++) for (let k = c[0]; k < c[1]; k++) all.add(`${i},${j},${k}`);
  return all;
}

describe('boxes', () => {
  it('intersect, contain and subtract as their points do', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const [pa, pb] = [points(a), points(b)];
        const common = [...pa].filter((point) => pb.has(point));
        const met = intersectBoxes(a, b);
        expect(met === undefined ? 0 : boxVolume(met)).toBe(common.length);
        expect(boxContains(a, b)).toBe([...pb].every((point) => pa.has(point)));
        const rest = subtractBox(a, b);
        const restPoints = rest.flatMap((part) => [...points(part)]);
        expect(new Set(restPoints).size).toBe(restPoints.length);
        expect([...restPoints].sort()).toEqual([...pa].filter((point) => !pb.has(point)).sort());
      }),
    );
  });

  it('tell whether a union covers', () => {
    fc.assert(
      fc.property(fc.array(box, { maxLength: 4 }), box, (boxes, wanted) => {
        const covered = new Set(boxes.flatMap((each) => [...points(each)]));
        expect(unionContains(boxes, wanted)).toBe([...points(wanted)].every((point) => covered.has(point)));
      }),
    );
  });

  it('complete, tile and print', () => {
    const sizes = { C: 3, Y: 10 };
    expect(completeBox(sizes, { Y: [2, 4] })).toEqual({ C: [0, 3], Y: [2, 4] });
    expect(tileBox(sizes, { Y: 4 }, { Y: 2, C: 3 })).toEqual({ C: [0, 3], Y: [4, 6] });
    expect(boxSizes(wholeBox(sizes))).toEqual(sizes);
    expect(boundingBox({ C: [0, 1] }, { C: [5, 6] })).toEqual({ C: [0, 6] });
    expect(formatBox({ C: [0, 1], Y: [2, 3] })).toBe('C[0,1) Y[2,3)');
    expect(boxVolume({})).toBe(1);
  });
});

describe('BoxSet', () => {
  it('counts overlap, volume and missing parts as a set of points does', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ box, remove: fc.boolean() }), { maxLength: 12 }), box, (steps, probe) => {
        const set = new BoxSet(NAMES);
        const oracle = new Set<string>();
        for (const step of steps) {
          const there = [...points(step.box)].filter((point) => oracle.has(point)).length;
          expect(set.overlaps(step.box)).toBe(there > 0);
          expect(step.remove ? set.remove(step.box) : set.add(step.box)).toBe(there);
          for (const point of points(step.box)) {
            if (step.remove) oracle.delete(point);
            else oracle.add(point);
          }
          expect(set.volume).toBe(oracle.size);
        }
        expect(set.toBoxes().reduce((sum, each) => sum + boxVolume(each), 0)).toBe(oracle.size);
        const missing = set
          .missing(probe)
          .flatMap((part) => [...points(part)])
          .sort();
        expect(missing).toEqual([...points(probe)].filter((point) => !oracle.has(point)).sort());
        expect(set.contains(probe)).toBe(missing.length === 0);
      }),
    );
  });

  it.each([
    ['row by row', (i: number) => [Math.floor(i / 100), i % 100] as const],
    ['column by column', (i: number) => [i % 100, Math.floor(i / 100)] as const],
  ])('keeps a regular tiling in a handful of boxes, %s', (_, place) => {
    const set = new BoxSet(['Y', 'X']);
    let most = 0;
    for (let i = 0; i < 10_000; i++) {
      const [y, x] = place(i);
      expect(set.add({ Y: [y * 3, y * 3 + 3], X: [x * 7, x * 7 + 7] })).toBe(0);
      most = Math.max(most, set.boxCount);
    }
    expect(most).toBeLessThanOrEqual(3);
    expect(set.boxCount).toBe(1);
    expect(set.volume).toBe(300 * 700);
  });

  it('refuses a box without one of its dimensions', () => {
    expect(() => new BoxSet(['Y']).add({ X: [0, 1] })).toThrow('no dimension Y');
  });
});
