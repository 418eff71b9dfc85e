import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { experimentsOf, type RunResult } from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { runScenario } from '../../../core/run/run.js';
import { htmlReportPlugin } from '../../../plugins/exporters/html-report/index.js';
import { jsonPlugin } from '../../../plugins/exporters/json/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { exportWith, textOf } from './export-with.js';
import { dataOf } from './report-page.js';

const root = new URL('../../../', import.meta.url);
const SHORT = { 'with.samplePeriodCycles': 300 };
const networks: RunResult[] = [];

async function runExample(name: string, set: Readonly<Record<string, unknown>> = {}): Promise<RunResult> {
  const { scenario, registry } = await loadScenario(fileURLToPath(new URL(`scenarios/examples/${name}.yaml`, root)), new PluginRegistry(builtinPlugins), {
    set,
  });
  return runScenario(scenario, registry);
}

beforeAll(async () => {
  networks.push(await runExample('noc-load-latency', SHORT));
  for (const name of ['noc-trace', 'noc-quadcore', 'network-fidelity']) networks.push(await runExample(name));
}, 60_000);

describe('real runs of networks', () => {
  test('fit the schema', () => {
    const schema = JSON.parse(readFileSync(new URL('schemas/result.schema.json', root), 'utf8')) as Record<string, unknown>;
    const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
    for (const result of networks) {
      validate(JSON.parse(textOf(exportWith(jsonPlugin, [result]))));
      expect(
        (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map((error) => `${result.scenario}${error.instancePath} ${error.message ?? ''}`),
      ).toEqual([]);
    }
  });

  test.each([
    ['a load-latency curve', 0, ['load-latency', 'accepted', 'latency', 'stall-causes', 'network-0', 'network-0-vcs']],
    ['a packet trace', 1, ['latency', 'network-0']],
    ['a machine with a flit network', 2, ['network-0', 'network-0-causes']],
    ['a machine with a packet network', 3, ['network-0']],
  ])('%s has its charts', (_, index, names) => {
    const page = textOf(exportWith(htmlReportPlugin, [networks[index]!]));
    expect(Object.keys(dataOf(page).charts)).toEqual(expect.arrayContaining(names.map((name) => `run0-${name}`)));
    expect(page).not.toMatch(/>(NaN|undefined)/);
  });

  test('a scenario that only looks for saturation shows its highest stable load', async () => {
    const { metrics, tables } = experimentsOf([await runExample('noc-load-latency', { 'with.loads': undefined, ...SHORT })])[0]!;
    expect(metrics?.['load']).toBe(metrics?.['saturationLoad']);
    expect(tables?.['links']).toHaveLength(48);
  });

  test('no load of a curve is simulated twice', () => {
    const loads = experimentsOf(networks)[0]?.tables?.['curve']?.map((row) => row['load']) ?? [];
    expect(loads).toContain(0.5);
    expect(new Set(loads).size).toBe(loads.length);
  });
});
