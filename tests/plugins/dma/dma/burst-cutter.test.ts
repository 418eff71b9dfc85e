import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BurstCutter, type BurstPlace } from '../../../../plugins/dma/dma/burst-cutter.js';
import { resolveSketch, type RegionSketch } from '../../support/operation-feeder.js';

/** Byte addresses of a region in its order. */
function addressesOf(sketch: RegionSketch): number[] {
  const region = resolveSketch(sketch, 0);
  const result: number[] = [];
  for (let plane = 0; plane < region.planes; plane++) {
    for (let row = 0; row < region.rows; row++) {
      for (let byte = 0; byte < region.rowBytes; byte++) result.push(region.address + plane * region.planePitchBytes + row * region.pitchBytes + byte);
    }
  }
  return result;
}

function bytesOf(place: BurstPlace): number[] {
  return addressesOf({ memory: '', address: place.address, rowBytes: place.rowBytes, rows: place.rows, pitchBytes: place.pitchBytes });
}

function cutAll(reads: readonly RegionSketch[], writes: readonly RegionSketch[], limit: number) {
  const cutter = new BurstCutter();
  cutter.begin(
    reads.map((r) => resolveSketch(r, 0)),
    writes.map((w) => resolveSketch(w, 0)),
  );
  const bursts: { bytes: number; source: BurstPlace; destinations: BurstPlace[] }[] = [];
  while (!cutter.isDone) {
    const destinations: BurstPlace[] = [];
    const bytes = cutter.cut(limit, destinations);
    bursts.push({ bytes, source: { ...cutter.sources[0]! }, destinations });
  }
  return bursts;
}

const shapeOf = (bytes: number) => {
  const divisors = Array.from({ length: bytes }, (_, i) => i + 1).filter((d) => bytes % d === 0);
  return fc
    .record({ rowBytes: fc.constantFrom(...divisors), gap: fc.constantFrom(0, 0, 3, 16), planeGap: fc.constantFrom(0, 0, 8), address: fc.nat(100) })
    .chain(({ rowBytes, gap, planeGap, address }) => {
      const lines = bytes / rowBytes;
      const counts = Array.from({ length: lines }, (_, i) => i + 1).filter((d) => lines % d === 0);
      return fc.constantFrom(...counts).map((rows): RegionSketch => {
        const pitchBytes = rowBytes + gap;
        return { memory: '', address, rowBytes, rows, pitchBytes, planes: lines / rows, planePitchBytes: rows * pitchBytes + planeGap };
      });
    });
};

describe('cutting a transfer into bursts', () => {
  it('covers every byte of every side once and in order, each burst within its limit', () => {
    const cases = fc
      .constantFrom(1, 12, 60, 64, 96, 210)
      .chain((bytes) => fc.tuple(shapeOf(bytes), fc.array(shapeOf(bytes), { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 80 })));
    fc.assert(
      fc.property(cases, ([read, writes, limit]) => {
        const bursts = cutAll([read], writes, limit);
        expect(bursts.every((burst) => burst.bytes <= limit)).toBe(true);
        expect(bursts.flatMap((burst) => bytesOf(burst.source))).toEqual(addressesOf(read));
        writes.forEach((write, i) => expect(bursts.flatMap((burst) => bytesOf(burst.destinations[i]!))).toEqual(addressesOf(write)));
      }),
      { numRuns: 500 },
    );
  });

  it('fills bursts with whole rows of the strided side', () => {
    const bursts = cutAll([{ memory: '', rowBytes: 24, rows: 10, pitchBytes: 100 }], [{ memory: '', rowBytes: 240 }], 64);
    expect(bursts.map((burst) => burst.bytes)).toEqual([48, 48, 48, 48, 48]);
    expect(bursts[1]!.source).toMatchObject({ address: 200, rowBytes: 24, rows: 2, pitchBytes: 100 });
    expect(bursts[1]!.destinations[0]).toMatchObject({ address: 48, rowBytes: 48, rows: 1 });
  });

  it('sees planes that touch as one', () => {
    const cube = { memory: '', rowBytes: 8, rows: 4, pitchBytes: 8, planes: 4, planePitchBytes: 32 };
    expect(cutAll([cube], [{ memory: '', rowBytes: 128 }], 128)).toHaveLength(1);
    const evenRows = { memory: '', rowBytes: 8, rows: 4, pitchBytes: 16, planes: 4, planePitchBytes: 64 };
    expect(cutAll([evenRows], [{ memory: '', rowBytes: 128 }], 128)).toHaveLength(1);
  });

  it('reads several regions one after the other', () => {
    const halves = [
      { memory: '', rowBytes: 40 },
      { memory: '', address: 1000, rowBytes: 24 },
    ];
    const bursts = cutAll(halves, [{ memory: '', rowBytes: 64 }], 32);
    expect(bursts.map((burst) => [burst.source.address, burst.bytes])).toEqual([
      [0, 32],
      [32, 8],
      [1000, 24],
    ]);
  });
});
