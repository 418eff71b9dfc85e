import { averageComputeStack, compareRuns, formatCount, stackCycles } from '../../../core/index.js';
import { describe, expect, test } from 'vitest';
import { tablePlugin } from '../../../plugins/exporters/table/index.js';
import { exportWith, textOf } from './export-with.js';
import { brokenResult, experimentResult, sampleResult } from './sample-result.js';

const slow = sampleResult({ scenario: 'layer-by-layer', withTrace: false });
const fast = sampleResult({ scenario: 'fused', waiting: 0.4, withTrace: false });

describe('table', () => {
  test('no line of any sample is wider than the width asked for', () => {
    const long = sampleResult({ withTrace: false, layerNames: (index) => `/a/long/onnx/node/name/with/many/parts/${index}/Conv` });
    for (const width of [100, 80]) {
      const lines = textOf(exportWith(tablePlugin, [long, fast, brokenResult(), experimentResult()], { width })).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  test('tells totals, layers with their error, waiting, memories, expectations', () => {
    const text = textOf(exportWith(tablePlugin, [slow]));
    expect(text).toContain(`simulated  ${formatCount(slow.simulation.cycles)} cycles`);
    expect(text).toMatch(/^conv1 +conv2d +118,013,952 +128,054 +178,796 +-28\.4 % +128,054$/m);
    expect(text).toMatch(/^core0\.pe +systolic +66\.0 % +wait-input 32\.5 %/m);
    expect(text).toMatch(/^estimateError\.within .* NO$/m);
    expect(text).toContain('below what is physically possible');
    expect(text).not.toContain('\u001b');
  });

  test('colours only when asked', () => {
    expect(textOf(exportWith(tablePlugin, [slow], { colour: true }))).toContain('\u001b[1m');
  });

  test('names violations and the cycle of a deadlock', () => {
    const text = textOf(exportWith(tablePlugin, [brokenResult()]));
    expect(text).toContain('race at 1.234 us');
    expect(text).toContain('operation 18 waits for operation 19: buffer core0.O.0 to be released');
    expect(text).toContain('17 of 1,984');
  });

  test('prints metrics and tables of a runner', () => {
    const text = textOf(exportWith(tablePlugin, [experimentResult()]));
    expect(text).toMatch(/^averageLatencyCycles +34\.25$/m);
    expect(text).toMatch(/^ +99 +88$/m);
  });

  test('shows statistics of a machine with few blocks, of a larger one only when asked, and where they are', () => {
    const few = {
      ...slow,
      blocks: slow.blocks.filter(({ path }) => path.startsWith('core0')),
      statisticDescriptions: { sram: { operations: 'Operations that were served' } },
    };
    const text = textOf(exportWith(tablePlugin, [few]));
    expect(text).toContain('Statistics: sram (memory), core0.l1');
    expect(text).toMatch(/^operations +128 +operations +Operations that were served$/m);
    expect(textOf(exportWith(tablePlugin, [few], { statistics: 'none' }))).not.toContain('Statistics');
    expect(textOf(exportWith(tablePlugin, [slow]))).toContain('Statistics of 14 blocks: -e html-report shows them');
    expect(textOf(exportWith(tablePlugin, [slow], { statistics: 'all' }))).toMatch(
      /Statistics: systolic \(core\), 4 blocks\nstatistic +core0\.pe +core1\.pe +core2\.pe +core3\.pe +unit/,
    );
  });

  test('sums the statistics of many blocks of one plugin up', () => {
    const many = {
      ...slow,
      blocks: Array.from({ length: 6 }, (_, i) => ({ ...slow.blocks[0]!, path: `dma${i}`, statistics: { bursts: { value: i, unit: 'bursts' } } })),
    };
    expect(textOf(exportWith(tablePlugin, [many], { statistics: 'all' }))).toMatch(
      /6 blocks\nstatistic +least +mean +most +unit\n.*\nbursts +0 +2\.50 +5 +bursts$/m,
    );
  });

  test('says how many rows it leaves out', () => {
    expect(textOf(exportWith(tablePlugin, [slow], { maxRows: 3 }))).toContain(`... and ${slow.simulation.layers.length - 3} more`);
  });
});

describe('comparison of runs', () => {
  test('the fastest run is compared with the others, in words', () => {
    const text = textOf(exportWith(tablePlugin, [slow, fast], { details: false }));
    const speedup = (slow.simulation.cycles / fast.simulation.cycles).toFixed(2);
    expect(text).toContain(`fused is ${speedup} times as fast as layer-by-layer`);
    expect(text).toContain('wait-input +');
    expect(text).toContain('dram: ');
  });

  test("the average array's stack sums to the run, so differences sum to the difference in cycles", () => {
    const sum = stackCycles(averageComputeStack(slow, 'array'));
    expect(sum).toBeCloseTo(slow.simulation.cycles, 3);
    const [comparison] = compareRuns([slow, fast]);
    const differences = comparison?.stacks[0]?.classes.reduce((total, { cycles }) => total + cycles, 0);
    expect(differences).toBeCloseTo(slow.simulation.cycles - fast.simulation.cycles, 3);
  });

  test('a run that did not finish never wins against one that did', () => {
    const [comparison] = compareRuns([{ ...brokenResult(), simulation: { ...slow.simulation, seconds: 1e-9 } }, slow]);
    expect(comparison?.faster.scenario).toBe('layer-by-layer');
  });

  test('a run that did not finish is named, not compared', () => {
    const text = textOf(exportWith(tablePlugin, [slow, brokenResult()], { details: false }));
    expect(text).toContain('two-cores-deadlocked did not finish (illegal)');
    expect(text).not.toContain('times as fast');
  });

  test('runs of different workloads are not compared', () => {
    const other = sampleResult({ withTrace: false, layerNames: (index) => `other${index}` });
    expect(compareRuns([slow, other])).toEqual([]);
  });

  test('three runs give two comparisons', () => expect(compareRuns([slow, fast, slow])).toHaveLength(2));
});
