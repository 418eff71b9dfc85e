import { definePlugin, type ExportedFile, schedulesOf, type ScheduleResult } from 'tessera-sim';
import { thinnedNote } from 'tessera-sim/exporters';
import { writeRun } from './run-events.js';
import { TraceWriter } from './trace-writer.js';

interface ChromeTraceConfig {
  readonly fromSeconds: number;
  readonly toSeconds?: number;
  readonly maxEvents: number;
}

export const chromeTracePlugin = definePlugin<ChromeTraceConfig>({
  kind: 'exporter',
  name: 'chrome-trace',
  version: '1.0.0',
  summary: 'A timeline for Perfetto (ui.perfetto.dev) and chrome://tracing: a track a core, port, link and bank, buffer occupancy as counters',
  sources: ['Trace Event Format, The Chromium Project'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      fromSeconds: { type: 'number', minimum: 0, default: 0, unit: 's', description: 'Simulated time at which the trace starts' },
      toSeconds: { type: 'number', exclusiveMinimum: 0, unit: 's', description: 'Simulated time at which it ends; without it, the end of the run' },
      maxEvents: {
        type: 'integer',
        minimum: 100,
        maximum: 3_000_000,
        default: 250_000,
        unit: 'events',
        description:
          'Spans and counter values over all runs; beyond it, neighbouring spans are merged and counters keep their extremes. A shorter window shows more, up to what was recorded',
      },
    },
  },
  needsTrace: true,
  writes: ['trace.json'],
  export: (results, config) => [traceFile(schedulesOf(results), config)],
});

function traceFile(results: readonly ScheduleResult[], { fromSeconds, toSeconds, maxEvents }: ChromeTraceConfig): ExportedFile {
  const window = { fromTick: fromSeconds * 1e12, untilTick: toSeconds === undefined ? Infinity : toSeconds * 1e12 };
  const budget = Math.floor(maxEvents / Math.max(1, results.length));
  const writer = new TraceWriter();
  let firstPid = 1;
  const thinned = { recordedSpans: 0, keptSpans: 0, mergedBelowTicks: 0 };
  for (const result of results) {
    const written = writeRun(writer, result, { prefix: results.length > 1 ? `${result.name} / ` : '', firstPid, window, maxEvents: budget });
    firstPid = written.nextPid;
    thinned.recordedSpans += written.recordedSpans;
    thinned.keptSpans += written.keptSpans;
    thinned.mergedBelowTicks = Math.max(thinned.mergedBelowTicks, written.mergedBelowTicks);
  }
  const note = thinnedNote(thinned);
  const about = {
    runs: results.map((result) => result.name),
    digests: results.map((result) => result.digest),
    ticksPerMicrosecond: 1_000_000,
    spansRecorded: thinned.recordedSpans,
    spansKept: thinned.keptSpans,
    ...(note === undefined ? {} : { thinned: note, spansMergedBelowSeconds: thinned.mergedBelowTicks / 1e12 }),
  };
  const head = `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  return { name: 'trace.json', content: `${head}${writer.lines.join(',\n')}\n]}\n`, ...(note === undefined ? {} : { note }) };
}

export default chromeTracePlugin;
