import { expect, it } from 'vitest';
import { campaign, examine, smallest } from './campaign.js';
import { generate } from './generator/generate.js';
import { Expected } from './interpreter/judge.js';
import { plant } from './mutator/mutate.js';
import { Product } from './product.js';
import { save, table, told } from './report.js';
import { show } from './show.js';

/**
 * A few hundred of each; `PLANTED=5000` runs the whole campaign (about half an hour), `PLANTED_SEED` begins elsewhere, and
 * `PLANTED_FOLDER` says where cases that went wrong are kept.
 */
const COUNT = Number(process.env['PLANTED'] ?? 300);
const FOLDER = process.env['PLANTED_FOLDER'];

it('reports every planted fault that changes values, order or room, and no legal schedule', async () => {
  let cases = 0;
  const result = await campaign({
    firstSeed: Number(process.env['PLANTED_SEED'] ?? 1),
    legal: COUNT,
    planted: COUNT,
    onProgress: (soFar) => {
      if (FOLDER !== undefined && ++cases % 50 === 0) void save(FOLDER, soFar);
    },
  });
  const product = new Product();
  if (FOLDER !== undefined) await save(FOLDER, result, (one) => smallest(product, one));
  product.close();
  console.log(table(result));
  expect(result.crashes.map(({ seed, kind }) => [seed, kind])).toEqual([]);
  expect(result.falseAlarms.map(({ seed }) => seed)).toEqual([]);
  expect(result.unordered.map(({ seed }) => seed)).toEqual([]);
  expect(result.unchecked.map(({ seed, kind }) => [seed, kind])).toEqual([]);
  expect(result.missed.map(({ seed, kind }) => [seed, kind])).toEqual([]);
}, 36_000_000);

/** `PLANTED_CASE=seed:kind` shows one case (kind 0: nothing planted), and the smallest with the same fault. */
const ONE = process.env['PLANTED_CASE'];

it.runIf(ONE !== undefined)('shows one case', async () => {
  const [seed = 1, kind = 0] = (ONE ?? '').split(':').map(Number);
  const plan = generate(seed);
  const product = new Product();
  const faulty = kind === 0 ? plan : plant(plan, kind, seed);
  if (faulty === undefined) throw new Error('the schedule has no place for this kind');
  const found = await examine(product, faulty, new Expected(plan), seed, kind);
  console.log(told(found), show(faulty));
  const least = await smallest(product, found);
  console.log(told(least), show(least.plan));
  product.close();
});
