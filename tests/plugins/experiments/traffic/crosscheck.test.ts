import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReferenceRecord } from '../../../../core/index.js';
import { booksimPermutation } from '../../../../plugins/lib/traffic/booksim-record.js';
import { nocTrafficCrosscheck, simulate } from '../../../../plugins/crosschecks/noc-traffic/index.js';
import { some } from '../../../many.js';

const file = path.resolve(import.meta.dirname, '../../../golden/noc-booksim2.json');
const { records } = JSON.parse(readFileSync(file, 'utf8')) as { records: ReferenceRecord[] };

describe('BookSim2 records', () => {
  it.each(some(records, 2).map((record) => [record.id, record] as const))('%s', (_id, record) => {
    const simulated = simulate(record);
    const error = (name: string): number => Math.abs(simulated[name]! / Number(record.expected[name]) - 1);
    // The same packets and choices: what is left is the rounding of the record to six digits.
    expect(error('accepted_rate_avg')).toBeLessThan(1e-5);
    expect(simulated['stable']).toBe(record.expected['stable'] === false ? 0 : 1);
    if (record.expected['stable'] === false) return;
    for (const name of ['packet_latency_avg', 'network_latency_avg', 'hops_avg', 'injected_rate_avg']) expect(error(name)).toBeLessThan(1e-5);
    for (const name of ['packet_latency_min', 'packet_latency_max']) expect(simulated[name]).toBe(record.expected[name]);
    // A packet that is half way out when the statistics are cleared counts whole here.
    expect(error('flit_latency_avg')).toBeLessThan(1e-3);
  });

  it('another seed is another sample of the same mean', () => {
    const record = records.find(({ id }) => id.includes('dor-v4b8-p5-uniform@'))!;
    const other = simulate({ ...record, workload: { ...record.workload, seed: 77 } });
    const error = Math.abs(other['packet_latency_avg']! / Number(record.expected['packet_latency_avg']) - 1);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.03);
  });

  it('a random permutation is one, of its own seed', () => {
    const permutation = booksimPermutation(64, 5);
    expect([...permutation].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, node) => node));
    expect(booksimPermutation(64, 5)).toEqual(permutation);
    expect(booksimPermutation(64, 6)).not.toEqual(permutation);
  });

  it('an unknown topology is answered with the names there are', () => {
    const record = { ...records[0]!, config: { ...records[0]!.config, topology: 'hypercube' } };
    expect(() => simulate(record)).toThrow(/no topology 'hypercube'.*mesh, torus/);
  });

  it('of an unstable record only the accepted rate counts', () => {
    const unstable = records.find((record) => record.expected['stable'] === false)!;
    expect('comparable' in nocTrafficCrosscheck && nocTrafficCrosscheck.comparable?.(unstable)).toEqual(['accepted_rate_avg']);
  });
});
