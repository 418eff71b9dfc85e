import fc from 'fast-check';
import {
  COMMANDS,
  Command,
  CommandTable,
  NO_EXTENSIONS,
  PARTS,
  STANDARDS,
  Topology,
  banksOfScope,
  checkerFor,
  energyOfRun,
  resolveDram,
  runTrace,
  specificationOf,
  traceOf,
  type CommandForm,
  type DramExtensions,
} from 'tessera-sim/dram';
import { describe, expect, it } from 'vitest';
import { caseCount, some } from '../../../many.js';
import { deviceConfig } from './support.js';
import { extended, injector, type InjectorConfig } from './third-party.js';
import { accessLists, watched, type Access } from './watched.js';

const BASES = ['DDR4', 'GDDR6', 'HBM2', 'HBM3', 'LPDDR5'];
const extensions: DramExtensions = {
  ...NO_EXTENSIONS,
  standards: new Map(BASES.map((base) => [`${base}-PIM`, extended(base)])),
};
const [VRR, MAC, SAME_BANK, TICK] = [COMMANDS, COMMANDS + 1, COMMANDS + 2, COMMANDS + 3];
const OWN = { nVRR: 60, nMAC: 8 };
const partOf = (base: string) => [...PARTS].find(([, { standard }]) => standard.name === base)![0];
type Injected = Partial<InjectorConfig> & { readonly command: string };
const injecting = (plugins: readonly Injected[]): DramExtensions => ({
  ...extensions,
  controllerPlugins: plugins.map((one) => ({ name: 'injector', value: injector({ everyTicks: 100, priority: 'last', ...one }) })),
});
const config = (base: string, more = {}) => ({
  like: 'ramulator2',
  part: partOf(base),
  standard: `${base}-PIM`,
  timings: OWN,
  ...more,
});
const run = (base: string, plugins: readonly Injected[], accesses: readonly Access[], more = {}) =>
  watched(config(base, more), accesses, injecting(plugins), checkerFor);
const ticksOf = (events: readonly string[], command: number) =>
  events.filter((event) => event.startsWith(`command ${command} `)).map((event) => Number(event.split(' ')[4]));

describe("a standard's own commands", () => {
  it('go out as soon as their timing rows allow, and make others wait', () => {
    const { events, violations } = run('DDR4', [{ command: 'PIM_MAC', everyTicks: 1 }], [], { refresh: 'none' });
    expect(violations).toEqual([]);
    const macs = ticksOf(events, MAC);
    // One row of every bank is opened first; then nMAC apart, and three nMAC for two of them.
    expect(ticksOf(events, Command.activate)).toHaveLength(16);
    expect(macs[0]! - ticksOf(events, Command.activate).at(-1)!).toBe(39);
    expect(macs.slice(1, 5).map((tick, i) => tick - macs[i]!)).toEqual([8, 16, 8, 16]);
  });

  it('need rows closed or open by their form', () => {
    const read: readonly Access[] = [{ gap: 0, line: 0, isWrite: false }];
    const open = run('DDR4', [{ command: 'REFsb', everyTicks: 100 }], read, { refresh: 'none' });
    expect(open.violations).toEqual([]);
    const closed = ticksOf(open.events, Command.precharge);
    // Bank 5 and its like in each group (bank 1 of four) do not hold the open row of bank 0; bank 0 itself comes after four more.
    expect(closed).toHaveLength(1);
    expect(ticksOf(open.events, SAME_BANK).filter((tick) => tick < closed[0]!)).toHaveLength(3);
  });

  it('take no slot of the bus where their form says so', () => {
    const read: readonly Access[] = [{ gap: 100, line: 0, isWrite: false }];
    const activatedAt = (command: string) => {
      const { events, violations } = run('DDR4', [{ command, everyTicks: 101 }], read, { refresh: 'none' });
      expect(violations).toEqual([]);
      return ticksOf(events, Command.activate)[0]!;
    };
    expect(activatedAt('TICK')).toBe(101);
    expect(activatedAt('VRR')).toBe(102);
  });

  it('that take no slot make planned commands wait all the same', () => {
    const cases = ['DDR4', 'HBM2', 'HBM3'].flatMap((base) => Array.from({ length: 22 }, (_, i) => [base, 80 + i] as const));
    for (const [base, gap] of some(cases, 16)) {
      const { violations, events } = run(base, [{ command: 'TICK', everyTicks: 101 }], [{ gap, line: 0, isWrite: false }], { refresh: 'none' });
      expect(violations, `${base}, a read at ${gap}`).toEqual([]);
      expect(events.filter((event) => event.startsWith('done'))).toHaveLength(1);
    }
  });

  it('are legal with any traffic, on every kind of command bus, and no access is lost', { timeout: 60_000 }, () => {
    const plugin = fc.record({
      command: fc.constantFrom('VRR', 'PIM_MAC', 'REFsb', 'TICK', 'ACT', 'PREpb', 'PREab', 'REFab'),
      everyTicks: fc.constantFrom(1500, 1777, 5000),
      priority: fc.constantFrom<'first' | 'last'>('first', 'last'),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...BASES),
        fc.array(plugin, { minLength: 1, maxLength: 2 }),
        accessLists,
        fc.constantFrom('open', 'closed', 'timeout'),
        (base, plugins, accesses, name) => {
          const usable = base === 'LPDDR5' ? plugins.map((one) => (['PIM_MAC', 'ACT'].includes(one.command) ? { ...one, command: 'VRR' } : one)) : plugins;
          const { violations, counters, events } = run(base, usable, accesses, { like: 'default', rowPolicy: { name } });
          expect(violations).toEqual([]);
          expect(counters[0]!.readsCompleted).toBe(counters[0]!.reads);
          expect(events.filter((event) => event.startsWith('done'))).toHaveLength(accesses.length);
        },
      ),
      { numRuns: caseCount(300), seed: 3 },
    );
  });

  it('are held by the checker against their rows, their bus and the state of their banks', () => {
    const resolved = resolveDram(specificationOf(deviceConfig(config('DDR4')), extensions), extensions);
    const found = (...list: [number, number, number, number][]) => {
      const checker = checkerFor(resolved);
      for (const [code, bank, row, tick] of list) checker.command(code, bank, row, tick);
      return checker.violations.map(({ command, tick, rule }) => `${command}@${tick}: ${rule}`);
    };
    expect(found([VRR, 0, 0, 10], [Command.activate, 0, 5, 69])).toEqual(['ACT@69: bank: after VRR 60 ticks are needed, came after 59']);
    expect(found([VRR, 0, 0, 10], [Command.activate, 0, 5, 70])).toEqual([]);
    expect(found([Command.activate, 4, 5, 0], [SAME_BANK, 0, 0, 500])).toEqual(['REFsb@500: row 5 is open']);
    expect(found([Command.activate, 1, 5, 0], [SAME_BANK, 0, 0, 500])).toEqual([]);
    expect(found([SAME_BANK, 0, 0, 10], [Command.activate, 12, 5, 60])[0]).toMatch(/ACT@60: bank: after REFsb 60/);
    expect(found([MAC, 0, 0, 10])).toEqual(Array(16).fill('PIM_MAC@10: no row is open'));
    expect(found([TICK, 0, 0, 10], [VRR, 0, 0, 10])).toEqual([]);
    expect(found([VRR, 4, 0, 10], [VRR, 0, 0, 10])).toEqual(['VRR@10: the command bus is taken until tick 10']);
  });

  it('are counted, named and charged by their form', () => {
    const specification = specificationOf(deviceConfig(config('DDR4')), extensions);
    const traced = runTrace(
      specification,
      traceOf('rand', { n: 200, seed: 7, m: 1 << 20, w: 10 })!,
      {},
      undefined,
      injecting([{ command: 'PIM_MAC', everyTicks: 500 }]),
    );
    const macs = traced.system.channels[0]!.counters.commandCount(MAC);
    expect(macs).toBeGreaterThan(1);
    // 400 pJ each, in units of V mA cycles.
    expect(energyOfRun(traced)!.own).toBeCloseTo((macs * 400) / 0.833, 6);
    const perBank = specificationOf(deviceConfig(config('DDR4', { refresh: 'none' })), extensions);
    const refreshed = runTrace(
      perBank,
      traceOf('rand', { n: 200, seed: 7, m: 1 << 20, w: 10 })!,
      {},
      undefined,
      injecting([{ command: 'VRR', everyTicks: 500 }]),
    );
    expect(refreshed.system.channels[0]!.counters.refreshCycles).toBe(60 * refreshed.system.channels[0]!.counters.commandCount(VRR));
    expect(energyOfRun(refreshed)!.own).toBe(0);
  });

  it('are refused where they are none', () => {
    const form: CommandForm = { name: 'X', scope: 'bank', effects: ['mode'], bus: 'row' };
    const table = (...forms: object[]) => new CommandTable(forms.map((more) => ({ ...form, ...more })));
    expect(() => table({ name: 'ACT' })).toThrow(/'ACT' is declared twice, or is one that every standard has/);
    expect(() => table({}, {})).toThrow(/'X' is declared twice/);
    expect(() => table({ name: 'a b' })).toThrow(/has a name that timing rows cannot use/);
    expect(() => table({ scope: 'planet' })).toThrow(/has the scope 'planet'; expected bank, /);
    expect(() => table({ effects: ['opens'] })).toThrow(/has the effect 'opens'/);
    expect(() => table({ bus: 'rows' })).toThrow(/has the bus 'rows'/);
    const ddr4 = STANDARDS.get('DDR4')!;
    const wrong = (row: object) => ({ ...extensions, standards: new Map([['W', { ...ddr4, name: 'W', constraints: [row as never] }]]) });
    const resolve = (row: object) => () => resolveDram(specificationOf(deviceConfig({ standard: 'W' }), wrong(row)), wrong(row));
    expect(resolve({ level: 'bank', preceding: 'VVR', following: 'ACT', latency: '1' })).toThrow(/no command is named VVR/);
    expect(resolve({ level: 'rank', preceding: 'RD', following: 'RD', latency: '1', window: 4 })).toThrow(/a window of 4 RD; expected windows of ACT/);
  });

  it('reach the banks of their scope', () => {
    const topology = new Topology({ ranks: 2, stacks: 2, bankGroups: 2, banksPerGroup: 2 });
    const banks = (scope: CommandForm['scope']) => banksOfScope(topology, scope, 13);
    expect(banks('bank')).toEqual([13]);
    expect(banks('bankGroup')).toEqual([12, 13]);
    expect(banks('sameBank')).toEqual([13, 15]);
    expect(banks('rank')).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    expect(banks('pseudoChannel')).toEqual(banks('rank'));
    expect(banks('channel')).toHaveLength(16);
  });
});
