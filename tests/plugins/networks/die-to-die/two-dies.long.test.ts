import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import { runSchedule } from '../../../../core/run/run.js';
import { builtinPlugins } from '../../../../plugins/index.js';

const registry = new PluginRegistry(builtinPlugins);

async function run(example: string, set: Readonly<Record<string, unknown>> = {}) {
  const { scenario, registry: own } = await loadScenario(`scenarios/examples/${example}.yaml`, registry, { set });
  const result = await runSchedule(scenario, own, {});
  expect(result.outcome).toBe('finished');
  expect(result.violations).toEqual([]);
  const linkBytes = result.blocks.find((block) => block.plugin === 'die-to-die')?.statistics['bytes']?.value;
  return { cycles: result.simulation.cycles, linkBytes };
}

describe('two dies against one', () => {
  it('the link costs time, and more the narrower it is', async () => {
    const one = await run('one-die');
    const two = await run('two-dies');
    const narrow = await run('two-dies', { 'machine.d2d.with.lanes': 4 });
    expect(one.linkBytes).toBeUndefined();
    expect(two.linkBytes ?? 0).toBeGreaterThan(100_000);
    expect(narrow.linkBytes).toBe(two.linkBytes);
    expect(two.cycles).toBeGreaterThan(one.cycles);
    expect(narrow.cycles).toBeGreaterThan(1.2 * two.cycles);
  });
});

describe('chiplets', () => {
  it.each(['four-dies', 'two-dies-4x4'])('%s: tiles of every die work, each with its own clock, on memory behind the first', async (example) => {
    const { scenario, registry: own } = await loadScenario(`scenarios/examples/${example}.yaml`, registry, {});
    const result = await runSchedule(scenario, own, {});
    expect(result.outcome).toBe('finished');
    expect(result.violations).toEqual([]);
    const cores = result.blocks.filter((block) => block.plugin === 'systolic');
    const dies = new Set(cores.map((block) => block.path.split('.')[0]));
    expect(dies.size).toBe(example === 'four-dies' ? 4 : 2);
    const links = result.blocks.filter((block) => block.plugin === 'die-to-die');
    for (const link of links) expect(link.statistics['bytes']?.value).toBeGreaterThan(0);
    // What the HBM delivers to the other dies has crossed the first one.
    expect(result.blocks.find((block) => block.path === 'hbm')!.plugin).toBe('dram');
  });
});
