import { definePlugin, type ExportedFile, type RunResult } from '../../../core/index.js';
import { writeRun } from './run-events.js';
import { windowOf } from './time-window.js';
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
      maxEvents: { type: 'integer', minimum: 1, maximum: 3_000_000, default: 1_000_000, unit: 'events', description: 'Spans and counter values; the trace ends where there would be more' },
    },
  },
  needsTrace: true,
  export: (results, config) => [traceFile(results, config)],
});

function traceFile(results: readonly RunResult[], { fromSeconds, toSeconds, maxEvents }: ChromeTraceConfig): ExportedFile {
  const window = windowOf(results, fromSeconds * 1e12, toSeconds === undefined ? Infinity : toSeconds * 1e12, maxEvents);
  const writer = new TraceWriter();
  let pid = 1;
  for (const result of results) pid = writeRun(writer, result, results.length > 1 ? `${result.scenario} / ` : '', pid, window);
  const dropped = window.cutEvents + results.reduce((sum, result) => sum + droppedOf(result), 0);
  if (window.cutEvents > 0) writer.globalMark(1, window.untilTick, `the trace ends here: ${window.cutEvents} later events left out (maxEvents)`);
  const about = {
    scenarios: results.map((result) => result.scenario),
    digests: results.map((result) => result.digest),
    ticksPerMicrosecond: 1_000_000,
    dropped,
    ...(window.cutEvents > 0 ? { completeUntilSeconds: window.untilTick / 1e12 } : {}),
  };
  const head = `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  return { name: 'trace.json', content: `${head}${writer.lines.join(',\n')}\n]}\n` };
}

/** Events that did not fit into the tracks while the run was recorded. */
function droppedOf({ trace }: RunResult): number {
  return (trace?.tracks ?? []).reduce((sum, track) => sum + track.dropped, 0);
}

export default chromeTracePlugin;
