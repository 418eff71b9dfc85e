import { describe, expect, it } from 'vitest';
import { SpanProbe, CounterProbe } from '../../../../core/model/probes.js';
import type { Machine } from '../../../../core/machine/machine.js';
import type { OperationRecord } from '../../../../core/schedule/resolve/record.js';
import type { TraceTrack } from '../../../../core/result/run-result.js';
import { TraceRecorder } from '../../../../core/run/trace/trace-recorder.js';

const work = new SpanProbe('pe.work', ['busy', 'wait']);
const depth = new CounterProbe('l1.depth', [], 'bytes');

/** As much of a machine as a recorder looks at. */
function recorderOf(maxEvents: number): { recorder: TraceRecorder; kernel: { now: number }; span: SpanProbe; counter: CounterProbe } {
  const [span, counter] = [new SpanProbe(work.path, work.labels), new CounterProbe(depth.path, [], depth.unit)];
  const kernel = { now: 0 };
  const block = { path: 'pe', plugin: { kind: 'core' }, probes: new Map<string, unknown>([['work', span], ['depth', counter]]) }; // prettier-ignore
  const machine = { blocks: [block], links: [], kernel, directory: { pathOf: () => 'l1' } } as unknown as Machine;
  return { recorder: new TraceRecorder(machine, maxEvents), kernel, span, counter };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly operation: number;
  readonly merged: number;
}

function spansOf(track: TraceTrack | undefined): Span[] {
  const { spans = new Float64Array(0), merged } = track ?? {};
  return Array.from({ length: spans.length / 4 }, (_, i) => ({
    start: spans[i * 4]!,
    end: spans[i * 4 + 1]!,
    operation: spans[i * 4 + 3]!,
    merged: merged?.[i] ?? 1,
  }));
}

const RUN_TICKS = 1_000_000;

describe('the recording of a long run', () => {
  it('is bounded, told from start to end equally finely, and every span is counted', () => {
    const { recorder, kernel, span } = recorderOf(4000);
    for (let tick = 0; tick < RUN_TICKS; tick += 20) {
      kernel.now = tick + 15;
      span.emit(tick, tick + 15, 0, tick / 20);
    }
    const trace = recorder.finish();
    const spans = spansOf(trace.tracks.find(({ path }) => path === 'pe.work'));
    expect(spans.length).toBeLessThanOrEqual(4000);
    expect(spans.reduce((sum, { merged }) => sum + merged, 0)).toBe(RUN_TICKS / 20);
    expect(spans[0]!.start).toBe(0);
    expect(spans.at(-1)!.end).toBe(RUN_TICKS - 5);
    expect(spans.filter(({ start }, i) => start - (spans[i - 1]?.end ?? -5) !== 5)).toEqual([]);
    expect(spans.filter(({ start, end, merged }) => merged > 1 && end - start > trace.mergedBelowTicks)).toEqual([]);
    const tenths = Array.from({ length: 10 }, (_, tenth) => spans.filter(({ start }) => Math.floor((start * 10) / RUN_TICKS) === tenth).length);
    expect(Math.min(...tenths)).toBeGreaterThan(0.98 * Math.max(...tenths));
  });

  it('keeps long spans as they are among many short ones', () => {
    const { recorder, kernel, span } = recorderOf(2000);
    const long: Span[] = [];
    for (let tick = 0; tick < RUN_TICKS; tick += 10) {
      kernel.now = tick + 5;
      span.emit(tick, tick + 5, 1, -1);
      if (tick % 100_000 !== 99_990) continue;
      long.push({ start: tick - 60_000, end: tick + 6, operation: tick, merged: 1 });
      span.emit(tick - 60_000, tick + 6, 0, tick);
    }
    const kept = spansOf(recorder.finish().tracks.find(({ path }) => path === 'pe.work'));
    expect(kept.filter(({ operation }) => operation >= 0)).toEqual(long);
  });

  it('keeps bursts in flight at one time apart', () => {
    const { recorder, kernel, span } = recorderOf(2000);
    for (let tick = 0; tick < RUN_TICKS; tick += 40) {
      kernel.now = tick + 30;
      for (let lane = 0; lane < 3; lane++) span.emit(tick + lane, tick + lane + 30, 0, lane);
    }
    const { tracks, mergedBelowTicks } = recorder.finish();
    const spans = spansOf(tracks.find(({ path }) => path === 'pe.work'));
    const middle = spans.filter(({ start, end }) => start <= RUN_TICKS / 2 + mergedBelowTicks && end >= RUN_TICKS / 2 - mergedBelowTicks);
    expect(middle.length).toBeGreaterThanOrEqual(3);
    expect(spans.length).toBeLessThanOrEqual(2000);
  });

  it('keeps the least, the largest and the last value of a counter all along the run', () => {
    const { recorder, kernel, counter } = recorderOf(1000);
    for (let tick = 0; tick < RUN_TICKS; tick += 10) {
      kernel.now = tick;
      counter.emit(tick, tick % 50_000 === 0 ? 1000 + tick / 50_000 : tick % 50_000 === 20_000 ? -1 : 10 + (tick % 70));
    }
    const values = recorder.finish().tracks.find(({ path }) => path === 'l1.depth')?.counter ?? new Float64Array(0);
    expect(values.length / 2).toBeLessThanOrEqual(1000);
    const at = Array.from({ length: values.length / 2 }, (_, i) => [values[i * 2]!, values[i * 2 + 1]!] as const);
    expect(at.filter(([, value]) => value >= 1000).map(([, value]) => value - 1000)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(at.filter(([, value]) => value === -1)).toHaveLength(20);
    expect(at.at(-1)).toEqual([RUN_TICKS - 10, 10 + ((RUN_TICKS - 10) % 70)]);
    expect(at.map(([tick]) => tick)).toEqual(at.map(([tick]) => tick).toSorted((a, b) => a - b));
  });

  it('keeps the operations that its spans name, and no others', () => {
    const { recorder, kernel } = recorderOf(1000);
    for (let id = 0; id < 20_000; id++) {
      kernel.now = id * 10 + 9;
      const times = { readyTick: id * 10, startTick: id * 10, endTick: id * 10 + 9, releaseCause: 'start', releasedBy: -1 };
      recorder.operationFinished({ id, form: { kind: 'compute', layer: 'a', queue: `q${id % 2}` }, ...times } as unknown as OperationRecord);
    }
    const { queues, operations } = recorder.finish();
    expect(queues.map(({ path }) => path)).toEqual(['q0', 'q1']);
    const named = new Set(queues.flatMap((track) => spansOf(track).map(({ operation }) => operation)));
    expect(operations.length).toBeLessThanOrEqual(1000);
    expect(new Set(operations.map(({ id }) => id))).toEqual(named);
    expect(queues.flatMap(spansOf).reduce((sum, { merged }) => sum + merged, 0)).toBe(20_000);
  });

  it('holds all that comes at one tick, and ends when there are more tracks than room', () => {
    const { recorder, span } = recorderOf(1);
    for (let i = 0; i < 5000; i++) span.emit(0, 100, 0, i);
    const spans = spansOf(recorder.finish().tracks.find(({ path }) => path === 'pe.work'));
    expect(spans.length).toBeLessThan(50);
    expect(spans.reduce((sum, { merged }) => sum + merged, 0)).toBe(5000);
  });

  it('does nothing to a short run', () => {
    const { recorder, span } = recorderOf(100);
    for (let i = 0; i < 100; i++) span.emit(i, i + 1, 0, i);
    const { tracks, mergedBelowTicks } = recorder.finish();
    expect(mergedBelowTicks).toBe(0);
    expect(spansOf(tracks.find(({ path }) => path === 'pe.work'))).toHaveLength(100);
  });
});
