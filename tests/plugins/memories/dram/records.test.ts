import { describe, expect, it } from 'vitest';
import {
  checkerFor,
  referenceCommands,
  referenceEnergy,
  referenceMetrics,
  runRecord,
  type CommandChecker,
  type Violation,
} from '../../../../plugins/memories/dram/api.js';
import { goldenRecords, type GoldenRecord } from './golden.js';
import { caseCount, some } from '../../../many.js';

/** Rounded in the records. */
const ROUNDED: Readonly<Record<string, number>> = { avg_read_latency_cycles: 1e-4, bandwidth_GBps: 1e-4 };

/**
 * Where the reference simulators themselves do what a data sheet forbids. Their profiles do it too, being equal to them in every number, and
 * the checker, which knows nothing of their tables, finds it.
 */
const QUIRKS: Readonly<Record<string, RegExp>> = {
  r2_ddr4_2400r_x8_1r_cap4: /^PREpb: rank: after REFab .*tRFC/,
  r2_ddr4_2400r_x8_2r: /^WR: channel: after RD 10 ticks .*data bus/,
  r2_lpddr5_6400_x16: /^REFab: rank: after PREab 17 ticks .*tRP of all banks/,
  ds3_ddr4_2400_x8_1r_close: /^REFab: bank: after ACT .*tRC/,
};

function violationsOf(record: GoldenRecord): readonly Violation[] {
  const checkers: CommandChecker[] = [];
  runRecord(record.config, record.workload, (system) => {
    for (const channel of system.channels) checkers.push((channel.observer = checkerFor(system.resolved)));
  });
  return checkers.flatMap(({ violations }) => violations);
}

function checkRecord(record: GoldenRecord): number {
  let commands = 0;
  const violations: Violation[] = [];
  const run = runRecord(record.config, record.workload, (system) => {
    for (const channel of system.channels) {
      const checker = checkerFor(system.resolved);
      channel.observer = {
        command: (code, bank, row, tick) => {
          commands++;
          checker.command(code, bank, row, tick);
          if (checker.violations.length > 0) violations.push(...checker.violations.splice(0));
        },
      };
    }
  });
  const metrics = referenceMetrics(run);
  for (const [name, expected] of Object.entries(record.expected)) {
    if (typeof expected !== 'number') continue;
    const simulated = metrics[name];
    expect(simulated, `${record.id} ${name}`).toBeDefined();
    expect(Math.abs(simulated! - expected), `${record.id} ${name}: ${simulated} for ${expected}`).toBeLessThanOrEqual(ROUNDED[name] ?? 0);
  }
  expect(referenceCommands(run), record.id).toEqual(record.expected['commands']);
  const quirk = QUIRKS[String(record.config['config'])];
  expect(
    violations.filter(({ command, rule }) => quirk?.test(`${command}: ${rule}`) !== true),
    record.id,
  ).toEqual([]);
  const energy = record.expected['energy_pJ_per_tCKns_units'] as Record<string, number> | undefined;
  for (const [name, expected] of Object.entries(energy ?? {})) {
    expect(referenceEnergy(run)![name], `${record.id} ${name}`).toBeCloseTo(expected, -Math.log10(Math.max(1, expected) * 1e-9));
  }
  return commands;
}

describe('reference records, cycle by cycle, every command legal', () => {
  it.each(Object.entries(QUIRKS))('finds what %s does against the data sheet', (config, quirk) => {
    const records = [...goldenRecords('dram-ramulator2'), ...goldenRecords('dram-dramsim3')].filter((record) => record.config['config'] === config);
    const rules = records.flatMap((record) => violationsOf(record).map(({ command, rule }) => `${command}: ${rule}`));
    expect(rules.some((rule) => quirk.test(rule))).toBe(true);
  });

  it('equals Ramulator 2.1 in every number', { timeout: 60_000 }, () => {
    const records = goldenRecords('dram-ramulator2');
    expect(records.length).toBe(82);
    const commands = some(records, 3).reduce((sum, record) => sum + checkRecord(record), 0);
    expect(commands).toBeGreaterThan(caseCount(500_000, 5_000));
  });

  it('equals DRAMsim3 in every number, energy too', { timeout: 60_000 }, () => {
    const records = goldenRecords('dram-dramsim3');
    expect(records.length).toBe(68);
    const commands = some(records, 3).reduce((sum, record) => sum + checkRecord(record), 0);
    expect(commands).toBeGreaterThan(caseCount(400_000, 5_000));
  });
});
