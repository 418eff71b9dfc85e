import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { prepare } from '../../../core/run/prepare.js';
import { PlanCache } from '../../../core/run/plan-cache.js';
import { runScenario } from '../../../core/run/run.js';
import { agreeTo } from '../../../core/plugin/consent/agree-to.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { ToolContexts } from '../../../core/plugin/tool-contexts.js';
import { loadScenario, type LoadResult } from '../../../core/scenario/load.js';
import type { Schedule } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

let folder: string;
beforeEach(() => void (folder = temporaryFolder('plans')));

async function scenario(mapper: string, head = ''): Promise<LoadResult> {
  const file = path.join(temporaryFolder('plan'), 's.yaml');
  const text = `machine: { include: tessera:scenarios/machines/quadcore.yaml }\nworkload: { layers: tessera:scenarios/models/two-layers.yaml }\n`;
  writeFileSync(file, `tessera: 1\nname: s\n${head}${text}mapper: ${mapper}\n`);
  return loadScenario(file, new PluginRegistry(builtinPlugins), { allow: [tmpdir()], plugins: agreeTo(['all']) });
}

async function scheduleOf({ scenario: loaded, registry }: LoadResult, cache?: PlanCache): Promise<Schedule> {
  return (await prepare(loaded, registry, new ToolContexts(registry), cache)).schedule;
}

const entries = (): string[] => readdirSync(folder).map((name) => path.join(folder, name));
const whole = (schedule: Schedule): unknown => ({ ...schedule, operations: [...schedule.operations] });

describe('the plan cache', () => {
  it.each(['layer-by-layer', 'depth-first'])('gives back the very schedule that was made (%s)', async (mapper) => {
    const loaded = await scenario(mapper);
    const fresh = whole(await scheduleOf(loaded));
    const cache = new PlanCache(folder, 'one');
    expect(whole(await scheduleOf(loaded, cache))).toEqual(fresh);
    expect(entries()).toHaveLength(1);
    expect(whole(await scheduleOf(await scenario(mapper), cache))).toEqual(fresh);
    expect(entries()).toHaveLength(1);
  });

  it('makes no difference to a run', async () => {
    const { scenario: loaded, registry } = await scenario('depth-first');
    const planCache = new PlanCache(folder, 'one');
    const digests = [];
    for (const options of [{}, { planCache }, { planCache }]) digests.push((await runScenario(loaded, registry, options)).digest);
    expect(new Set(digests).size).toBe(1);
  });

  it('tells everything apart that a plan depends on', async () => {
    const one = new PlanCache(folder, 'one');
    await scheduleOf(await scenario('depth-first'), one);
    await scheduleOf(await scenario('layer-by-layer'), one);
    await scheduleOf(await scenario('{ use: depth-first, with: { halo: recomputed } }'), one);
    await scheduleOf(await scenario('depth-first', 'seed: 2\n'), one);
    await scheduleOf(await scenario('depth-first'), new PlanCache(folder, 'two'));
    const smaller = { set: { 'machine.core0.l1.with.capacityBytes': 1 << 18 } };
    await scheduleOf(await loadScenario((await scenario('depth-first')).scenario.file, new PluginRegistry(builtinPlugins), smaller), one);
    expect(entries()).toHaveLength(6);
  });

  it('writes a damaged entry anew', async () => {
    const loaded = await scenario('depth-first');
    const cache = new PlanCache(folder, 'one');
    const fresh = whole(await scheduleOf(loaded, cache));
    const [file = ''] = entries();
    const good = readFileSync(file, 'utf8');
    for (const bad of ['', 'nonsense', good.slice(0, -9), good.replace('"queue"', '"quack"')]) {
      writeFileSync(file, bad);
      expect(whole(await scheduleOf(loaded, cache))).toStrictEqual(fresh);
      expect(readFileSync(file, 'utf8')).toBe(good);
    }
  });

  it('keeps within its room; what was used last stays', async () => {
    const [first, second] = [await scenario('layer-by-layer'), await scenario('depth-first')];
    await scheduleOf(first, new PlanCache(folder, 'one'));
    const [old = ''] = entries();
    await scheduleOf(second, new PlanCache(folder, 'one', { mostBytes: 2000 }));
    expect(entries()).not.toContain(old);
  });

  it('is silent where nothing can be written', async () => {
    const blocked = path.join(folder, 'file');
    writeFileSync(blocked, '');
    expect([...(await scheduleOf(await scenario('layer-by-layer'), new PlanCache(path.join(blocked, 'below'), 'one'))).operations].length).toBeGreaterThan(0);
  });

  it("keeps a third party's plan only if its mapper says so, and none beside other foreign plugins", async () => {
    const plugin = (name: string, extra: string): string => {
      const file = path.join(temporaryFolder('mapper'), `${name}.mjs`);
      const fields = `kind: 'mapper', name: '${name}', version: '1', summary: 's', configSchema: { type: 'object', properties: {}, additionalProperties: false }`;
      writeFileSync(file, `export default { ${fields}, ${extra} map: () => ({ name: 'none', tensors: {}, buffers: {}, operations: [] }) };\n`);
      return file;
    };
    const run = async (list: readonly string[], use: string): Promise<void> => {
      await scheduleOf(await scenario(use, `plugins: ${JSON.stringify(list)}\n`), new PlanCache(folder, 'one'));
    };
    const [pure, plain] = [plugin('pure', 'cacheable: true,'), plugin('plain', '')];
    await run([plain], 'plain');
    await run([plain, pure], 'pure');
    expect(entries()).toHaveLength(0);
    await run([pure], 'pure');
    expect(entries()).toHaveLength(1);
  });
});
