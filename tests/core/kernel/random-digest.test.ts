import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, RandomStream } from '../../../core/kernel/index.js';

describe('RandomStream', () => {
  it('repeats for the same seed and name and differs for another', () => {
    const draw = (seed: number, name: string): number[] => {
      const stream = new RandomStream(seed, name);
      return Array.from({ length: 8 }, () => stream.uint32());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1 + 2 ** 32, 'a'));
  });

  it('fills the unit interval evenly and stays below a bound', () => {
    const stream = new RandomStream(7, 'bins');
    const bins = new Array<number>(10).fill(0);
    let largest = 0;
    for (let i = 0; i < 100_000; i++) {
      bins[Math.floor(stream.uniform() * 10)]!++;
      largest = Math.max(largest, stream.below(3));
    }
    expect(largest).toBe(2);
    for (const bin of bins) expect(Math.abs(bin - 10_000)).toBeLessThan(500);
  });
});

describe('digestOf', () => {
  it('does not depend on the order of keys', () => {
    expect(digestOf({ a: 1, b: [1, { c: 2, d: 3 }] })).toBe(digestOf({ b: [1, { d: 3, c: 2 }], a: 1 }));
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: 2 }));
  });

  it('is SHA-256 of the canonical JSON', () => {
    expect(canonicalJson({ b: 1, a: 'x' })).toBe('{"a":"x","b":1}');
    expect(digestOf('')).toBe('12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126');
  });
});
