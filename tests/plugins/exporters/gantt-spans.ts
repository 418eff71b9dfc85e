import type { GanttData } from '../../../plugins/exporters/html-report/page-data.js';

/** Spans of a row as the page decodes them. */
export function spansOf(gantt: GanttData, row: number): { start: number; end: number; merged: number }[] {
  const numbers = gantt.rows[row]?.spans ?? [];
  const spans = [];
  for (let i = 0, tick = 0; i < numbers.length; i += 5) {
    const start = tick + (numbers[i] ?? 0);
    tick = start + (numbers[i + 1] ?? 0);
    spans.push({ start, end: tick, merged: numbers[i + 4] ?? 0 });
  }
  return spans;
}
