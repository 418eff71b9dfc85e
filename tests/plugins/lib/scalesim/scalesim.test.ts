import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrosscheckPlugin, ReferenceRecord } from '../../../../core/index.js';
import crosscheck from '../../../../plugins/crosschecks/systolic-layer/index.js';
import { convolutionLayer, figuresOf, inputAddress, stallCycles, type ScaleSimArray } from '../../../../plugins/lib/scalesim/index.js';
import { toolContext } from '../../../tool-context.js';

const array = (dataflow: 'os' | 'ws' | 'is', rows: number, columns: number): ScaleSimArray => ({ dataflow, rows, columns });
const PRODUCT = { m: 100, n: 50, k: 75 };

describe('folds', () => {
  // Counted by hand from the table of the tool's cycles: folds x (T + R + C - 2), or 2R for a stationary tile, less one.
  it.each([
    ['os', 16, 16, 7 * 4 * (75 + 16 + 16 - 2) - 1],
    ['ws', 16, 16, 5 * 4 * (100 + 32 + 16 - 2) - 1],
    ['is', 16, 16, 5 * 7 * (50 + 32 + 16 - 2) - 1],
    ['is', 128, 128, 50 + 256 + 128 - 2 - 1],
  ] as const)('%s on %i x %i', (dataflow, rows, columns, cycles) => {
    expect(figuresOf(array(dataflow, rows, columns), PRODUCT).computeCycles).toBe(cycles);
  });

  it('traffic of the buffers', () => {
    expect(figuresOf(array('os', 16, 16), PRODUCT)).toMatchObject({ ifmapReads: 7500 * 4, filterReads: 3750 * 7, ofmapWrites: 5000 + 28 * 32 });
    expect(figuresOf(array('ws', 16, 16), PRODUCT)).toMatchObject({ ifmapReads: 7500 * 4, filterReads: 3750, ofmapWrites: 25000 });
    expect(figuresOf(array('is', 16, 16), PRODUCT)).toMatchObject({ ifmapReads: 7500, filterReads: 3750 * 7, ofmapWrites: 25000 });
  });

  it('of two in four weights half the rows are left, and every input is read for both halves', () => {
    const figures = figuresOf(array('ws', 8, 8), { m: 32, n: 32, k: 64 }, { kept: 2, of: 4 });
    expect(figures).toMatchObject({ computeCycles: 16 * (32 + 16 + 8 - 2) - 1, filterReads: 1024, ifmapReads: 32 * 32 * 4 * 2 });
  });
});

describe('convolutions', () => {
  it('the last window may hang over the edge, where there is no word', () => {
    const layer = convolutionLayer({ imageHeight: 8, imageWidth: 8, filterHeight: 3, filterWidth: 3, channels: 2, filters: 4, stride: 2 });
    expect(layer).toMatchObject({ m: 16, n: 4, k: 18 });
    expect(inputAddress(layer, 0, 0)).toBe(0);
    expect(inputAddress(layer, 5, 3)).toBe((2 * 8 + 3) * 2 + 1);
    expect(inputAddress(layer, 15, 17)).toBe(-1);
  });

  it('a filter that is larger than the image is refused', () => {
    expect(() => convolutionLayer({ imageHeight: 2, imageWidth: 9, filterHeight: 5, filterWidth: 5, channels: 1, filters: 1, stride: 1 })).toThrow(
      /5 x 5 on 2 x 9/,
    );
  });
});

describe('stalls', () => {
  const buffers = (words: number, bandwidth: number) => ({
    ifmapWords: words,
    filterWords: words,
    ofmapWords: words,
    ifmapBandwidth: bandwidth,
    filterBandwidth: bandwidth,
    ofmapBandwidth: bandwidth,
  });

  it('there are none where buffers hold all operands', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (dataflow, m, k) => {
          expect(stallCycles(array(dataflow, 4, 4), { m, n: 5, k }, buffers(4096, 64))).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('small buffers on slow links stall every dataflow, slower ones more', () => {
    for (const dataflow of ['os', 'ws', 'is'] as const) {
      const at = (bandwidth: number): number => stallCycles(array(dataflow, 8, 8), { m: 64, n: 64, k: 64 }, buffers(1024, bandwidth));
      expect(at(4)).toBeGreaterThan(at(16));
      expect(at(16)).toBeGreaterThanOrEqual(0);
    }
  });
});

it('a record is answered under its own names; total and stalls only where they are modelled', () => {
  const plugin = crosscheck as CrosscheckPlugin;
  const config = {
    dataflow: 'os',
    array_h: 16,
    array_w: 16,
    ifmap_kb: 64,
    filter_kb: 64,
    ofmap_kb: 64,
    bw_mode: 'CALC',
    ofmap_bw: 10,
    ifmap_bw: 10,
    filter_bw: 10,
  };
  const record = (more: object): ReferenceRecord => ({
    id: 'x',
    config: { ...config, ...more },
    workload: { type: 'gemm', M: 100, N: 50, K: 75 },
    expected: {},
  });
  const cycles = 28 * 105 - 1;
  expect(plugin.simulate(record({}), toolContext)).toMatchObject({
    compute_cycles: cycles,
    total_cycles: cycles,
    overall_util_pct: (100 * 375000) / (cycles * 256),
  });
  expect(plugin.simulate(record({ layout: {} }), toolContext)).not.toHaveProperty('total_cycles');
  for (const bad of [{ dataflow: 'rs' }, { array_h: 0 }, { sparsity: 'half' }]) expect(() => plugin.simulate(record(bad), toolContext)).toThrow();
});
