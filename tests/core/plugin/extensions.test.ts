import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { definePlugin, extensionAccess, extensionPoint, type ExtensionPoint, type JsonSchema, type Plugin } from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { runScenario } from '../../../core/run/run.js';
import { effectiveConfig } from '../../../core/scenario/effective-config.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { firstReady } from '../../../plugins/memories/dram/controller/strategies.js';
import { dramSchedulers, dramStandards, STANDARDS, type StandardForm } from '../../../plugins/memories/dram/api.js';
import { topologyPoint, type Topology } from '../../../plugins/networks/noc-flit/api.js';
import { project } from '../scenario/load-fixture.js';

const about = { version: '1.0.0', summary: 'For tests' };
const extension = <T, C>(name: string, point: ExtensionPoint<T>, configSchema: JsonSchema, create: (config: C, context: never) => T): Plugin =>
  definePlugin<T, C>({ kind: 'extension', name, ...about, point, configSchema, create });
const whole = (name: string, more: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { [name]: { type: 'integer', minimum: 1, description: 'A number', ...more } },
});

/** A star: `arms` nodes around one router. */
const star = extension('star', topologyPoint, { ...whole('arms', { maximum: 16 }), required: ['arms'] }, ({ arms }: { arms: number }): Topology => ({
  name: 'star',
  summary: 'One router',
  build: () => ({
    routers: 1,
    portsPerRouter: arms,
    channels: [],
    terminals: Array.from({ length: arms }, (_, port) => ({
      router: 0,
      inPort: port,
      outRouter: 0,
      outPort: port,
      injectLatencyCycles: 1,
      ejectLatencyCycles: 1,
    })),
  }),
}));
const slow = extension<StandardForm, { readGap: number }>('slow-ddr4', dramStandards, whole('readGap', { default: 50, unit: 'cycles' }), ({ readGap }) => {
  const ddr4 = STANDARDS.get('DDR4')!;
  return { ...ddr4, name: 'SLOW', constraints: [...ddr4.constraints, { level: 'rank', preceding: 'RD', following: 'RD', latency: String(readGap) }] };
});
const constant = definePlugin({ kind: 'extension', name: 'own-order', ...about, point: dramSchedulers, value: { ...firstReady, name: 'own-order' } });
const registry = (...more: Plugin[]): PluginRegistry => new PluginRegistry([...builtinPlugins, slow, star, constant, ...more]);

const MEMORY_TRACE = (memory: string): string => `tessera: 1
kind: memory-trace
with:
  memory:
    like: ramulator2
    refresh: none
${memory}
  trace: { kind: seq, n: 64 }
`;
const MACHINE = (memory: string): string => `tessera: 1
machine:
  clocks: { core: 1 GHz }
  blocks:
    dma: { use: dma }
    a: { use: sram }
    b:
      use: dram
      with:
${memory}
  connect:
    - [dma.local, a.port0]
    - [dma.network, b.port0]
schedule: copy.schedule.yaml
`;
const COPY = `tesseraSchedule: 1
name: copy
tensors: { t: { dims: { x: 4096 }, format: int8, role: constant, home: b } }
buffers: { here: { memory: a, bytes: 4096 } }
operations:
  - { kind: transfer, queue: dma, reads: [{ tensor: t }], writes: [{ buffer: here }] }
`;
const load = (text: string, plugins = registry()) =>
  loadScenario(path.join(project({ 'scenario.yaml': text, 'copy.schedule.yaml': COPY }), 'scenario.yaml'), plugins);
async function metricsOf(text: string, plugins = registry()): Promise<Record<string, number>> {
  const { scenario, registry: all } = await load(text, plugins);
  const result = await runScenario(scenario, all);
  return result.kind === 'experiment' ? result.metrics : { cycles: result.simulation.cycles };
}

describe('an extension with a configuration', () => {
  it('is a standard of a DRAM in a machine and alone: its configuration counts, units and defaults are read', async () => {
    const standard = (text: string) => [`        standard: ${text}`, `    standard: ${text}`] as const;
    const cycles = async ([inMachine, alone]: readonly [string, string]) => [
      (await metricsOf(MACHINE(inMachine)))['cycles']!,
      (await metricsOf(MEMORY_TRACE(alone)))['cycles']!,
    ];
    const [plain, byName, wide] = [
      await cycles(standard('DDR4')),
      await cycles(standard('slow-ddr4')),
      await cycles(standard('{ use: slow-ddr4, with: { readGap: 100 } }')),
    ];
    for (const at of [0, 1]) expect(plain[at]! < byName[at]! && byName[at]! < wide[at]!).toBe(true);
    const { scenario } = await load(MACHINE(standard('{ use: slow-ddr4 }')[0]));
    expect(scenario.machine?.blocks.find(({ path: at }) => at === 'b')?.config['standard']).toEqual({ use: 'slow-ddr4', with: { readGap: 50 } });
    expect(effectiveConfig(scenario)).toContain('readGap: 50');
  });

  it.each([
    [
      'standard: { use: slow-ddr4, with: { readGab: 3 } }',
      /scenario\.yaml:10:\d+: b\.with\.standard\.with\.readGab: unknown key 'readGab'.*did you mean 'readGap'/,
    ],
    ['standard: { use: slow-ddr4, with: { readGap: 0 } }', /b\.with\.standard\.with\.readGap.*>= 1/],
    ['standard: { use: slow-ddr, with: { readGap: 9 } }', /scenario\.yaml:10:\d+: b\.with\.standard\.use: there is no 'slow-ddr' .*did you mean 'slow-ddr4'/],
    ['standard: { use: DDR4, with: { readGap: 9 } }', /b\.with\.standard\.with: 'DDR4' takes no configuration/],
    ['scheduler: { use: own-order, with: { a: 1 } }', /'own-order' takes no configuration/],
    ['mapping: rochrababgc', /b\.with\.mapping: there is no 'rochrababgc'/],
    ['rowPolicy: { name: opne }', /b\.with\.rowPolicy\.name: there is no 'opne'.*did you mean 'open'/],
  ])('refuses %s where it is written', async (text, message) => {
    await expect(load(MACHINE(`        ${text}`))).rejects.toThrow(message);
  });

  it('is a topology with a parameter, for traffic and for a schema that lists the built-in names', async () => {
    const traffic = (topology: string) => `tessera: 1\nkind: traffic\nwith: { topology: ${topology}, routing: table, load: 0.1, packetFlits: 1 }\n`;
    const nodes = async (arms: number) => {
      const { scenario, registry: all } = await load(traffic(`{ use: star, with: { arms: ${arms} } }`));
      const result = await runScenario(scenario, all);
      return result.kind === 'experiment' ? (result.tables?.['routers']?.[0]?.['nodes'] as unknown[] | undefined)?.length : undefined;
    };
    expect(await nodes(4)).toBe(4);
    expect(await nodes(9)).toBe(9);
    await expect(load(traffic('star'))).rejects.toThrow(/with\.topology\.with\.arms.*missing/);
  });

  it('has random streams of its own and may use other extensions; a circle of them is named', () => {
    const point = extensionPoint<number>('test.point');
    const draw = definePlugin<number, object>({
      kind: 'extension',
      name: 'draw',
      ...about,
      point,
      configSchema: {},
      create: (_, { random }) => random('x').uint32(),
    });
    const twice = definePlugin<number, object>({
      kind: 'extension',
      name: 'twice',
      ...about,
      point,
      configSchema: {},
      create: (_, context) => 2 * context.extension(point, 'draw'),
    });
    const circle = (name: string, other: string) =>
      definePlugin<number, object>({ kind: 'extension', name, ...about, point, configSchema: {}, create: (_, context) => context.extension(point, other) });
    const access = (owner: string, plugins: Plugin[]) => extensionAccess(new PluginRegistry(plugins), { owner, seed: 7 });
    const value = access('a', [draw, twice]).extension(point, 'draw');
    expect(access('a', [draw, twice]).extension(point, 'twice')).toBe(2 * value);
    expect(access('b', [draw]).extension(point, 'draw')).not.toBe(value);
    expect(() => access('a', [circle('p', 'q'), circle('q', 'p')]).extension(point, 'p')).toThrow(
      "test.point 'p' <- needed by test.point 'q' <- needed by test.point 'p'",
    );
  });

  it('is refused without a value and with two', () => {
    const point = extensionPoint<number>('test.point');
    const faulty = (more: object) => () => new PluginRegistry([{ kind: 'extension', name: 'x', ...about, point, ...more } as never]);
    expect(faulty({})).toThrow(/neither 'value' nor 'create'/);
    expect(faulty({ value: 1, create: () => 1 })).toThrow(/both/);
    expect(faulty({ create: () => 1 })).toThrow(/'configSchema' is missing/);
  });
});
