import { describe, expect, it } from 'vitest';
import { costsOf, rateOf, ratiosOf, unitRates } from '../../bench/costs.js';
import type { Samples } from '../../bench/measure/interleave.js';
import { UNIT_KEY, UNIT_LOAD } from '../../bench/measure/unit.js';

// In the second round the machine is half as fast.
const samples: Samples = new Map([
  [UNIT_KEY, [{ runLoop: 1 }, { runLoop: 2 }]],
  [
    'ours',
    [
      { process: 3, runLoop: 1, work: 8, cycles: 100 },
      { process: 6, runLoop: 2, work: 8, cycles: 100 },
    ],
  ],
  [
    'theirs',
    [
      { process: 6, runLoop: 2, cycles: 100 },
      { process: 12, runLoop: 4, cycles: 100 },
    ],
  ],
  [
    'peer',
    [
      { process: 3, cycles: 50 },
      { process: 6, cycles: 50 },
    ],
  ],
  ['silent', [{ process: 9 }, { process: 18 }]],
]);

describe('costs', () => {
  it('stand in CPU seconds, and in a unit that takes the speed of the machine out of them', () => {
    const costs = costsOf(samples, 'ours', 'x');
    expect(unitRates(samples)).toEqual([UNIT_LOAD.events, UNIT_LOAD.events / 2]);
    expect(costs['x, whole process']).toEqual({ unit: 'CPU s', min: 3, median: 4.5, max: 6 });
    expect(costs["x, whole process, in the machine's unit"]).toEqual({ unit: 'million unit events', min: 12, median: 12, max: 12 });
    expect(costs["x, run loop, in the machine's unit"]?.median).toBe(4);
  });

  it('are left out where nothing was measured', () => {
    expect(Object.keys(costsOf(samples, 'peer', 'x', ', booksim2'))).toEqual([
      'x, whole process, booksim2',
      "x, whole process, booksim2, in the machine's unit",
    ]);
    const withoutUnit = new Map([...samples].filter(([key]) => key !== UNIT_KEY));
    expect(Object.keys(costsOf(withoutUnit, 'ours', 'x'))).toEqual(['x, whole process', 'x, run loop']);
  });

  it('make a rate with the work done', () => {
    expect(rateOf(samples, 'ours', 'requests / CPU s', 2)).toEqual({ unit: 'requests / CPU s', min: 2, median: 3, max: 4 });
  });
});

describe('ratios', () => {
  const against = (other: string) => ratiosOf(samples, { name: 'x', own: 'ours', other, against: other, bar: 0.97 });

  it('are given for each scope in which both were measured', () => {
    expect(against('theirs')).toEqual([
      { name: 'x', against: 'theirs', interleaved: true, scope: 'process', value: 2, bar: 0.97 },
      { name: 'x', against: 'theirs', interleaved: true, scope: 'runLoop', value: 2, bar: 0.97 },
    ]);
  });

  it('are of the CPU time a simulated cycle where both say their cycles', () => {
    expect(against('peer').map(({ scope, value }) => [scope, value])).toEqual([['process', 2]]);
    expect(against('silent').map(({ scope, value }) => [scope, value])).toEqual([['process', 3]]);
  });

  it('are not made up for who did not run', () => {
    expect(against('nobody')).toEqual([]);
  });
});
