import { Random } from '../random.js';
import { clone, type Plan } from '../schedule-text.js';
import { ACCESS_FAULTS } from './accesses.js';
import { OPERATION_FAULTS, type Planter } from './operations.js';
import { PLACE_FAULTS } from './places.js';
import { Bench } from './tools.js';

export const FAULTS: Readonly<Record<number, Planter>> = { ...OPERATION_FAULTS, ...ACCESS_FAULTS, ...PLACE_FAULTS };

/** By the numbers of the list of kinds. */
export const NAMES: readonly string[] = [
  '',
  ...(
    'a load is left out|a store is left out|a store becomes a release|a compute is left out|a compute twice|a transfer twice|two operations exchanged|' +
    "a transfer's box moved at both ends|a transfer's box moved at the destination|a transfer's box moved at the source|a compute's read box moved|a compute's write box moved|" +
    "a compute's read box too small|a compute's write box too small|an operand left out|operands exchanged|another tensor or buffer read|another one written|" +
    'a buffer too small|two buffers overlap|homes of two tensors overlap|a buffer over a home|another number format|release too early|release left out|release twice, or of half|' +
    "live data overwritten|an input's home overwritten|unequal transfer|wrong write mode|circular after|unknown or negative after|after left out|" +
    'a tile moved in its layer|a tile smaller than its share|wrong layer|wrong operator|wrong queue|an operation later in its queue|a partial sum stored|an output under other coordinates|' +
    "a stale copy|accumulation onto another region's sums|sub-byte contents beyond a byte|a participant of a collective left out|a multicast member left out|a reduction adds one source twice|" +
    'halo rows recomputed with other inputs'
  ).split('|'),
];

const TRIES = 8;

/** The schedule with one fault of a kind planted; undefined where it has no place for it. */
export function plant(plan: Plan, kind: number, seed: number): Plan | undefined {
  const before = JSON.stringify(plan);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const bench = new Bench(clone(plan), new Random(seed * 64 + attempt));
    if (FAULTS[kind]!(bench) && JSON.stringify(bench.plan) !== before) return bench.plan;
  }
  return undefined;
}
