import fc from 'fast-check';
import { PluginRegistry, RandomStream, loadScenario, nameOfExtension, runExperiment } from 'tessera-sim';
import {
  COMMANDS,
  Command,
  NO_EXTENSIONS,
  PARTS,
  checkerFor,
  collectExtensions,
  specificationOf,
  type ControllerPluginValue,
  type DramExtensions,
} from 'tessera-sim/dram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtinPlugins } from '../../../../plugins/index.js';
import { caseCount } from '../../../many.js';
import { deviceConfig } from './support.js';
import { extended, plugins as thirdParty } from './third-party.js';
import { accessLists, watched, type Access } from './watched.js';

const extensions: DramExtensions = { ...NO_EXTENSIONS, standards: new Map([['ddr4-pim', extended('DDR4')]]) };
const VRR = COMMANDS;
const rows = (many: number): readonly Access[] => Array.from({ length: many }, (_, i) => ({ gap: 300, line: (i % 7) * 10 * 2048, isWrite: i % 3 === 0 }));
const PIM = { standard: 'ddr4-pim', timings: { nVRR: 60, nMAC: 8 } };
const seeded = (seed: number) => (name: string) => new RandomStream(seed, name);
/** Only built-in ones: `{ use, ...parameters }`. */
const having = (plugins: readonly { readonly use: string; readonly [key: string]: unknown }[]): DramExtensions => ({
  ...extensions,
  controllerPlugins: collectExtensions(
    {
      extensions: () => new Map(),
      extension: (_, reference) => {
        throw new Error(`no extension ${nameOfExtension(reference)}`);
      },
    },
    { rowPolicy: { name: 'open' }, controllerPlugins: plugins.map(({ use, ...more }) => ({ use, with: more })) },
  ).controllerPlugins,
});
const run = (controllerPlugins: Parameters<typeof having>[0], accesses: readonly Access[], more: object = {}, seed = 1) =>
  watched({ like: 'ramulator2', refresh: 'none', mapping: 'RoBaRaCoCh', ...more }, accesses, having(controllerPlugins), checkerFor, seeded(seed));
const commandsOf = (events: readonly string[], command: number) => events.filter((event) => event.startsWith(`command ${command} `));

describe('controller plugins', () => {
  it('that only listen change no command', { timeout: 60_000 }, () => {
    const configs = fc.record({
      part: fc.constantFrom(...PARTS.keys()),
      refresh: fc.constantFrom('all-bank', 'staggered', 'none'),
      rowPolicy: fc.record({ name: fc.constantFrom('open', 'closed', 'capped', 'timeout') }),
      scheduler: fc.constantFrom('frfcfs', 'frfcfs-row-hit', 'fcfs'),
    });
    fc.assert(
      fc.property(accessLists, configs, (accesses, config) => {
        const plain = watched({ like: 'ramulator2', ...config }, accesses);
        const { controllerPlugins: [reported] = [], ...heard } = watched({ like: 'ramulator2', ...config }, accesses, having([{ use: 'command-counter' }]));
        expect(heard).toEqual(plain);
        const { channel, plugin, ...counts } = reported!;
        expect([channel, plugin]).toEqual([0, 'command-counter']);
        expect(Object.values(counts).reduce((sum: number, count) => sum + Number(count), 0)).toBe(
          plain.events.filter((event) => event.startsWith('command')).length,
        );
      }),
      { numRuns: caseCount(200), seed: 9 },
    );
  });

  it('hear ticks in order, and are called where they asked to be', () => {
    const ticks: number[] = [];
    const woken: number[] = [];
    const listener: ControllerPluginValue = {
      create: ({ wakeAt }) => {
        wakeAt(1234);
        return {
          beforeSchedule: (t) => {
            ticks.push(t);
            if (t === 1234) wakeAt(5678);
            if (t === 1234 || t === 5678) woken.push(t);
          },
        };
      },
    };
    watched({ like: 'ramulator2', refresh: 'none' }, rows(3), { ...NO_EXTENSIONS, controllerPlugins: [{ name: 'own', value: listener }] });
    expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
    expect(woken).toEqual([1234, 5678]);
  });

  it('para activates a neighbour of a row with its probability, the same ones for the same seed', () => {
    const all = run([{ use: 'para', probability: 1 }], rows(20));
    expect(all.violations).toEqual([]);
    const activates = commandsOf(all.events, Command.activate).map((event) => Number(event.split(' ')[3]));
    // Each access opens its row again, as the neighbour has been opened since; the neighbour of row 0 is row 1.
    expect(activates).toHaveLength(40);
    for (let i = 0; i < 40; i += 2) expect(Math.abs(activates[i]! - activates[i + 1]!)).toBe(1);
    expect(all.controllerPlugins).toEqual([{ channel: 0, plugin: 'para', neighbourRefreshes: 20, lost: 0 }]);

    const some = (seed: number) => run([{ use: 'para', probability: 0.3 }], rows(600), {}, seed);
    expect(some(1)).toEqual(some(1));
    expect(some(1).events).not.toEqual(some(2).events);
    expect(Number(some(1).controllerPlugins![0]!['neighbourRefreshes']) / 600).toBeCloseTo(0.3, 1);
    expect(run([{ use: 'para', probability: 0 }], rows(50)).events).toEqual(run([], rows(50)).events);
  });

  it('para uses the command that the standard has for it', () => {
    const { events, violations, controllerPlugins } = run([{ use: 'para', probability: 1, command: 'VRR' }], rows(20), PIM);
    expect(violations).toEqual([]);
    expect(commandsOf(events, VRR)).toHaveLength(20);
    expect(controllerPlugins).toMatchObject([{ neighbourRefreshes: 20 }]);
  });

  it('are told what is wrong', () => {
    const attempt =
      (plugin: Parameters<typeof having>[0][number], more: object = {}) =>
      () =>
        run([plugin], rows(4), more);
    expect(attempt({ use: 'parra' })).toThrow(/no extension parra/);
    expect(attempt({ use: 'para', probability: 2 })).toThrow(/controllerPlugins\.0\.with\.probability/);
    expect(attempt({ use: 'para', command: 'VRR' })).toThrow(/no command is named VRR/);
    expect(attempt({ use: 'para', command: 'REFab' })).toThrow(/REFab restores no row of a bank/);
    const two = { like: 'dramsim3' as const, controllerPlugins: ['para'] };
    expect(() => specificationOf(deviceConfig(two))).toThrow(/controllerPlugins.*dramsim3/);
    expect(attempt({ use: 'para', probability: 1 }, { part: 'LPDDR5-6400-8Gb-x16' })).toThrow(/ACT needs an open row and cannot be injected/);
    const injecting = (act: (context: Parameters<ControllerPluginValue['create']>[0]) => unknown): DramExtensions => ({
      ...NO_EXTENSIONS,
      controllerPlugins: [{ name: 'own', value: { create: (context) => (act(context), {}) } }],
    });
    const own = (act: Parameters<typeof injecting>[0]) => () => watched({ like: 'ramulator2' }, rows(2), injecting(act));
    expect(own(({ inject }) => inject(Command.read, 0))).toThrow(/RD belongs to a request/);
    expect(own(({ inject }) => inject(Command.activate, 0))).toThrow(/ACT is injected without a row/);
    expect(own(({ inject }) => inject(99, 0))).toThrow(/command 99 to bank 0/);
    expect(own(({ inject }) => inject(Command.precharge, 16))).toThrow(/to bank 16/);
  });
});

describe("a third party's standard in a scenario", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dram-extension-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const registry = () => new PluginRegistry([...builtinPlugins, ...thirdParty]);
  const file = (name: string, text: string) => {
    const at = path.join(folder, name);
    writeFileSync(at, text);
    return at;
  };

  it('is described, and refused with its place where it does not fit', async () => {
    const load = async (config: object) => {
      const machine = path.resolve(import.meta.dirname, '../../../../scenarios/examples/jedec-dram.yaml');
      const set = Object.fromEntries(Object.entries(config).map(([key, value]) => [`machine.dram.with.${key}`, value]));
      const loaded = await loadScenario(machine, registry(), { set });
      return loaded.scenario;
    };
    await expect(load(PIM)).resolves.toBeDefined();
    await expect(load({ standard: 'ddr4-pim' })).rejects.toThrow(/needs the timing/);
    await expect(load({ standard: 'ddr4-pam' })).rejects.toThrow(/'ddr4-pam'/);
    await expect(load({ controllerPlugins: [{ use: 'para', with: { probability: 'often' } }] })).rejects.toThrow(/probability/);
    await expect(load({ controllerPlugins: ['parra'] })).rejects.toThrow(/parra/);
  });

  it('runs a trace with its commands, checked and traced', async () => {
    const text = `tessera: 1
kind: memory-trace
name: own
with:
  memory:
    like: ramulator2
    standard: ddr4-pim
    timings: { nVRR: 60, nMAC: 8 }
    controllerPlugins: [{ use: injector, with: { command: PIM_MAC, everyTicks: 400 } }]
  trace: { kind: rand, n: 300, seed: 5, m: 65536, w: 8 }
  checkCommands: true
  keepCommands: 5000
`;
    const { scenario, registry: found } = await loadScenario(file('trace.yaml', text), registry());
    const { metrics, tables } = await runExperiment(scenario, found);
    expect(metrics['violations']).toBe(0);
    expect(metrics['commands.PIM_MAC']).toBeGreaterThan(2);
    const traced = tables!['commands']!.filter(({ command }) => command === 'PIM_MAC');
    expect(traced).toHaveLength(metrics['commands.PIM_MAC']!);
    expect(tables!['controllerPlugins']).toEqual([{ channel: 0, plugin: 'injector', seen: traced.length }]);
  });
});
