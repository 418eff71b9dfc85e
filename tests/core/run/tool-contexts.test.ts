import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { definePlugin, type Estimate, type ImportSource, type Plugin, type Schedule, type ToolContext } from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { runSchedule } from '../../../core/run/run.js';
import { effectiveConfig } from '../../../core/scenario/effective-config.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { project } from '../scenario/load-fixture.js';

const about = { version: '1.0.0', summary: 'For tests', configSchema: { type: 'object', properties: {} } } as const;
const COPY: Schedule = {
  name: 'copy',
  tensors: { t: { dims: { x: 4096 }, format: 'int8', role: 'constant', home: 'b' } },
  buffers: { here: { memory: 'a', bytes: 4096 } },
  operations: [{ kind: 'transfer', queue: 'dma', reads: [{ tensor: 't' }], writes: [{ buffer: 'here' }] }],
};
const text = ({ bytes }: ImportSource): string => new TextDecoder().decode(bytes);

/** Two files: how often to copy, and what it should take. */
const importer = definePlugin<object>({
  kind: 'importer',
  name: 'copies',
  ...about,
  produces: ['schedule', 'estimate'],
  extensions: ['.copies'],
  recognise: () => 1,
  read: async ([first, second]) => {
    await setTimeout(1);
    const operations = Array.from({ length: Number(text(first!)) }, () => COPY.operations).flatMap((one) => [...one]);
    const estimate: Estimate = { estimator: 'another tool', notes: [], cycles: Number(text(second!)), seconds: 1e-6, layers: [], resources: [] };
    return { schedule: { ...COPY, operations }, estimate, unused: [{ file: second!.fileName, path: 'unit', reason: 'cycles are cycles' }] };
  },
});
const estimator = definePlugin<object>({
  kind: 'estimator',
  name: 'later',
  ...about,
  estimate: async (_, context) => {
    await setTimeout(1);
    context.warn('a guess');
    return { estimator: 'later', notes: [], cycles: 100 + context.random('guess').below(1), seconds: 1e-7, layers: [], resources: [] };
  },
});

const SCENARIO = (rest: string): string => `tessera: 1
machine:
  clocks: { core: 1 GHz }
  blocks: { dma: { use: dma }, a: { use: sram }, b: { use: sram } }
  connect: [[dma.local, a.port0], [dma.network, b.port0]]
${rest}`;
const load = (rest: string, plugins: readonly Plugin[]) =>
  loadScenario(
    path.join(project({ 's.yaml': SCENARIO(rest), 'n.copies': '3', 'm.copies': '77' }), 's.yaml'),
    new PluginRegistry([...builtinPlugins, ...plugins]),
  );

describe('the context of tools', () => {
  it('importers read several files for schedule and estimate, later, and say what they left', async () => {
    const { scenario, registry } = await load('schedule: { files: [n.copies, m.copies], import: copies }\nestimate: { files: [n.copies, m.copies] }\n', [
      importer,
    ]);
    const result = await runSchedule(scenario, registry);
    expect(result).toMatchObject({ operations: { finished: 3 }, estimate: { estimator: 'another tool', cycles: 77 } });
    expect(result.warnings).toEqual(Array(2).fill('importer copies: not used: m.copies: unit (cycles are cycles)'));
    expect(Object.keys(scenario.inputs)).toEqual(expect.arrayContaining([expect.stringContaining('n.copies'), expect.stringContaining('m.copies')]));
    expect(effectiveConfig(scenario)).toMatch(/estimate:\n {2}use: copies\n {2}files:/);
  });

  it('an estimator may answer later and warn; who listens is told at once', async () => {
    const told: string[] = [];
    const { scenario, registry } = await load('schedule: { files: [n.copies, m.copies], import: copies }\nestimator: later\n', [importer, estimator]);
    const result = await runSchedule(scenario, registry, { onWarning: (warning) => told.push(warning) });
    expect(result.estimate?.cycles).toBe(100);
    expect(told).toEqual(result.warnings);
    expect(told).toContain('estimator later: a guess');
  });

  let mapped = 0;
  it.each([
    ['limits: { maxWallSeconds: 0.5 }\n', undefined, { outcome: 'bound', bound: 'maxWallSeconds' }],
    ['', () => mapped > 3, { outcome: 'interrupted' }],
  ])('a mapper is asked to stop, and nothing is simulated then', async (limits, shouldStop, end) => {
    const asked: boolean[] = [];
    mapped = 0;
    const slow = definePlugin<object>({
      kind: 'mapper',
      name: 'slow',
      ...about,
      map: async (_, context: ToolContext) => {
        for (mapped = 0; mapped < 2000 && !context.shouldStop(); mapped++) await setTimeout(2);
        asked.push(context.shouldStop());
        return COPY;
      },
    });
    const layers = 'workload: { layers: [{ name: r, operator: relu, loops: { B: 1, K: 8, OY: 8, OX: 8 } }] }\nmapper: slow\n';
    const { scenario, registry } = await load(layers + limits, [slow]);
    const result = await runSchedule(scenario, registry, shouldStop === undefined ? {} : { shouldStop });
    expect(asked).toEqual([true]);
    expect(result).toMatchObject({ ...end, operations: { finished: 0 } });
  });

  it('a mapper that makes no schedule, and an importer that makes another part, are told so', async () => {
    const nothing = definePlugin<object>({ kind: 'mapper', name: 'nothing', ...about, map: () => ({}) as Schedule });
    const layers = 'workload: { layers: [{ name: r, operator: relu, loops: { B: 1, K: 8, OY: 8, OX: 8 } }] }\nmapper: nothing\n';
    const { scenario, registry } = await load(layers, [nothing]);
    await expect(runSchedule(scenario, registry)).rejects.toThrow(/s\.yaml:\d+:\d+: mapper\.use: mapper 'nothing' made no schedule/);
    await expect(load('schedule: { file: n.copies, import: onnx }\n', [])).rejects.toThrow(/importer 'onnx' makes no schedule but workload/);
    await expect(load('schedule: { import: copies }\n', [importer])).rejects.toThrow(/an import names its files/);
  });
});
