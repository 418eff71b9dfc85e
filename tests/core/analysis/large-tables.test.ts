import { describe, expect, it } from 'vitest';
import { latencyBins } from '../../../core/analysis/latency-histogram.js';
import { spreadOf } from '../../../core/analysis/statistics.js';
import type { ExperimentResult } from '../../../core/result/run-result.js';

/** More than a function takes arguments: result documents come from anybody. */
const MANY = 300_000;

describe('tables of hundreds of thousands of rows', () => {
  it('have a histogram', () => {
    const latencyHistogram = Array.from({ length: MANY }, (_, i) => ({ latencyCycles: 10 + 4 * i, packets: 1 }));
    const bins = latencyBins({ tables: { latencyHistogram } } as unknown as ExperimentResult);
    expect([bins.length, bins[0]]).toEqual([MANY, { from: 10, until: 14, packets: 1 }]);
  });

  it('have a spread', () => {
    expect(spreadOf(Array.from({ length: MANY }, (_, i) => i))).toEqual({ least: 0, mean: (MANY - 1) / 2, most: MANY - 1 });
    expect(spreadOf([NaN])).toBeUndefined();
  });
});
