import { describe, expect, it } from 'vitest';
import { causeText, compareRuns, slowerCauses, type BlockResult, type ScheduleResult } from '../../../core/index.js';
import { sampleResult } from '../../plugins/exporters/sample-result.js';

const sample = sampleResult({ withTrace: false });
const statistics = (values: Readonly<Record<string, number>>, unit: string): BlockResult['statistics'] =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, unit }]));
const block = (path: string, values: BlockResult['statistics'], clockHz = 1e9): BlockResult => ({
  path,
  plugin: 'bank',
  kind: 'memory',
  clockHz,
  statistics: values,
  stalls: [],
  energyPj: {},
});
const runOf = (blocks: readonly BlockResult[], plan = 'p', order = 'o', layout = 'l'): ScheduleResult => ({
  ...sample,
  blocks,
  executed: { plan, order, layout },
  slowdowns: {
    bank: { conflicts: { why: 'each waits' }, waited: { why: 'others go first' }, mean: { why: 'they overlap less', ratio: ['bytes', 'bursts'] } },
  },
});

describe('by which mechanisms a run is slower', () => {
  it('names none where nothing differs, nor what the slower run has less of', () => {
    const many = runOf([block('a', statistics({ conflicts: 200 }, 'accesses'))]);
    const few = runOf([block('a', statistics({ conflicts: 100 }, 'accesses'))]);
    expect(slowerCauses(many, many)).toEqual([]);
    expect(slowerCauses(many, few)).toEqual([]);
    expect(slowerCauses(few, many)).toEqual([
      { kind: 'mechanism', plugin: 'bank', statistic: 'conflicts', faster: 100, slower: 200, unit: 'accesses', why: 'each waits' },
    ]);
  });

  it('sums over the blocks of a plugin; changes of less than a percent say nothing', () => {
    const of = (a: number, b: number): ScheduleResult => runOf([a, b].map((conflicts, i) => block(`b${i}`, statistics({ conflicts }, 'accesses'))));
    expect(slowerCauses(of(1000, 0), of(600, 409))).toEqual([]);
    expect(slowerCauses(of(1000, 0), of(600, 500))).toMatchObject([{ faster: 1000, slower: 1100 }]);
  });

  it('compares times and not cycles, since a faster clock has more of them', () => {
    const slowClock = runOf([block('a', statistics({ waited: 100 }, 'cycles'), 1e9)]);
    const fastClock = runOf([block('a', statistics({ waited: 180 }, 'cycles'), 2e9)]);
    expect(slowerCauses(slowClock, fastClock)).toEqual([]);
    expect(slowerCauses(fastClock, slowClock)).toMatchObject([{ statistic: 'waited', faster: 90, slower: 100, unit: 'ns' }]);
  });

  it('forms means over all blocks from their parts', () => {
    const of = (...bursts: number[]): ScheduleResult =>
      runOf(bursts.map((count, i) => block(`b${i}`, statistics({ bytes: 1000, bursts: count, mean: 1000 / count }, 'bytes'))));
    expect(slowerCauses(of(10, 10), of(5, 15))).toEqual([]);
    expect(slowerCauses(of(10, 10), of(5, 5))).toMatchObject([{ statistic: 'mean', faster: 100, slower: 200, unit: 'bytes' }]);
  });

  it('tells other schedules from another order of the same', () => {
    const [one, other, reordered] = [runOf([]), runOf([], 'q'), runOf([], 'p', 'r')];
    expect(slowerCauses(one, other).map(({ kind }) => kind)).toEqual(['plan']);
    expect(slowerCauses(one, reordered).map(({ kind }) => kind)).toEqual(['order']);
    expect(slowerCauses(one, runOf([], 'p', 'o', 'm')).map(({ kind }) => kind)).toEqual(['layout']);
    const { executed: _, ...older } = one;
    expect(slowerCauses(one, older)).toEqual([]);
  });

  it('is part of a comparison, in words with both figures', () => {
    const fast = runOf([block('a', statistics({ conflicts: 100 }, 'accesses'))]);
    const slow = runOf([block('a', statistics({ conflicts: 250 }, 'accesses'))]);
    const longer = { ...slow, simulation: { ...slow.simulation, seconds: slow.simulation.seconds * 2 } };
    const [comparison] = compareRuns([fast, longer]);
    expect(comparison!.causes.map(causeText)).toEqual(['bank: conflicts 250 accesses instead of 100: each waits.']);
    expect(compareRuns([fast, { ...fast }, longer]).map(({ causes }) => causes.length)).toEqual([0, 1]);
  });
});
