import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { atOnce, toolContext } from '../../../tool-context.js';
import { describe, expect, it } from 'vitest';
import {
  InputError,
  type CrosscheckPlugin,
  type ExporterPlugin,
  type ExperimentControl,
  type ExperimentPlugin,
  type RunResult,
} from '../../../../core/index.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import dramTraceCrosscheck from '../../../../plugins/crosschecks/dram-trace/index.js';
import memoryTrace from '../../../../plugins/experiments/memory-trace/index.js';
import dramCommands from '../../../../plugins/exporters/dram-commands/index.js';
import { goldenRecords } from '../../memories/dram/golden.js';

const experiment = memoryTrace as unknown as ExperimentPlugin;
const crosscheck = dramTraceCrosscheck as unknown as CrosscheckPlugin;
const exporter = dramCommands as unknown as ExporterPlugin;

function run(config: unknown, files: Readonly<Record<string, string>> = {}) {
  const control: ExperimentControl = {
    ...toolContext,
    catalogue: new PluginRegistry(),
    readFile: (path) => new TextEncoder().encode(files[path] ?? ''),
    progress: () => {},
  };
  return experiment.run(completeConfig(experiment.configSchema, config, 'with'), control);
}

describe('memory-trace', () => {
  it('runs a formula as the reference simulator does', async () => {
    const record = goldenRecords('dram-ramulator2').find(({ id }) => id === 'r2_ddr4_2400r_x8_1r/tile')!;
    const { kind, n, r, c, p, to } = record.workload;
    const { metrics } = await run({ memory: { like: 'ramulator2' }, trace: { kind, n, r, c, p, to }, checkCommands: true });
    expect(metrics['total_cycles']).toBe(record.expected['total_cycles']);
    expect(metrics['violations']).toBe(0);
    expect(metrics['energy_pJ']).toBeGreaterThan(0);
  });

  const forms = { ramulator: 'LD 0x0\nLD 0x40\n# a comment\n\nST 0x80\n', short: '0x0 R\n64 R\n0x80 W\n', dramsim3: '0x0 READ 0\n0x40 READ 0\n0x80 WRITE 0\n' };

  it.each(Object.entries(forms))('reads the text form of %s', async (_, text) => {
    const { metrics } = await run({ trace: { file: 'a.trace' } }, { 'a.trace': text });
    expect(metrics).toMatchObject({ reads: 2, writes: 1, accepted: 3 });
  });

  it('holds accesses back until their cycle', async () => {
    const { metrics } = await run({ trace: { file: 'a.trace' } }, { 'a.trace': '0x0 READ 0\n0x40 READ 5000\n' });
    expect(metrics['last_accept_cycle']).toBe(5000);
  });

  it.each([
    ['LD', /a\.trace:1:1: 'LD' is not a memory access/],
    ['LD 0x0\nXX 0x40', /a\.trace:2/],
    ['0x0 READ 0\n0x40 READ', /some lines have a cycle/],
    ['LD -4', /a\.trace:1/],
  ])('rejects the trace file %j', async (text, message) => {
    await expect(async () => run({ trace: { file: 'a.trace' } }, { 'a.trace': text })).rejects.toThrow(message);
  });

  it('wants a formula or a file, and its length', async () => {
    await expect(async () => run({ trace: {} })).rejects.toThrow(InputError);
    await expect(async () => run({ trace: { kind: 'seq' } })).rejects.toThrow(/trace\.n.*missing/);
  });

  it('exports the commands for DRAMPower', async () => {
    const { metrics, tables } = await run({ memory: { like: 'ramulator2' }, trace: { kind: 'seq', n: 2 }, keepCommands: 100 });
    const result = { kind: 'experiment', name: 'two-reads', scenario: 'two-reads', metrics, tables } as unknown as RunResult;
    const files = atOnce(exporter.export([result], {}, toolContext));
    expect(files.map(({ name }) => name)).toEqual(['two-reads.commands.txt', 'two-reads.rank0.drampower.csv']);
    expect(files[0]!.content).toBe('# tick, command, rank, stack, group, bank, row\n1, ACT, 0, 0, 0, 0, 0\n17, RD, 0, 0, 0, 0, 0\n23, RD, 0, 0, 0, 0, 0\n');
    expect(files[1]!.content).toBe('1,ACT,0\n17,RD,0\n23,RD,0\n24,END,0\n');
  });
});

describe('crosscheck of dram-trace records', () => {
  it('returns the names of the reference, those inside objects with a dot', () => {
    const record = goldenRecords('dram-dramsim3').find(({ id }) => id === 'ds3_ddr4_2400_x8_1r_close/rand')!;
    const metrics = atOnce(crosscheck.simulate(record, toolContext));
    const { commands, energy_pJ_per_tCKns_units: energy, ...flat } = record.expected as Readonly<Record<string, Record<string, number>>>;
    for (const [name, expected] of Object.entries(flat)) expect(metrics[name], name).toBeCloseTo(Number(expected), 3);
    for (const [name, expected] of Object.entries(commands!)) expect(metrics[`commands.${name}`], name).toBe(expected);
    expect(metrics['energy_pJ_per_tCKns_units.total']).toBeCloseTo(energy!['total']!, 0);
  });

  it('says why a record cannot be run', () => {
    const [record] = goldenRecords('dram-ramulator2');
    const broken = (config: Readonly<Record<string, unknown>>) => () =>
      crosscheck.simulate({ ...record!, config: { ...record!.config, ...config } }, toolContext);
    expect(broken({ standard: 'DDR9' })).toThrow(/no standard 'DDR9'/);
    expect(broken({ row_policy: 'Sometimes' })).toThrow(/row_policy.*Sometimes/);
    expect(broken({ timing_nCK: { nBL: 4 } })).toThrow(/needs the timing nCL/);
  });
});
