import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import type { ScheduleResult } from '../../../core/result/run-result.js';
import { scheduleContent } from '../../../core/run/dump-schedule.js';
import { runSchedule } from '../../../core/run/run.js';
import { loadScenario } from '../../../core/scenario/load.js';
import type { Schedule } from '../../../core/schedule/form/form.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { isLongRun } from '../../many.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder('dump-schedule');

/** A scenario's run, and that of the schedule that it dumps, on the same machine. */
async function runTwice(file: string, form: string): Promise<readonly [ScheduleResult, ScheduleResult]> {
  let dumped: Schedule | undefined;
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins));
  const first = await runSchedule(scenario, registry, { onSchedule: (schedule) => (dumped = schedule) });
  const name = `${path.basename(file, '.yaml')}.schedule.${form}`;
  writeFileSync(path.join(folder, name), scheduleContent(dumped!, name));
  const again = path.join(folder, path.basename(file));
  writeFileSync(again, stringify(onItsOwn(file, name)));
  const loaded = await loadScenario(again, new PluginRegistry(builtinPlugins), { allow: [path.resolve('scenarios')] });
  return [first, await runSchedule(loaded.scenario, loaded.registry)];
}

/** Neither workload nor mapper: the schedule holds all that the machine needs. */
function onItsOwn(file: string, schedule: string): Record<string, unknown> {
  const { workload: _w, mapper: _m, estimator: _e, expect: _x, outputs: _o, ...rest } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return { ...rest, machine: placed(rest['machine'], path.dirname(file)), schedule };
}

function placed(machine: unknown, base: string): unknown {
  const { include, ...rest } = machine as Record<string, unknown>;
  if (typeof include !== 'string') return machine;
  return { ...rest, include: include.startsWith('tessera:') ? include : path.resolve(base, include) };
}

const QUICK = ['scenarios/examples/hand-written-schedule.yaml'];
const LONG = [
  'scenarios/quickstart/depth-first.yaml',
  'scenarios/quickstart/layer-by-layer.yaml',
  'scenarios/examples/llm-decode-pim.yaml',
  'scenarios/examples/all-reduce.yaml',
  'scenarios/examples/in-network-reduce.yaml',
  'scenarios/examples/two-dies.yaml',
  'scenarios/examples/noc-quadcore.yaml',
];

describe('a schedule that is dumped', () => {
  it.each((isLongRun ? [...QUICK, ...LONG] : QUICK).map((file, index) => ({ file, form: ['ndjson', 'yaml', 'json'][index % 3]! })))(
    'runs again to the same times: $file as $form',
    async ({ file, form }) => {
      const [first, second] = await runTwice(file, form);
      expect(second.violations).toEqual(first.violations);
      expect(second.operations).toEqual(first.operations);
      expect(second.digests.timing).toBe(first.digests.timing);
      expect(second.digests.counts).toBe(first.digests.counts);
    },
  );

  it('is refused as a document when it is too long for one', () => {
    const operations = {
      *[Symbol.iterator]() {
        for (let id = 0; id <= 100_000; id++) yield { id, kind: 'sync' as const, queue: 'q' };
      },
    };
    const schedule: Schedule = { name: 's', tensors: {}, buffers: {}, operations };
    expect(() => scheduleContent(schedule, 'a.yaml')).toThrow('.ndjson');
    expect(scheduleContent(schedule, 'a.ndjson').length).toBeGreaterThan(3_000_000);
  });
});
