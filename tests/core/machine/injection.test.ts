import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildMachine,
  chosenBy,
  definePlugin,
  energyTable,
  extensionPoint,
  optional,
  serviceToken,
  Token,
  type Block,
  type BlockPlugin,
  type MachineSpec,
  type Met,
  type Needs,
  type Plugin,
} from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { runSchedule } from '../../../core/run/run.js';
import { effectiveConfig } from '../../../core/scenario/effective-config.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { project } from '../scenario/load-fixture.js';

const about = { version: '1.0.0', summary: 'For tests' };
const costs = serviceToken<{ cost: number }>('costs');
const rates = serviceToken<{ rate: number }>('rates');
const scale = extensionPoint<number>('test.scale');

const service = <T, N extends Needs>(name: string, point: ReturnType<typeof serviceToken<T>>, needs: N, create: (needs: Met<N>) => T, binds = false): Plugin =>
  definePlugin<T, object, N>({
    kind: 'extension',
    name,
    ...about,
    point,
    binds,
    configSchema: { type: 'object', properties: {} },
    needs,
    create: (_, __, met) => create(met),
  });

function core(needs: Needs, seen: (met: Readonly<Record<string, unknown>>) => void): BlockPlugin {
  return definePlugin<object, never>({
    kind: 'core',
    name: 'my-core',
    ...about,
    configSchema: { type: 'object', properties: { scale: { type: 'string', description: 'An extension' } } },
    ports: {},
    statistics: {},
    describe: () => ({ kind: 'other' }),
    needs,
    create: (_, met): Block => {
      seen(met);
      return {};
    },
  }) as BlockPlugin;
}

function build<N extends Needs>(needs: N, plugins: readonly Plugin[], more: Partial<MachineSpec> = {}, config: Readonly<Record<string, unknown>> = {}) {
  const met: Met<N>[] = [];
  const plugin = core(needs, (values) => met.push(values as Met<N>));
  const blocks = ['core0', 'core1'].map((at) => ({ path: at, plugin, clock: at === 'core0' ? 'fast' : 'slow', config }));
  buildMachine({ name: 'm', clocks: { fast: 2e9, slow: 1e9 }, blocks, connections: [], extensions: new PluginRegistry(plugins), ...more });
  return met;
}

describe('what a plugin needs', () => {
  it('comes by token: its own clock, random streams and extensions, the simulation shared', () => {
    const extension = definePlugin<number>({ kind: 'extension', name: 'twice', ...about, point: scale, value: 2 });
    const needs = { clock: Token.clock, kernel: Token.kernel, random: Token.random, seed: Token.seed, factor: chosenBy('scale', scale) };
    const [first, second] = build(needs, [extension], { seed: 9 }, { scale: 'twice' });
    expect([first!.clock.name, second!.clock.name]).toEqual(['fast', 'slow']);
    expect(first!.kernel).toBe(second!.kernel);
    expect(first!.random('x').uint32()).not.toBe(second!.random('x').uint32());
    expect(first).toMatchObject({ seed: 9, factor: 2 });
    expect(() => build(needs, [extension], {}, { scale: 'twise' })).toThrow(/core0\.with\.scale: there is no 'twise'.*did you mean 'twice'/);
  });

  it('is a service of another plugin, made once a simulation from what that one needs', () => {
    let made = 0;
    const table = service('table', costs, { base: rates }, ({ base }) => ({ cost: 10 * base.rate, number: ++made }));
    const flat = service('flat', rates, {}, () => ({ rate: 3 }));
    const met = build({ costs }, [table, flat], { bindings: { costs: 'table', rates: 'flat' } });
    expect(met.map((one) => one.costs)).toEqual([
      { cost: 30, number: 1 },
      { cost: 30, number: 1 },
    ]);
    expect(build({ costs: optional(costs) }, [table, flat])[0]).toEqual({ costs: undefined });
  });

  it('binds itself where nobody binds another, and two that want to are told', () => {
    const [own, third] = [service('own', costs, {}, () => ({ cost: 1 }), true), service('third', costs, {}, () => ({ cost: 2 }))];
    expect(build({ costs }, [own, third])[0]!.costs).toEqual({ cost: 1 });
    expect(build({ costs }, [own, third], { bindings: { costs: 'third' } })[0]!.costs).toEqual({ cost: 2 });
    const other = service('other', costs, {}, () => ({ cost: 1 }), true);
    expect(() => build({ costs }, [own, other])).toThrow(/bind\.costs: other and own all want to provide costs/);
  });

  it('is named with its chain when it is missing or goes in a circle', () => {
    const table = service('table', costs, { rates }, () => ({ cost: 1 }));
    expect(() => build({ costs }, [table])).toThrow('core0 (my-core) needs costs, and nothing is bound to it; expected `bind: { costs: NAME }` with table');
    expect(() => build({ costs }, [table], { bindings: { costs: 'table' } })).toThrow(
      'core0 (my-core) needs costs <- provided by table needs rates, and nothing is bound to it',
    );
    const back = service('back', rates, { costs }, () => ({ rate: 1 }));
    expect(() => build({ costs }, [table, back], { bindings: { costs: 'table', rates: 'back' } })).toThrow(
      'core0 (my-core) needs costs <- provided by table needs rates <- provided by back needs costs: a circle',
    );
  });
});

const SCENARIO = (bind: string): string => `tessera: 1
${bind}machine:
  clocks: { core: 1 GHz }
  blocks:
    dma: { use: dma }
    a: { use: sram, with: { capacityBytes: 64 KiB } }
    b: { use: sram, with: { capacityBytes: 64 KiB, readEnergyPj: 7 } }
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
const load = (bind: string) =>
  loadScenario(path.join(project({ 'scenario.yaml': SCENARIO(bind), 'copy.schedule.yaml': COPY }), 'scenario.yaml'), new PluginRegistry(builtinPlugins));

describe('a table of energies that a scenario binds', () => {
  async function energies(bind: string): Promise<Record<string, Readonly<Record<string, number>>>> {
    const { scenario, registry } = await load(bind);
    const { blocks } = await runSchedule(scenario, registry);
    return Object.fromEntries(blocks.map(({ path: at, energyPj }) => [at, energyPj]));
  }

  it('stands above the figures of the blocks, by plugin and by block', async () => {
    const own = await energies('');
    const table = await energies('bind: { energy-table: { use: figures, with: { plugins: { sram: { read: 1, write: 5 } }, blocks: { a: { write: 9 } } } } }\n');
    const words = own['b']!['read']! / 7;
    expect(table['b']!['read']).toBeCloseTo(words, 6);
    expect(table['a']!['write']).toBeCloseTo(9 * words, 6);
    expect(own['a']!['write']).not.toBeCloseTo(9 * words, 6);
  });

  it('is checked where it is written, and printed with the resolved scenario', async () => {
    await expect(load('bind: { energy-tabel: figures }\n')).rejects.toThrow(
      /scenario\.yaml:2:\d+: bind\.energy-tabel: unknown service.*did you mean 'energy-table'/,
    );
    await expect(load('bind: { energy-table: figure }\n')).rejects.toThrow(
      /scenario\.yaml:2:\d+: bind\.energy-table: there is no 'figure'.*did you mean 'figures'/,
    );
    await expect(load('bind: { energy-table: { use: figures, with: { plugins: { sram: { read: -1 } } } } }\n')).rejects.toThrow(
      /bind\.energy-table\.with\.plugins\.sram\.read.*>= 0/,
    );
    const { scenario } = await load('bind: { energy-table: { use: figures } }\n');
    expect(effectiveConfig(scenario)).toMatch(/bind:\n {2}energy-table:\n {4}use: figures/);
  });

  it('of a third party may say anything: what is no energy, and what cannot be made, is told at its line of the scenario', async () => {
    const third = (name: string, more: object): Plugin => ({ kind: 'extension', name, ...about, point: energyTable, ...more }) as unknown as Plugin;
    const made = { configSchema: { type: 'object', properties: {} }, create: () => ({}) };
    const says = (value: unknown): object => ({ value: { picojoules: () => value } });
    const plugins = [third('negative', says(-1)), third('nan', says(NaN)), third('text', says('2')), third('empty', { value: {} })];
    const registry = new PluginRegistry([
      ...builtinPlugins,
      ...plugins,
      third('needy', { ...made, needs: { rates } }),
      service('rates-1', rates, { costs }, () => ({ rate: 1 })),
    ]);
    const fault = async (bind: string): Promise<string> => {
      const folder = project({ 'scenario.yaml': SCENARIO(bind), 'copy.schedule.yaml': COPY });
      const loaded = await loadScenario(path.join(folder, 'scenario.yaml'), registry);
      return runSchedule(loaded.scenario, loaded.registry).then(
        () => 'none',
        (error: unknown) => String(error),
      );
    };
    const place = String.raw`scenario\.yaml:2:\d+: bind\.`;
    for (const [name, text] of Object.entries({ negative: 'says -1', nan: 'says NaN', text: 'says 2', empty: 'has no function' }))
      expect(await fault(`bind: { energy-table: ${name} }\n`)).toMatch(new RegExp(`${place}energy-table: the bound energy-table ${text}`));
    expect(await fault('bind: { energy-table: needy, rates: rates-1 }\n')).toMatch(new RegExp(`${place}rates: .*provided by rates-1 needs costs, and nothing`));
  });
});
