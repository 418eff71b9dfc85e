import { expect } from 'vitest';
import { differenceText } from '../../../core/result/verdict.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { ARRAYS, carryOut, mapped, randomWorkload, tiles } from './support.js';

export interface MappedCase {
  readonly name: string;
  readonly array: keyof typeof ARRAYS;
  readonly mapper: unknown;
  readonly config: Record<string, unknown>;
}

const MAPPERS: readonly [string, unknown, Record<string, unknown>][] = [
  ['layer by layer', layerByLayer, {}],
  ['layer by layer, nothing folded', layerByLayer, { foldElementwise: false }],
  ['layer by layer, divided along K', layerByLayer, { split: 'K' }],
  ['depth first', depthFirst, {}],
  ['depth first, halo recomputed', depthFirst, { halo: 'recomputed', tile: { OY: 2 } }],
  ['depth first, 2-D tiles', depthFirst, { tile: { OY: 2, OX: 3 } }],
  ['depth first, layers on cores', depthFirst, { placement: 'layers' }],
];

/** Every mapper, in its ways to work, on every kind of array. */
export const MAPPED_CASES: readonly MappedCase[] = MAPPERS.flatMap(([name, mapper, config]) =>
  (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]).map((array) => ({ name: `${name}, ${array}`, array, mapper, config })),
);

const L1_BYTES = [4096, 8192, 65536];

/** One to four cores, and memories that hold little or much of a layer. */
export async function expectRightValues({ array, mapper, config }: MappedCase, seed: number): Promise<void> {
  const workload = randomWorkload(seed);
  const spec = tiles(1 + (seed % 4), array, L1_BYTES[seed % L1_BYTES.length]!);
  const { values, isDone, violations } = await carryOut(spec, mapped(mapper, spec, workload, config), workload);
  const what = `seed ${seed}: ${workload.layers.map(({ operator, loops, operands }) => `${operator} ${JSON.stringify(loops)} ${operands.map(({ format }) => format).join()}`).join(' | ')}`;
  expect(isDone, what).toBe(true);
  expect(violations, what).toEqual([]);
  expect(values.equal, `${what}: ${differenceText(values)}`).toBe(true);
  expect(values, what).toMatchObject({ notCompared: [], notes: [], fingerprints: [] });
  expect(values.compared, what).toBeGreaterThan(0);
}
