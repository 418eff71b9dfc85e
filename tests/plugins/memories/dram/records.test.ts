import { describe, expect, it } from 'vitest';
import { checkerFor, referenceCommands, referenceEnergy, referenceMetrics, runRecord } from '../../../../plugins/memories/dram/api.js';
import { goldenRecords, type GoldenRecord } from './golden.js';
import { caseCount, some } from '../../../many.js';

/** Rounded in the records. */
const ROUNDED: Readonly<Record<string, number>> = { avg_read_latency_cycles: 1e-4, bandwidth_GBps: 1e-4 };

function checkRecord(record: GoldenRecord): number {
  let commands = 0;
  const violations: unknown[] = [];
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
  expect(violations, record.id).toEqual([]);
  const energy = record.expected['energy_pJ_per_tCKns_units'] as Record<string, number> | undefined;
  for (const [name, expected] of Object.entries(energy ?? {})) {
    expect(referenceEnergy(run)![name], `${record.id} ${name}`).toBeCloseTo(expected, -Math.log10(Math.max(1, expected) * 1e-9));
  }
  return commands;
}

describe('reference records, cycle by cycle, every command legal', () => {
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
