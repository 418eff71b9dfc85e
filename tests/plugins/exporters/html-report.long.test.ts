import { describe, expect, test } from 'vitest';
import { ganttData } from '../../../plugins/exporters/html-report/gantt-data.js';
import { spansOf } from './gantt-spans.js';
import { sampleResult } from './sample-result.js';

describe('gantt', () => {
  test('merges down to the bound without losing a span, order or extent', () => {
    const many = sampleResult({ tiles: 400 });
    const whole = ganttData(many, 1e7)!;
    const thinned = ganttData(many, 5_000)!;
    const total = thinned.rows.reduce((sum, row) => sum + row.spans.length / 5, 0);
    expect(total).toBeLessThanOrEqual(5_000);
    expect(total).toBeGreaterThan(500);
    expect(thinned.mergedBelowTicks).toBeGreaterThan(0);
    thinned.rows.forEach((_, i) => {
      const [before, after] = [spansOf(whole, i), spansOf(thinned, i)];
      expect(after.reduce((sum, span) => sum + span.merged, 0)).toBe(before.length);
      expect(after[0]?.start).toBe(before[0]?.start);
      expect(after.at(-1)?.end).toBe(before.at(-1)?.end);
    });
  });
});
