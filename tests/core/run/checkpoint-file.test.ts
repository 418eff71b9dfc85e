import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { agreeTo } from '../../../core/plugin/consent/agree-to.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { checkpointWriter, readCheckpoint } from '../../../core/run/checkpoint-file.js';
import { runSchedule } from '../../../core/run/run.js';
import { loadScenario, type LoadResult } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const FILE = 'scenarios/examples/hand-written-schedule.yaml';
const file = path.join(temporaryFolder('checkpoint'), 'run.checkpoint');
const load = (set: Record<string, unknown> = {}): Promise<LoadResult> => loadScenario(FILE, new PluginRegistry(builtinPlugins), { set });

describe('a checkpoint file', () => {
  let whole: Awaited<ReturnType<typeof runSchedule>>;

  beforeAll(async () => {
    const { scenario, registry } = await load({ 'limits.maxCycles': 400 });
    const ended = await runSchedule(scenario, registry, { checkpoint: { write: checkpointWriter(file, scenario) } });
    expect(ended.outcome).toBe('bound');
    const plain = await load();
    whole = await runSchedule(plain.scenario, plain.registry);
  });

  it('goes on to the same result, whatever the limits', async () => {
    const { scenario, registry } = await load();
    const { state, cycle } = readCheckpoint(file, scenario);
    expect(cycle).toBeGreaterThan(0);
    expect(cycle).toBeLessThanOrEqual(400);
    const result = await runSchedule(scenario, registry, { resume: state });
    expect(result.digest).toBe(whole.digest);
    expect(result.digests).toEqual(whole.digests);
  });

  it('is taken at a cycle while the run goes on', async () => {
    const { scenario, registry } = await load();
    const cycles: number[] = [];
    const result = await runSchedule(scenario, registry, { checkpoint: { atCycle: 300, write: (_, at) => cycles.push(at.cycle) } });
    expect(result.digest).toBe(whole.digest);
    expect(cycles).toHaveLength(1);
    expect(cycles[0]).toBeLessThanOrEqual(300);
  });

  it('is refused for another run, when it is damaged, and when it is none', async () => {
    const { scenario } = await load({ 'machine.dram.with.tRCD': 99 });
    expect(() => readCheckpoint(file, scenario)).toThrow(/of another run/);
    const same = (await load()).scenario;
    const document = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { numbers: string };
    const damaged = `${file}.damaged`;
    writeFileSync(damaged, gzipSync(JSON.stringify({ ...document, numbers: `${document.numbers.slice(0, -12)}BBBBBBBBBBB=` })));
    expect(() => readCheckpoint(damaged, same)).toThrow(/damaged/);
    expect(() => readCheckpoint(FILE, same)).toThrow(/no checkpoint/);
    expect(() => readCheckpoint(`${file}.none`, same)).toThrow(/cannot be read \(ENOENT\)/);
  });

  it('replaces a checkpoint, and nothing else', async () => {
    const { scenario } = await load();
    expect(() => checkpointWriter(file, scenario)).not.toThrow();
    expect(() => checkpointWriter(path.dirname(file), scenario)).toThrow(/is a folder; expected the name of a file/);
    const text = path.join(path.dirname(file), 'mine.yaml');
    writeFileSync(text, 'tessera: 1');
    expect(() => checkpointWriter(text, scenario)).toThrow(/is there and is no checkpoint; expected a new file/);
  });

  it('is refused when the code of a plugin is another by now', async () => {
    const folder = temporaryFolder('checkpoint-plugin');
    const own = path.join(folder, 'own.checkpoint');
    const scenarioFile = path.join(folder, 's.yaml');
    writeFileSync(path.join(folder, 'index.js'), "import { helper } from './helper.js'; export default helper;");
    const helper = (summary: string): void =>
      writeFileSync(
        path.join(folder, 'helper.js'),
        `import { definePlugin } from 'tessera-sim';
export const helper = definePlugin({ kind: 'estimator', name: 'mine', version: '1.0.0', summary: '${summary}', configSchema: { type: 'object' }, estimate: () => ({}) });`,
      );
    helper('One');
    writeFileSync(
      scenarioFile,
      'tessera: 1\nname: s\nplugins: [./index.js]\nmachine: { include: tessera:scenarios/machines/singlecore.yaml }\nschedule: tessera:scenarios/examples/hand-written.schedule.yaml\n',
    );
    const loaded = await loadScenario(scenarioFile, new PluginRegistry(builtinPlugins), { plugins: agreeTo(['all']) });
    const write = checkpointWriter(own, loaded.scenario);
    helper('Two');
    // Written after the change, by a run that began before it.
    await runSchedule(loaded.scenario, loaded.registry, { checkpoint: { atCycle: 300, write } });
    expect(() => readCheckpoint(own, loaded.scenario)).toThrow(/of another run/);
    helper('One');
    expect(readCheckpoint(own, loaded.scenario).cycle).toBeLessThanOrEqual(300);
  });
});
