import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/index.js';
import { effectiveConfig } from '../../../core/scenario/effective-config.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { runSchedule } from '../../../core/run/run.js';
import type { ScheduleResult } from '../../../core/result/run-result.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const EXAMPLE = 'scenarios/examples/two-dies.yaml';
const registry = new PluginRegistry(builtinPlugins);

async function run(set: Readonly<Record<string, unknown>> = {}, file = EXAMPLE): Promise<ScheduleResult> {
  const { scenario, registry: own } = await loadScenario(file, registry, { set });
  return runSchedule(scenario, own, {});
}

const energyOf = (result: ScheduleResult, die: string): number =>
  result.blocks.filter(({ path: at }) => at.startsWith(die)).reduce((sum, { energyPj }) => sum + Object.values(energyPj).reduce((a, b) => a + b, 0), 0);

describe('a run of two dies', () => {
  it('energy of the die whose voltage is halved falls to a quarter, of nothing else, and no cycle moves', async () => {
    const plain = await run();
    const low = await run({ 'machine.die1.nominalVoltage': 0.8, 'machine.die1.voltage': 0.4 });
    expect(low.simulation.cycles).toBe(plain.simulation.cycles);
    expect(energyOf(plain, 'die1')).toBeGreaterThan(0);
    expect(energyOf(low, 'die1')).toBeCloseTo(energyOf(plain, 'die1') / 4, 6);
    expect(energyOf(low, 'die0')).toBe(energyOf(plain, 'die0'));
    expect(low.simulation.energyPj).toBeCloseTo((plain.simulation.energyPj ?? 0) - 0.75 * energyOf(plain, 'die1'), 3);
    expect(low.blocks.find(({ path: at }) => at === 'die1.noc')?.supply).toEqual({ voltage: 0.4, nominalVoltage: 0.8 });
    expect(low.digest).not.toBe(plain.digest);
  });

  it('static power goes with the voltage', async () => {
    const leak = { 'machine.die1.core0.l1.with.leakageMw': 2, 'machine.die1.nominalVoltage': 0.8 };
    const leakage = (result: ScheduleResult): number => result.blocks.find(({ path: at }) => at === 'die1.core0.l1')?.energyPj['leakage'] ?? NaN;
    const [plain, low] = [await run(leak), await run({ ...leak, 'machine.die1.voltage': 0.6 })];
    expect(leakage(low)).toBeCloseTo(0.75 * leakage(plain), 6);
  });

  it('halving the clock of one die by path changes the rate of that die alone', async () => {
    const slow = await run({ 'machine.die1.clocks.core': '500 MHz' });
    const rates = new Set(slow.blocks.map(({ path: at, clockHz }) => `${at.split('.')[0]} ${clockHz}`));
    expect([...rates].sort()).toEqual(['d2d 1000000000', 'die0 1000000000', 'die1 500000000', 'dram 800000000']);
    const plain = await run();
    // Each core does the same tiles: those of die1 are busy twice as long, those of die0 exactly as long.
    const busy = (result: ScheduleResult, core: string): number =>
      result.simulation.resources.find(({ resource }) => resource === `${core}.vec`)?.busyCycles ?? NaN;
    for (const core of ['core0', 'core1']) {
      expect(busy(slow, `die0.${core}`)).toBe(busy(plain, `die0.${core}`));
      expect(busy(slow, `die1.${core}`)).toBe(2 * busy(plain, `die1.${core}`));
    }
  });

  it('energy of connections is counted for each bit and joins the total', async () => {
    const plain = await run();
    const counted = await run({ 'machine.connect.0.energyPerBitPj': 0.5, 'machine.connect.0.nominalVoltage': 1, 'machine.connect.0.voltage': 0.5 });
    const links = counted.links.filter(({ energyPj }) => energyPj !== undefined);
    expect(links).toHaveLength(2);
    for (const link of links) expect(link.energyPj).toBe(link.bytes * 8 * 0.125);
    const sum = links.reduce((total, { energyPj }) => total + (energyPj ?? 0), 0);
    expect(sum).toBeGreaterThan(0);
    expect(counted.simulation.energyPj).toBeCloseTo((plain.simulation.energyPj ?? 0) + sum, 3);
  });

  it('runs again from its effective configuration with the same digest', async () => {
    const { scenario: plain } = await loadScenario(EXAMPLE, registry);
    const memory = `machine.connect.${plain.machine?.connections.findIndex(({ from }) => from === 'dram.port0')}`;
    const set = {
      'machine.die1.nominalVoltage': 0.8,
      'machine.die1.voltage': 0.7,
      'machine.die0.core0.nominalVoltage': 0.9,
      'machine.die1.clocks.core': 9e8,
      [`${memory}.energyPerBitPj`]: 0.3,
      [`${memory}.nominalVoltage`]: 1.1,
      [`${memory}.voltage`]: 0.9,
      [`${memory}.pipelined`]: false,
      [`${memory}.widthBits`]: 128,
      [`${memory}.fromWidthBits`]: 512,
      [`${memory}.clock`]: 'die1.core',
    };
    const { scenario } = await loadScenario(EXAMPLE, registry, { set });
    const folder = temporaryFolder('chiplets');
    writeFileSync(path.join(folder, 'package.json'), '{}');
    writeFileSync(path.join(folder, 'full.yaml'), effectiveConfig(scenario));
    const [first, { scenario: again, registry: own }] = [
      await run(set),
      await loadScenario(path.join(folder, 'full.yaml'), registry, { allow: [process.cwd()] }),
    ];
    expect((await runSchedule(again, own, {})).digest).toBe(first.digest);
  });
});
