import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry, runSchedule } from '../../../../core/index.js';
import { builtinPlugins } from '../../../../plugins/index.js';

const registry = new PluginRegistry(builtinPlugins);

async function run(set: Readonly<Record<string, unknown>>) {
  const { scenario, registry: own } = await loadScenario('scenarios/examples/network-fidelity.yaml', registry, { set });
  return { scenario, result: await runSchedule(scenario, own, {}) };
}

describe('one word changes the fidelity of a network', () => {
  it('ideal, packet and flit run it; contention has its price', async () => {
    const cycles: Record<string, number> = {};
    const operations = new Set<number>();
    for (const use of ['ideal', 'packet', 'noc-flit']) {
      const { result } = await run({ 'machine.noc.use': use });
      expect(result.outcome).toBe('finished');
      expect(result.violations).toEqual([]);
      expect(result.blocks.find((block) => block.path === 'noc')!.plugin).toBe(use);
      cycles[use] = result.simulation.cycles;
      // The mapper sees what a network can carry, and cuts other tiles for one without limits.
      if (use !== 'ideal') operations.add(result.operations.finished);
    }
    expect(operations.size).toBe(1);
    expect(cycles['ideal']).toBeLessThan(cycles['packet']!);
    expect(cycles['ideal']).toBeLessThan(cycles['noc-flit']!);
    // The two models of the same routers, widths and packets give nearly the same result.
    expect(Math.abs(cycles['packet']! / cycles['noc-flit']! - 1)).toBeLessThan(0.1);
  });

  it('leaves behind what only the replaced plugin knows, and nothing else', async () => {
    const { scenario } = await run({ 'machine.noc.use': 'ideal' });
    expect(scenario.machine!.blocks.find((block) => block.path === 'noc')!.config).toEqual({ latencyCycles: 1, ideal: [] });
    await expect(run({ 'machine.noc.use': 'ideal', 'machine.noc.with.colour': 2 })).rejects.toThrow(/unknown key 'colour'/);
    const kept = await run({ 'machine.noc.use': 'noc-flit' });
    expect(kept.scenario.machine!.blocks.find((block) => block.path === 'noc')!.config).toMatchObject({ k: 2, n: 2, concentration: 3 });
  });
});
