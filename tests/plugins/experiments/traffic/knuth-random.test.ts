import { describe, expect, it } from 'vitest';
import { FractionFibonacci, KnuthRandom, WholeFibonacci } from '../../../../plugins/lib/traffic/knuth-random.js';

/** The first number of block `block` (from 0): each block gives 100 numbers. */
function firstOfBlock(generator: { next(): number }, block: number): number {
  for (let skipped = 0; skipped < 100 * block; skipped++) generator.next();
  return generator.next();
}

describe('the generators of TAOCP 3.6', () => {
  it('give the numbers that Knuth prints for seed 310952 after 2010 blocks', () => {
    expect(firstOfBlock(new WholeFibonacci(310952), 2009)).toBe(995235265);
    expect(firstOfBlock(new FractionFibonacci(310952), 2009)).toBeCloseTo(0.36410514377569680455, 15);
  });

  it('two seeds are two sequences, one seed is one', () => {
    const draws = (seed: number): number[] => {
      const random = new KnuthRandom(seed);
      return Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? random.below(64) : random.uniform()));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    expect(draws(3).every((value, index) => value >= 0 && value < (index % 2 === 0 ? 64 : 1))).toBe(true);
  });
});
