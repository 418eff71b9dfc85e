import type { ScheduleResult, TracedOperation } from 'tessera-sim';
import { thinCounter } from './thin-counter.js';
import { groupOf, type LaneSpan, recordedSpans, type SpanRow, spanRows, thinLanes, type Thinned, type TimeWindow } from 'tessera-sim/exporters';
import type { TraceWriter } from './trace-writer.js';

/** Where a run's events go and how many they may be. */
export interface RunPlace {
  readonly prefix: string;
  readonly firstPid: number;
  readonly window: TimeWindow;
  readonly maxEvents: number;
}

export interface WrittenRun extends Thinned {
  readonly nextPid: number;
}

/** A counter may take so much of the room, and all together so much, or they would crowd out the spans. */
const COUNTER_SHARE = 1 / 40;
const COUNTERS_SHARE = 1 / 2;

/** Writes the tracks of one run: a process a group, a thread a row. */
export function writeRun(writer: TraceWriter, result: ScheduleResult, { prefix, firstPid, window, maxEvents }: RunPlace): WrittenRun {
  const { trace } = result;
  if (trace === undefined) return { nextPid: firstPid, mergedBelowTicks: 0, recordedSpans: 0, keptSpans: 0 };
  const operations = new Map(trace.operations.map((operation) => [operation.id, operation]));
  const layerOf = (operation: number): string => operations.get(operation)?.layer ?? '';
  const rows = spanRows(trace, window);
  const pids = processIds(writer, [...rows.map((row) => row.group), ...trace.tracks.map(groupOf)], prefix, firstPid);
  const counters = trace.tracks.filter(({ counter }) => counter !== undefined).length;
  const counterLimit = Math.max(3, Math.floor(maxEvents * Math.min(COUNTER_SHARE, COUNTERS_SHARE / Math.max(1, counters))));
  const values = writeCounters(writer, result, pids, window, counterLimit);
  const thinned = thinLanes(
    rows.map((row) => row.spans),
    { maxSpans: Math.max(1, maxEvents - values), endTick: result.simulation.seconds * 1e12, layerOf },
  );
  const threads = new Map<string, number>();
  rows.forEach((row, i) => {
    const tid = (threads.get(row.group) ?? 0) + 1;
    threads.set(row.group, tid);
    writeRow(writer, row, thinned.lanes[i] ?? [], { pid: pids.get(row.group) ?? firstPid, tid }, operations);
  });
  return {
    nextPid: firstPid + pids.size,
    recordedSpans: recordedSpans(rows),
    keptSpans: thinned.lanes.reduce((sum, lane) => sum + lane.length, 0),
    mergedBelowTicks: Math.max(trace.mergedBelowTicks, thinned.mergedBelowTicks),
  };
}

function processIds(writer: TraceWriter, groups: readonly string[], prefix: string, firstPid: number): ReadonlyMap<string, number> {
  const pids = new Map([...new Set(groups)].map((group, i) => [group, firstPid + i]));
  for (const [group, pid] of pids) writer.processName(pid, `${prefix}${group}`, pid);
  return pids;
}

/** Returns how many values were written. */
function writeCounters(
  writer: TraceWriter,
  { trace, simulation }: ScheduleResult,
  pids: ReadonlyMap<string, number>,
  window: TimeWindow,
  limit: number,
): number {
  let count = 0;
  for (const track of trace?.tracks ?? []) {
    if (track.counter === undefined) continue;
    const unit = track.unit === undefined || track.unit === '' ? 'value' : track.unit;
    const { fromTick, untilTick } = window;
    const values = thinCounter(track.counter, { fromTick, untilTick: Math.min(untilTick, simulation.seconds * 1e12 + 1) }, limit);
    for (let i = 0; i < values.length; i += 2) writer.counter(pids.get(groupOf(track)) ?? 0, track.path, values[i] ?? 0, unit, values[i + 1] ?? 0);
    count += values.length / 2;
  }
  return count;
}

function writeRow(
  writer: TraceWriter,
  row: SpanRow,
  spans: readonly LaneSpan[],
  { pid, tid }: { readonly pid: number; readonly tid: number },
  operations: ReadonlyMap<number, TracedOperation>,
): void {
  writer.threadName(pid, tid, row.name);
  for (const span of spans) {
    const { name, args } = spanText(writer, row, span, operations.get(span.operation));
    writer.span(pid, tid, name, row.kind, span.start, span.end, args);
  }
}

/** A span is named by its layer, or by what the block did when no operation is behind it. */
function spanText(writer: TraceWriter, row: SpanRow, { label, merged }: LaneSpan, operation: TracedOperation | undefined): { name: string; args: string } {
  const what = row.labels[label] ?? row.kind;
  const count = merged > 1 ? `"merged":${merged}` : '';
  if (operation === undefined) return { name: what, args: count };
  const { layer, kind, id } = operation;
  const args = `"operation":${id},"layer":${writer.quote(layer)}${count === '' ? '' : `,${count}`}`;
  if (layer === '') return { name: kind, args };
  if (row.kind === 'queue') return { name: `${layer} ${kind}`, args };
  return { name: what === 'busy' || what === 'operation' ? layer : `${layer} (${what})`, args };
}
