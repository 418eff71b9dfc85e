import { describe, expect, it } from 'vitest';
import { spreadOf, statisticGroups, type BlockResult, type ScheduleResult } from '../../../core/index.js';
import { sampleResult } from '../../plugins/exporters/sample-result.js';

const sample = sampleResult({ withTrace: false });
const block = (path: string, plugin: string, kind: string, values: Record<string, number | null>): BlockResult => ({
  ...sample.blocks[0]!,
  path,
  plugin,
  kind,
  statistics: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value: value as number, unit: 'words' }])),
});
const resultOf = (...blocks: BlockResult[]): ScheduleResult => ({ ...sample, blocks, statisticDescriptions: { sram: { reads: 'Words read' } } });

describe('statistics by plugin', () => {
  it('have a value for each block of the plugin, with unit and description', () => {
    const groups = statisticGroups(
      resultOf(block('a', 'sram', 'memory', { reads: 1 }), block('x', 'dma', 'dma', { reads: 9 }), block('b', 'sram', 'memory', { reads: 3 })),
    );
    expect(groups).toEqual([
      { plugin: 'sram', kind: 'memory', blocks: ['a', 'b'], rows: [{ name: 'reads', unit: 'words', description: 'Words read', values: [1, 3] }] },
      { plugin: 'dma', kind: 'dma', blocks: ['x'], rows: [{ name: 'reads', unit: 'words', values: [9] }] },
    ]);
  });

  it('leave out what is zero or unknown in every block, and plugins that counted nothing', () => {
    const groups = statisticGroups(
      resultOf(
        block('a', 'sram', 'memory', { reads: 0, writes: 0, ratio: null }),
        block('b', 'sram', 'memory', { reads: 3, writes: 0, ratio: null }),
        block('x', 'dma', 'dma', { reads: 0 }),
      ),
    );
    expect(groups.map(({ plugin, rows }) => [plugin, rows.map(({ name, values }) => [name, values])])).toEqual([['sram', [['reads', [0, 3]]]]]);
  });

  it('spread over many blocks without those that have none', () => {
    expect(spreadOf([4, NaN, 1, 10])).toEqual({ least: 1, mean: 5, most: 10 });
    expect(spreadOf([NaN])).toBeUndefined();
  });
});
