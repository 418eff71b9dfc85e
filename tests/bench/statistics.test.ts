import { describe, expect, it } from 'vitest';
import { median, medianRatio, pairwise, spreadOf } from '../../bench/measure/statistics.js';

describe('statistics of runs', () => {
  it('take the middle, of an even number the mean of two', () => {
    expect(median([3, 1, 100])).toBe(3);
    expect(median([4, 1, 2, 100])).toBe(3);
    expect(() => median([])).toThrow('no values');
  });

  it('sort numbers as numbers, and leave the list as it is', () => {
    const values = [10, 9, 100];
    expect(spreadOf(values, 's')).toEqual({ unit: 's', min: 9, median: 10, max: 100 });
    expect(values).toEqual([10, 9, 100]);
  });

  it('set runs of one round beside each other', () => {
    expect(pairwise([1, 2, 3], [10, 20], (a, b) => b / a)).toEqual([10, 10]);
    expect(medianRatio([1, 2, 1], [2, 4, 2])).toBe(2);
    expect(medianRatio([1, 4], [2, 8])).toBe(2);
  });
});
