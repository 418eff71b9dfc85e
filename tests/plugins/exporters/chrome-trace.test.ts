import { describe, expect, test } from 'vitest';
import { assignLanes } from '../../../plugins/lib/exporters/lanes.js';
import { chromeTracePlugin } from '../../../plugins/exporters/chrome-trace/index.js';
import { thinCounter } from '../../../plugins/exporters/chrome-trace/thin-counter.js';
import { microseconds } from '../../../plugins/exporters/chrome-trace/trace-writer.js';
import { exportWith, textOf } from './export-with.js';
import { experimentResult, sampleResult } from './sample-result.js';

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly args: Readonly<Record<string, string | number>>;
}

interface TraceDocument {
  readonly otherData: Readonly<Record<string, unknown>>;
  readonly traceEvents: readonly TraceEvent[];
}

function traceOf(results: Parameters<typeof exportWith>[1], config: Record<string, unknown> = {}): TraceDocument {
  return JSON.parse(textOf(exportWith(chromeTracePlugin, results, config))) as TraceDocument;
}

const named = (events: readonly TraceEvent[], kind: string): string[] =>
  events.filter((event) => event.ph === 'M' && event.name === kind).map((event) => String(event.args['name']));

describe('chrome trace', () => {
  const result = sampleResult();
  const { traceEvents, otherData } = traceOf([result]);

  test('has a process a tile, the network, the links and the queues, and a thread a track', () => {
    expect(named(traceEvents, 'process_name')).toEqual(['core0', 'core1', 'core2', 'core3', 'noc', 'links', 'queues']);
    const threads = named(traceEvents, 'thread_name');
    for (const track of ['core0.pe.work', 'core0.dma.transfer', 'core0.dma.network->noc.node0', 'noc.link.0,0-1,0', 'dma0']) expect(threads).toContain(track);
  });

  test('writes every span and counter value, with times that give the ticks back', () => {
    const tracks = result.trace?.tracks ?? [];
    const spans = tracks.reduce((sum, track) => sum + (track.spans?.length ?? 0) / 4, 0) + (result.trace?.operations.length ?? 0);
    const values = tracks.reduce((sum, track) => sum + (track.counter?.length ?? 0) / 2, 0);
    expect(traceEvents.filter((event) => event.ph === 'X')).toHaveLength(spans);
    expect(traceEvents.filter((event) => event.ph === 'C')).toHaveLength(values);
    const work = tracks.find((track) => track.path === 'core0.pe.work')?.spans ?? new Float64Array(0);
    const thread = traceEvents.find((event) => event.ph === 'M' && event.args['name'] === 'core0.pe.work');
    const written = traceEvents.filter((event) => event.ph === 'X' && event.pid === thread?.pid && event.tid === thread.tid);
    expect(written.map((event) => Math.round(event.ts * 1e6))).toEqual([...work].filter((_, i) => i % 4 === 0));
    expect(otherData).toMatchObject({ spansRecorded: spans, spansKept: spans });
    expect(otherData).not.toHaveProperty('thinned');
  });

  test('names spans by layer and what was done', () => {
    const names = new Set(traceEvents.filter((event) => event.ph === 'X').map((event) => event.name));
    for (const name of ['conv1', 'conv1 (wait-input)', 'conv1 (transfer)', 'conv1 compute']) expect(names).toContain(name);
  });

  test('spans of one thread never overlap', () => {
    const overlapping = Float64Array.from([0, 10, 0, -1, 5, 15, 0, -1, 10, 20, 0, -1, 12, 13, 0, -1]);
    const merged = Float64Array.from([1, 8, 1, 1]);
    const tracks = [{ path: 'l1.access', block: 'l1', kind: 'memory', labels: ['read'], spans: overlapping, merged }];
    const trace = { operations: [], queues: [], tracks, mergedBelowTicks: 16 };
    const document = traceOf([{ ...result, trace }]);
    expect(named(document.traceEvents, 'thread_name')).toEqual(['l1.access', 'l1.access (2)', 'l1.access (3)']);
    expect(document.otherData).toMatchObject({ spansRecorded: 11, spansKept: 4, thinned: '1 in 2.8 spans kept: neighbours within 16.00 ps are one' });
    const ends = new Map<number, number>();
    for (const event of document.traceEvents.filter(({ ph }) => ph === 'X')) {
      expect(event.ts).toBeGreaterThanOrEqual(ends.get(event.tid) ?? 0);
      ends.set(event.tid, event.ts + event.dur);
    }
  });

  test('a window leaves out what starts outside', () => {
    const cycles = result.simulation.cycles;
    const starts = traceOf([result], { fromSeconds: cycles / 4e9, toSeconds: cycles / 2e9 })
      .traceEvents.filter((event) => event.ph === 'X' || event.ph === 'C')
      .map((event) => event.ts);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(cycles / 4e3);
    expect(Math.max(...starts)).toBeLessThan(cycles / 2e3);
  });

  test('beyond the bound spans are merged, none is lost, and the trace says so', () => {
    const bounded = traceOf([result], { maxEvents: 1000 });
    const isData = (event: TraceEvent): boolean => event.ph === 'X' || event.ph === 'C';
    expect(bounded.traceEvents.filter(isData).length).toBeLessThanOrEqual(1000);
    expect(bounded.otherData['spansMergedBelowSeconds']).toBeGreaterThan(0);
    const stoodFor = bounded.traceEvents.filter((event) => event.ph === 'X').reduce((sum, event) => sum + Number(event.args['merged'] ?? 1), 0);
    expect(stoodFor).toBe(traceEvents.filter((event) => event.ph === 'X').length);
    expect(traceOf([result]).otherData).not.toHaveProperty('spansMergedBelowSeconds');
  });

  test('a counter that is thinned keeps its peak, its trough and its end', () => {
    const counter = Float64Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? i : i === 777 ? 99 : i === 1001 ? -5 : i % 7));
    const thinned = thinCounter(counter, { fromTick: 0, untilTick: Infinity }, 50);
    expect(thinned.length / 2).toBeLessThanOrEqual(50);
    expect(Math.max(...thinned.filter((_, i) => i % 2 === 1))).toBe(99);
    expect(Math.min(...thinned.filter((_, i) => i % 2 === 1))).toBe(-5);
    expect(thinned.slice(-2)).toEqual(Array.from(counter.slice(-2)));
    const ticks = thinned.filter((_, i) => i % 2 === 0);
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
  });

  test('several runs have processes of their own; a run without a trace has none', () => {
    const document = traceOf([result, sampleResult({ scenario: 'fused' }), experimentResult()]);
    expect(named(document.traceEvents, 'process_name')).toContain('fused / core0');
    const pids = document.traceEvents.filter((event) => event.ph === 'M' && event.name === 'process_name').map((event) => event.pid);
    expect(new Set(pids).size).toBe(pids.length);
  });

  test('any layer name survives', () => {
    const name = '"</script>\n\\';
    const document = traceOf([sampleResult({ layerNames: () => name })]);
    expect(document.traceEvents.some((event) => event.args?.['layer'] === name)).toBe(true);
  });
});

describe('times', () => {
  test.each([
    [0, '0'],
    [1, '0.000001'],
    [1_140_251, '1.140251'],
    [1_500_000, '1.5'],
    [2 ** 52 + 1, '4503599627.370497'],
  ])('%d ticks are %s us', (tick, text) => expect(microseconds(tick)).toBe(text));

  test('the first free lane is taken again', () => {
    const { lanes, laneCount } = assignLanes(Float64Array.from([0, 4, 0, 0, 2, 6, 0, 0, 4, 5, 0, 0]));
    expect([...lanes]).toEqual([0, 1, 0]);
    expect(laneCount).toBe(2);
  });
});
