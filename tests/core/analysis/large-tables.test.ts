import { describe, expect, it } from 'vitest';
import { latencyBins } from '../../../core/analysis/latency-histogram.js';
import { networkMaps } from '../../../core/analysis/network-maps.js';
import { spreadOf } from '../../../core/analysis/statistics.js';
import type { ExperimentResult } from '../../../core/result/run-result.js';

/** More than a function takes arguments: result documents come from anybody. */
const MANY = 300_000;

describe('tables of foreign result documents', () => {
  it('have a histogram of hundreds of thousands of rows', () => {
    const latencyHistogram = Array.from({ length: MANY }, (_, i) => ({ latencyCycles: 10 + 4 * i, packets: 1 }));
    const bins = latencyBins({ tables: { latencyHistogram } } as unknown as ExperimentResult);
    expect([bins.length, bins[0]]).toEqual([MANY, { from: 10, until: 14, packets: 1 }]);
  });

  it('of links that name no router are left alone', () => {
    const routers = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
    ];
    const link = { from: 0, to: 1, label: 'a', utilisation: 0.5 };
    const links = [link, { ...link, to: 0.5 }, { ...link, from: -1 }, { ...link, to: 2 }, { ...link, to: NaN }, null];
    const maps = (of: object): unknown[] => networkMaps({ kind: 'experiment', tables: { routers, links, ...of } } as unknown as ExperimentResult);
    expect(maps({})).toMatchObject([{ links: [link] }]);
    expect(maps({ routers: [null] })).toEqual([]);
  });

  it('have a spread of as many', () => {
    expect(spreadOf(Array.from({ length: MANY }, (_, i) => i))).toEqual({ least: 0, mean: (MANY - 1) / 2, most: MANY - 1 });
    expect(spreadOf([NaN])).toBeUndefined();
  });
});
