/** Spans of a run in typed arrays, and the search in them. */
import type { GanttData, GanttRow } from '../page-data.js';
import type { GanttModel, SpanFacts, SpanRow } from './types.js';

const NUMBERS_PER_SPAN = 5;
const NUMBERS_PER_OPERATION = 3;

export function ganttModel(input: GanttData): GanttModel {
  return {
    input,
    rows: input.rows.map(decodeRow),
    facts: (row, span) => spanFacts(input, row, span),
  };
}

/** Spans come as gap to the one before, length, label, operation, merged. */
function decodeRow({ spans, ...about }: GanttRow): SpanRow {
  const count = spans.length / NUMBERS_PER_SPAN;
  const row: SpanRow = {
    ...about,
    starts: new Float64Array(count),
    ends: new Float64Array(count),
    labelOf: new Uint16Array(count),
    operationOf: new Int32Array(count),
    merged: new Uint32Array(count),
  };
  let tick = 0;
  for (let i = 0; i < count; i++) {
    const at = i * NUMBERS_PER_SPAN;
    row.starts[i] = tick += spans[at] ?? 0;
    row.ends[i] = tick += spans[at + 1] ?? 0;
    row.labelOf[i] = spans[at + 2] ?? 0;
    row.operationOf[i] = spans[at + 3] ?? -1;
    row.merged[i] = spans[at + 4] ?? 1;
  }
  return row;
}

function spanFacts(input: GanttData, row: SpanRow, span: number): SpanFacts {
  const operation = row.operationOf[span] ?? -1;
  const at = operation * NUMBERS_PER_OPERATION;
  const known = operation >= 0;
  return {
    layer: known ? (input.layers[input.operations[at + 1] ?? -1] ?? '') : '',
    kind: known ? (input.kinds[input.operations[at + 2] ?? -1] ?? '') : '',
    label: row.labels[row.labelOf[span] ?? 0] ?? row.kind,
    operation: known ? input.operations[at] : undefined,
    merged: row.merged[span] ?? 1,
    start: row.starts[span] ?? 0,
    end: row.ends[span] ?? 0,
  };
}

/** First span, from `from` on, that ends after a tick; the number of spans if none does. */
export function firstEndingAfter(row: SpanRow, tick: number, from = 0): number {
  let low = from;
  let high = row.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row.ends[middle]! > tick) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The span at a tick, or the nearest within `reach` ticks; -1 for none. */
export function spanAt(row: SpanRow, tick: number, reach: number): number {
  const after = firstEndingAfter(row, tick);
  if (after < row.starts.length && row.starts[after]! <= tick + reach) return after;
  const before = after - 1;
  return before >= 0 && row.ends[before]! >= tick - reach ? before : -1;
}
