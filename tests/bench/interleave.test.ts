import { describe, expect, it } from 'vitest';
import { figures, interleave, type Contender } from '../../bench/measure/interleave.js';

describe('interleaved runs', () => {
  const order: string[] = [];
  const contender = (key: string, once = false): Contender => ({
    key,
    once,
    run: () => {
      order.push(key);
      return { process: order.length };
    },
  });

  it('go A B A B, and what takes minutes once', () => {
    order.length = 0;
    const told: string[] = [];
    const samples = interleave([contender('A'), contender('B'), contender('long', true)], 3, (key, round) => told.push(`${key}${round}`));
    expect(order).toEqual(['A', 'B', 'long', 'A', 'B', 'A', 'B']);
    expect(told).toEqual(['A0', 'B0', 'long0', 'A1', 'B1', 'A2', 'B2']);
    expect(figures(samples, 'B', 'process')).toEqual([2, 5, 7]);
    expect(figures(samples, 'long', 'process')).toEqual([3]);
    expect(figures(samples, 'A', 'runLoop')).toEqual([]);
    expect(figures(samples, 'nobody', 'process')).toEqual([]);
  });

  it('do not mix up two contenders of one name', () => {
    expect(() => interleave([contender('A'), contender('A')], 1)).toThrow('same key');
  });
});
