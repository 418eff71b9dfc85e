import { describe, expect, it } from 'vitest';
import { experimentDigests, OperationTimes, scheduleDigests } from '../../../core/result/digests.js';

function timesOf(operations: readonly (readonly [id: number, start: number, end: number])[]): string {
  const times = new OperationTimes();
  for (const [id, start, end] of operations) times.add(id, start, end);
  return times.digest;
}

describe('the fingerprint of operation times', () => {
  const operations = Array.from({ length: 200 }, (_, id) => [id, 1000 * id, 1000 * id + 2 ** 40] as const);

  it('does not depend on the order in which operations are reported', () => {
    expect(timesOf([...operations].reverse())).toBe(timesOf(operations));
  });

  it('changes with any one tick or id, also above 2^32, and with a swap', () => {
    const changed = [
      operations.with(7, [7, 7000, 7000 + 2 ** 40 + 1]),
      operations.with(7, [7, 7001, 7000 + 2 ** 40]),
      operations.with(7, [7, 7000, 7000 + 2 ** 41]),
      operations.with(7, [207, 7000, 7000 + 2 ** 40]),
      operations.slice(1),
      operations.with(7, [7, 8000, 8000 + 2 ** 40]).with(8, [8, 7000, 7000 + 2 ** 40]),
    ].map(timesOf);
    expect(new Set([timesOf(operations), ...changed]).size).toBe(7);
  });
});

describe('digests of a result', () => {
  it('tell times, counts and energy apart', () => {
    const digests = (end: number, bytes: number, pj: number) => {
      const times = new OperationTimes();
      times.add(0, 0, end);
      return scheduleDigests(times, { bytes }, { 'dram/read': pj });
    };
    const base = digests(10, 1, 2);
    expect(digests(11, 1, 2)).toEqual({ ...base, timing: expect.not.stringMatching(base.timing) });
    expect(digests(10, 2, 2)).toEqual({ ...base, counts: expect.not.stringMatching(base.counts) });
    expect(digests(10, 1, 3)).toEqual({ ...base, energy: expect.not.stringMatching(base.energy) });
  });

  it('sort the figures of an experiment by their units', () => {
    const digests = (metrics: Record<string, number>) => experimentDigests({ metrics, units: { cycles: 'cycles', energy: 'pJ', load: 'flits/node/cycle' } });
    const base = digests({ cycles: 10, energy: 1, packets: 3, load: 0.5 });
    expect(digests({ cycles: 11, energy: 1, packets: 3, load: 0.5 })).toEqual({ ...base, timing: expect.not.stringMatching(base.timing) });
    expect(digests({ cycles: 10, energy: 1, packets: 4, load: 0.5 })).toEqual({ ...base, counts: expect.not.stringMatching(base.counts) });
    expect(digests({ cycles: 10, energy: 2, packets: 3, load: 0.5 })).toEqual({ ...base, energy: expect.not.stringMatching(base.energy) });
  });
});
