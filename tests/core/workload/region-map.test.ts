import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapBackward, mapForward, reshapeGroups, type Box, type IndexExpression, type RegionMap } from '../../../core/workload/index.js';

const SIZES = { A: 5, B: 4 };
const TARGET = { T: 20 };

const term = (loop: string) =>
  fc.record({
    loop: fc.constant(loop),
    coefficient: fc.constantFrom(-3, -2, -1, 1, 2, 3, 4),
    shift: fc.integer({ min: -3, max: 3 }),
    divisor: fc.integer({ min: 1, max: 3 }),
  });
const expression: fc.Arbitrary<IndexExpression> = fc.record({
  dim: fc.constant('T'),
  terms: fc.oneof(fc.tuple(term('A'), term('B')), fc.tuple(term('A')), fc.constant([])),
  offset: fc.integer({ min: -4, max: 8 }),
  window: fc.integer({ min: 1, max: 3 }),
});
const within = (size: number) =>
  fc.tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size })).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

function reached({ terms, offset = 0, window = 1 }: IndexExpression, point: Readonly<Record<string, number>>): number[] {
  const at = terms.reduce((sum, each) => sum + Math.floor((each.coefficient * point[each.loop]! + (each.shift ?? 0)) / (each.divisor ?? 1)), offset);
  return Array.from({ length: window }, (_, step) => at + step);
}

function touched(index: IndexExpression, point: Readonly<Record<string, number>>): number[] {
  return reached(index, point).filter((position) => position >= 0 && position < TARGET.T);
}

function* pointsOf(box: Box): Generator<Record<string, number>> {
  for (let a = box['A']![0]; a < box['A']![1]; a++) for (let b = box['B']![0]; b < box['B']![1]; b++) yield { A: a, B: b };
}

describe('index maps', () => {
  it('go forward to the smallest box of all touched positions', () => {
    fc.assert(
      fc.property(expression, within(5), within(4), (index, a, b) => {
        const box = { A: a, B: b };
        const positions = [...pointsOf(box)].flatMap((point) => touched(index, point));
        const region = mapForward({ kind: 'index', expressions: [index] }, box, TARGET)['T']!;
        for (const position of positions) expect(position >= region[0] && position < region[1]).toBe(true);
        // With one loop, and no stride that steps over the tensor's edge, the box is exact at both ends.
        const clipped = [...pointsOf(box)].some((point) => reached(index, point).length !== touched(index, point).length);
        if (index.terms.length <= 1 && !clipped && positions.length > 0) {
          expect(region[0]).toBe(Math.min(...positions));
          expect(region[1]).toBe(Math.max(...positions) + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('go back to a box that misses no point, exactly for one loop', () => {
    fc.assert(
      fc.property(expression, within(20), (index, wanted) => {
        const back = mapBackward({ kind: 'index', expressions: [index] }, { T: wanted }, SIZES);
        const hits = [...pointsOf({ A: [0, 5], B: [0, 4] })].filter((point) =>
          touched(index, point).some((position) => position >= wanted[0] && position < wanted[1]),
        );
        for (const point of hits) for (const loop of ['A', 'B']) expect(point[loop]! >= back[loop]![0] && point[loop]! < back[loop]![1]).toBe(true);
        if (index.terms.length === 1 && hits.length > 0) {
          expect(back['A']).toEqual([Math.min(...hits.map((point) => point['A']!)), Math.max(...hits.map((point) => point['A']!)) + 1]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('solve mixed radix exactly: channel = 8 * group + c', () => {
    const map: RegionMap = {
      kind: 'index',
      expressions: [
        {
          dim: 'C',
          terms: [
            { loop: 'G', coefficient: 8 },
            { loop: 'K', coefficient: 1 },
          ],
        },
      ],
    };
    expect(mapBackward(map, { C: [18, 21] }, { G: 4, K: 8 })).toEqual({ G: [2, 3], K: [2, 5] });
    expect(mapBackward(map, { C: [6, 10] }, { G: 4, K: 8 })).toEqual({ G: [0, 2], K: [0, 8] });
  });
});

describe('reshape maps', () => {
  it('fall apart into the smallest groups', () => {
    const groups = reshapeGroups({ B: 2, Y: 128, K: 768 }, { B: 2, S: 128, G: 12, D: 64 });
    expect(groups.map((group) => [group.from.join(), group.to.join()])).toEqual([
      ['B', 'B'],
      ['Y', 'S'],
      ['K', 'G,D'],
    ]);
    const map: RegionMap = { kind: 'reshape', groups };
    expect(mapForward(map, { B: [0, 1], Y: [4, 8], K: [64, 128] }, { B: 2, S: 128, G: 12, D: 64 })).toEqual({ B: [0, 1], S: [4, 8], G: [1, 2], D: [0, 64] });
    expect(mapBackward(map, { B: [0, 1], S: [0, 128], G: [2, 4], D: [0, 64] }, { B: 2, Y: 128, K: 768 })['K']).toEqual([128, 256]);
  });

  it('lose no element in either direction', () => {
    const shapes = fc.constantFrom(
      [[24], [4, 6]],
      [
        [4, 6],
        [6, 4],
      ],
      [[2, 3, 4], [24]],
      [
        [2, 12],
        [8, 3],
      ],
      [
        [1, 24, 1],
        [2, 1, 12],
      ],
    );
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), ([from, to], stream) => {
        const source = Object.fromEntries(from!.map((size, d) => [`S${d}`, size]));
        const target = Object.fromEntries(to!.map((size, d) => [`T${d}`, size]));
        const next = (size: number): number => stream.next().value! % (size + 1);
        const box: Box = Object.fromEntries(
          Object.entries(source).map(([name, size]) => {
            const [a, b] = [next(size), next(size)];
            return [name, [Math.min(a, b), Math.max(a, b)] as const];
          }),
        );
        const map: RegionMap = { kind: 'reshape', groups: reshapeGroups(source, target) };
        const region = mapForward(map, box, target);
        const inside = (place: readonly number[], of: Box): boolean => Object.values(of).every(([low, high], d) => place[d]! >= low && place[d]! < high);
        for (let linear = 0; linear < 24; linear++) {
          if (inside(unravel(linear, from!), box)) expect(inside(unravel(linear, to!), region)).toBe(true);
        }
      }),
    );
  });
});

function unravel(linear: number, shape: readonly number[]): number[] {
  const place = [];
  for (let rest = linear, d = shape.length - 1; d >= 0; rest = Math.floor(rest / shape[d]!), d--) place.unshift(rest % shape[d]!);
  return place;
}
