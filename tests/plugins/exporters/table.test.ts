import { describe, expect, test } from 'vitest';
import { averageComputeStack, compareRuns } from '../../../plugins/exporters/table/api.js';
import { formatBytes, formatCount, formatEnergy, formatSeconds, formatSignedPercent } from '../../../plugins/exporters/table/format.js';
import { tablePlugin } from '../../../plugins/exporters/table/index.js';
import { shorten, textGrid, wrapText } from '../../../plugins/exporters/table/text-grid.js';
import { exportWith, textOf } from './export-with.js';
import { brokenResult, runnerResult, sampleResult } from './sample-result.js';

const slow = sampleResult({ scenario: 'layer-by-layer', withTrace: false });
const fast = sampleResult({ scenario: 'fused', waiting: 0.4, withTrace: false });

describe('numbers', () => {
  test.each([
    [formatCount(1234567), '1,234,567'],
    [formatCount(-1234.6), '-1,235'],
    [formatCount(12.5), '12.50'],
    [formatCount(NaN), '-'],
    [formatCount(null), '-'],
    [formatCount(Infinity), 'unlimited'],
    [formatSeconds(0.002988755), '2.989 ms'],
    [formatSeconds(9.9996e-7), '1.000 us'],
    [formatSeconds(0), '0 s'],
    [formatSeconds(4321), '4,321 s'],
    [formatEnergy(2_741_000_000), '2.741 mJ'],
    [formatBytes(512), '512 B'],
    [formatBytes(1536), '1.500 KiB'],
    [formatBytes(2 ** 30), '1.000 GiB'],
    [formatSignedPercent(0.032), '+3.2 %'],
    [formatSignedPercent(-0.292), '-29.2 %'],
    [formatSignedPercent(undefined), '-'],
  ])('%s reads %s', (text, expected) => expect(text).toBe(expected));
});

describe('grid', () => {
  test('aligns, and cuts flexible columns in the middle to fit', () => {
    const lines = textGrid([{ title: 'name', flexible: true }, { title: 'n', align: 'right' }], [['a-very-long-layer-name.conv1', '1'], ['b', '1000']], 20);
    expect(lines).toEqual(['name               n', '--------------  ----', 'a-very...conv1     1', 'b               1000']);
  });
  test('keeps both ends of a long name', () => expect(shorten('layer1.0.conv1', 10)).toBe('laye..onv1'));
  test('wraps words', () => expect(wrapText('one two three', 7, '  ')).toEqual(['one two', '  three']));
});

describe('table', () => {
  test('no line of any sample is wider than the width asked for', () => {
    const long = sampleResult({ withTrace: false, layerNames: (index) => `/a/long/onnx/node/name/with/many/parts/${index}/Conv` });
    for (const width of [100, 80]) {
      const lines = textOf(exportWith(tablePlugin, [long, fast, brokenResult(), runnerResult()], { width })).split('\n');
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
    const text = textOf(exportWith(tablePlugin, [runnerResult()]));
    expect(text).toMatch(/^averageLatencyCycles +34\.25$/m);
    expect(text).toMatch(/^ +99 +88$/m);
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

  test("the average core's stack sums to the run, so differences sum to the difference in cycles", () => {
    const sum = [...averageComputeStack(slow).values()].reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(slow.simulation.cycles, 3);
    const [comparison] = compareRuns([slow, fast]);
    const differences = comparison?.stack.reduce((total, { cycles }) => total + cycles, 0);
    expect(differences).toBeCloseTo(slow.simulation.cycles - fast.simulation.cycles, 3);
  });

  test('a run that did not finish never wins against one that did', () => {
    const [comparison] = compareRuns([{ ...brokenResult(), simulation: { ...slow.simulation, seconds: 1e-9 } }, slow]);
    expect(comparison?.faster.scenario).toBe('layer-by-layer');
  });

  test('a run that did not finish is named, not compared', () => {
    const text = textOf(exportWith(tablePlugin, [slow, brokenResult()], { details: false }));
    expect(text).toContain('two-cores-deadlocked did not finish (deadlock)');
    expect(text).not.toContain('times as fast');
  });

  test('runs of different workloads are not compared', () => {
    const other = sampleResult({ withTrace: false, layerNames: (index) => `other${index}` });
    expect(compareRuns([slow, runnerResult(), other])).toEqual([]);
  });

  test('three runs give two comparisons', () => expect(compareRuns([slow, fast, slow])).toHaveLength(2));
});
