import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseCount } from '../many.js';
import { campaign } from './campaign.js';
import { generate } from './generator/generate.js';
import { Expected, isFault, judge } from './interpreter/judge.js';
import { plant } from './mutator/mutate.js';
import { rolled, unrolled } from './repeat.js';
import { documentOf } from './schedule-text.js';

const SEEDS = Array.from({ length: caseCount(12, 6) }, (_, i) => 1 + i);

describe('schedules for planted faults', () => {
  it('are the same for the same seed', () => {
    for (const seed of SEEDS.slice(0, 4)) expect(documentOf(generate(seed))).toEqual(documentOf(generate(seed)));
  });

  it('mean the same as blocks and written out', () => {
    let blocks = 0;
    for (const seed of SEEDS) {
      const { operations } = documentOf({ ...generate(seed), idStep: 0, isRolled: false }) as { operations: Parameters<typeof rolled>[0] };
      const items = rolled(operations);
      blocks += operations.length - items.length;
      expect(unrolled(items)).toEqual(operations);
    }
    expect(blocks).toBeGreaterThan(0);
  });

  it('are right as they are, and wrong with a load, a store or a computation left out', () => {
    for (const seed of SEEDS.slice(0, 6)) {
      const plan = generate(seed);
      const expected = new Expected(plan);
      expect(isFault(judge(plan, expected, 'possible'))).toBe(false);
      for (const kind of [2, 4, 34]) {
        const faulty = plant(plan, kind, seed);
        if (faulty !== undefined) expect([kind, seed, isFault(judge(faulty, expected, 'certain'))]).toEqual([kind, seed, true]);
      }
    }
  });
});

it('judges with nothing of the engine: only `product.ts` and what starts it import from outside of this folder', () => {
  const folder = import.meta.dirname;
  for (const part of ['interpreter', 'generator', 'mutator'])
    for (const file of readdirSync(path.join(folder, part)))
      for (const [, from] of readFileSync(path.join(folder, part, file), 'utf8').matchAll(/from '([^']+)'/g))
        expect([file, path.relative(folder, path.resolve(folder, part, from!)).startsWith('..')]).toEqual([file, false]);
});

it('reports planted faults, and no legal schedule', async () => {
  const { missed, unchecked, crashes, falseAlarms, unordered } = await campaign({ firstSeed: 900_001, legal: caseCount(12, 6), planted: caseCount(12, 6) });
  expect(crashes.map(({ seed, kind }) => [seed, kind])).toEqual([]);
  expect(falseAlarms.map(({ seed, verdict }) => [seed, verdict.messages])).toEqual([]);
  expect(unordered.map(({ seed }) => seed)).toEqual([]);
  expect(unchecked.map(({ seed, kind }) => [seed, kind])).toEqual([]);
  expect(missed.map(({ seed, kind }) => [seed, kind])).toEqual([]);
});
