import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { averageComputeStack, stackCycles, utilisation, type ScheduleResult } from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { runSchedule } from '../../../core/run/run.js';
import { chromeTracePlugin } from '../../../plugins/exporters/chrome-trace/index.js';
import { htmlReportPlugin } from '../../../plugins/exporters/html-report/index.js';
import { jsonPlugin } from '../../../plugins/exporters/json/index.js';
import { tablePlugin } from '../../../plugins/exporters/table/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import './built-client.js';
import { exportWith, textOf } from './export-with.js';

const root = new URL('../../../', import.meta.url);
const results: ScheduleResult[] = [];

beforeAll(async () => {
  const builtins = new PluginRegistry(builtinPlugins);
  for (const name of ['one-die', 'two-dies', 'hand-written-schedule']) {
    const { scenario, registry } = await loadScenario(fileURLToPath(new URL(`scenarios/examples/${name}.yaml`, root)), builtins);
    results.push(await runSchedule(scenario, registry, { trace: true }));
  }
});

describe('results of real runs', () => {
  test('fit the schema', () => {
    const schema = JSON.parse(readFileSync(new URL('schemas/result.schema.json', root), 'utf8')) as Record<string, unknown>;
    const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
    for (const result of results) {
      validate(JSON.parse(textOf(exportWith(jsonPlugin, [result]))));
      expect((validate.errors ?? []).map((error) => `${result.scenario}${error.instancePath} ${error.message ?? ''}`)).toEqual([]);
    }
  });

  test('no block is busy and waiting at once: rest, work and waiting share the run', () => {
    for (const result of results) {
      for (const block of result.blocks) {
        const waiting = stackCycles(block.stalls.filter(({ role }) => role === 'wait'));
        const resting = stackCycles(block.stalls.filter(({ role }) => role === 'rest'));
        const busy = utilisation(result, block.path) ?? NaN;
        expect(busy + (waiting + resting) / result.simulation.cycles, `${result.scenario} ${block.path}`).toBeCloseTo(1, 6);
      }
    }
  });

  test("the average array's stack is as long as the run", () => {
    for (const result of results) {
      const sum = stackCycles(averageComputeStack(result, 'array'));
      expect(sum / result.simulation.cycles).toBeCloseTo(1, 6);
    }
  });

  test('fit a terminal and are compared where they did the same work', () => {
    const text = textOf(exportWith(tablePlugin, results));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toContain('one-die is 1.');
    expect(text).not.toMatch(/NaN|undefined|\[object/);
  });

  test('give a trace with a thread for every track, and a Gantt with a row for it', () => {
    const trace = JSON.parse(textOf(exportWith(chromeTracePlugin, results))) as { traceEvents: { ph: string; name: string; args: Record<string, unknown> }[] };
    const threads = new Set(trace.traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args['name']));
    const report = textOf(exportWith(htmlReportPlugin, results));
    const tracks = results.flatMap((result) => result.trace?.tracks ?? []).filter((track) => (track.spans?.length ?? 0) > 0);
    expect(tracks.length).toBeGreaterThan(30);
    for (const { path } of tracks) {
      expect(threads).toContain(path);
      expect(report).toContain(`"name":"${path}"`);
    }
    expect(report).not.toMatch(/>(NaN|undefined)/);
  });
});
