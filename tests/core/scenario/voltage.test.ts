import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { effectiveConfig } from '../../../core/scenario/effective-config.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { runScenario } from '../../../core/scenario/run.js';
import { builtinPlugins } from '../../../plugins/index.js';

const registry = new PluginRegistry(builtinPlugins);
const EXAMPLE = 'scenarios/examples/two-dies-4x4.yaml';
const folder = mkdtempSync(path.join(tmpdir(), 'tessera-voltage-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(set: Readonly<Record<string, unknown>>, file = EXAMPLE) {
  const { scenario, registry: own } = await loadScenario(file, registry, { set });
  const result = await runScenario(scenario, own, {});
  const energyOf = (prefix: string): number =>
    result.blocks.filter((block) => block.path.startsWith(prefix)).reduce((sum, block) => sum + Object.values(block.energyPj).reduce((a, b) => a + b, 0), 0);
  return { scenario, result, energyOf };
}

describe('voltage of a chiplet', () => {
  it('scales the energy of its blocks with its square, and nothing else', async () => {
    const nominal = await run({});
    const low = await run({ 'machine.die1.voltage': '0.6 V', 'machine.die1.nominalVoltage': 0.8 });
    expect(nominal.energyOf('die1.noc')).toBeGreaterThan(0);
    expect(low.energyOf('die1.noc')).toBeCloseTo(nominal.energyOf('die1.noc') * 0.75 ** 2, 3);
    expect(low.energyOf('die0.')).toBe(nominal.energyOf('die0.'));
    expect(low.result.simulation.cycles).toBe(nominal.result.simulation.cycles);
  });

  it('is inherited from the machine around it, and written out by the resolved configuration', async () => {
    const { scenario, energyOf, result } = await run({ 'machine.voltage': 0.9, 'machine.nominalVoltage': 1, 'machine.die1.voltage': 0.6 });
    const supplies = new Map(scenario.machine!.blocks.map((block) => [block.path, block.supply]));
    expect(supplies.get('d2d')).toEqual({ voltage: 0.9, nominalVoltage: 1 });
    expect(supplies.get('die0.noc')).toEqual({ voltage: 0.9, nominalVoltage: 1 });
    expect(supplies.get('die1.noc')).toEqual({ voltage: 0.6, nominalVoltage: 1 });
    const file = path.join(folder, 'resolved.yaml');
    writeFileSync(file, effectiveConfig(scenario));
    const again = await run({}, file);
    expect(again.result.digest).toBe(result.digest);
    expect(again.energyOf('die1.')).toBe(energyOf('die1.'));
  });

  it('a clock of one die changes by its path, and only that', async () => {
    const { scenario } = await loadScenario(EXAMPLE, registry, { set: { 'machine.die1.clocks.core': '450 MHz' } });
    expect(scenario.machine!.clocks).toMatchObject({ core: 1e9, 'die0.core': 1e9, 'die1.core': 450e6 });
  });

  it.each([
    ['machine.die1.voltage', '2 GHz', /not a voltage/],
    ['machine.die1.voltage', -1, /not a voltage/],
    ['machine.die1.clocks.cor', '1 GHz', /die1\.cor/],
  ])('%s = %s is refused', async (key, value, message) => {
    await expect(loadScenario(EXAMPLE, registry, { set: { [key]: value } })).rejects.toThrow(message);
  });
});
