import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../core/index.js';
import { definesPoint, evaluateDefines, largestAlive, tileChain, tilesAlong } from '../../../../plugins/lib/defines/index.js';

const { records } = JSON.parse(readFileSync(new URL('../../../golden/estimate-defines.json', import.meta.url), 'utf8')) as {
  records: Record<string, unknown>[];
};
const record = records[0]!;
const point = definesPoint(record);
const { layers } = record['workload'] as { layers: { loop_sizes: Record<string, number> }[] };
const wide = layers.map((layer) => ({ ...layer, loop_sizes: { ...layer.loop_sizes, OX: 1e9 } }));

describe("DeFiNES' model", () => {
  it('gives the layer-by-layer point of the specification', () => {
    // 21.114 mJ, 29.05 Mcycles: ideal 18.29, stall 10.55, copies 0.07
    const found = evaluateDefines({ ...point, tileX: 960, tileY: 540, factorLimit: 5 });
    expect(found.energyPj / 1e9).toBeCloseTo(21.114, 2);
    expect(found.latency1Cycles / 1e6).toBeCloseTo(29.05, 2);
    expect(found.stallCycles / 1e6).toBeCloseTo(10.55, 2);
  });

  it('traces a tile back through windows, less what is cached', () => {
    const input = { id: -1, ...point.input };
    const whole = tileChain(point, point.layers, input, 960, 540, { horizontal: false, vertical: false });
    expect(whole.map(({ loops }) => loops['OX'])).toEqual([974, 970, 970, 968, 966, 964, 962, 962, 960]);
    const cached = tileChain(point, point.layers, input, 4, 72, { horizontal: true, vertical: false });
    expect(cached.map(({ loops }) => loops['OX'])).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4]);
    expect(cached.at(-1)).toMatchObject({ overlapX: 2, overlapY: 2 });
    expect(largestAlive(cached)).toBeGreaterThan(0);
  });

  it('puts the tile that does not divide first', () => {
    expect(tilesAlong(10, 4).map(({ at, size, isLast }) => [at, size, isLast])).toEqual([
      [0, 2, false],
      [2, 4, false],
      [6, 4, true],
    ]);
    expect(tilesAlong(3, 8)).toEqual([{ at: 0, size: 3, isFirst: true, isLast: true }]);
  });

  it.each([
    ['overlap_mode', { ...record, overlap_mode: 'half' }],
    ['tile_x', { ...record, tile_x: 0 }],
    ['tiles are too many', { ...record, tile_x: 1, workload: { ...(record['workload'] as object), layers: wide } }],
    ['config', { ...record, config: undefined }],
    ['workload.layers', { ...record, workload: { ...(record['workload'] as object), layers: [] } }],
    ['config.array', { ...record, config: { ...(record['config'] as object), array: 3 } }],
  ])('says what is wrong with %s', (path, broken) => {
    expect(() => definesPoint(broken)).toThrow(InputError);
    expect(() => definesPoint(broken)).toThrow(path);
  });
});
