import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systolicPlugin } from '../../../../plugins/cores/systolic/index.js';
import { gemm, runCore } from '../support/compute-bench.js';
import { some } from '../../../many.js';

type Row = readonly [
  id: string,
  dataflow: 'os' | 'ws' | 'is',
  rows: number,
  columns: number,
  m: number,
  n: number,
  k: number,
  cycles: number,
  inputs: number,
  weights: number,
];

const file = path.resolve(import.meta.dirname, '../../../golden/systolic-scalesim.json');
const { records } = JSON.parse(readFileSync(file, 'utf8')) as { records: readonly Row[] };
const DATAFLOWS = { os: 'output-stationary', ws: 'weight-stationary', is: 'input-stationary' } as const;
const BYTES = { formats: { W: 'int8', I: 'int8', O: 'int8' } };

describe('SCALE-Sim v3', () => {
  it('takes the measured cycles on every dense record', () => {
    expect(records.length).toBe(292);
    const missed = some(records, 60).filter(([, dataflow, rows, columns, m, n, k, cycles]) => {
      const config = { rows, columns, dataflow: DATAFLOWS[dataflow] };
      return runCore(systolicPlugin, config, [gemm(m, n, k)]).cycles[0] !== cycles + 1;
    });
    expect(missed.map(([id]) => id)).toEqual([]);
  });

  it('reads as many words of inputs and weights as were measured', () => {
    const small = records.filter(([, , rows, columns, m, n, k]) => (Math.max(m, k) / rows) * (Math.max(m, n) / columns) < 150);
    expect(small.length).toBeGreaterThan(50);
    for (const [id, dataflow, rows, columns, m, n, k, , inputs, weights] of some(small, 20)) {
      const config = { rows, columns, dataflow: DATAFLOWS[dataflow], accumulatorBytes: 2 ** 30 };
      const { statistics } = runCore(systolicPlugin, config, [gemm(m, n, k, BYTES)], { bytesPerCycle: Infinity, latencyCycles: 0 });
      expect(statistics['bytesRead'], id).toBe(inputs + weights);
    }
  });
});
