import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry, runSchedule } from '../../../../core/index.js';
import { builtinPlugins } from '../../../../plugins/index.js';

describe('the example of four dies with flit networks', () => {
  it('all traffic of the other dies meets at the link of the die with the HBM; each die has its clock and voltage', async () => {
    const { scenario, registry } = await loadScenario('scenarios/examples/four-dies-flit.yaml', new PluginRegistry(builtinPlugins));
    const result = await runSchedule(scenario, registry, {});
    expect(result.outcome).toBe('finished');
    expect(result.violations).toEqual([]);
    const bytes = (path: string): number => result.blocks.find((block) => block.path === path)?.statistics['bytes']?.value ?? NaN;
    for (const die of [1, 2, 3]) expect(bytes(`d2d${die}`)).toBeGreaterThan(10_000);
    expect(bytes('d2d0')).toBe(bytes('d2d1') + bytes('d2d2') + bytes('d2d3'));
    const dies = new Set(
      result.blocks
        .filter(({ path }) => path.startsWith('die'))
        .map(({ path, clockHz, supply }) => `${path.slice(0, 4)} ${clockHz / 1e6} MHz ${supply?.voltage} V`),
    );
    expect([...dies].sort()).toEqual(['die0 1000 MHz 0.8 V', 'die1 1000 MHz 0.8 V', 'die2 800 MHz 0.7 V', 'die3 800 MHz 0.7 V']);
    const perMac = (die: number): number => {
      const { energyPj, statistics } = result.blocks.find(({ path }) => path === `die${die}.core0.pe`)!;
      return energyPj['mac']! / statistics['macs']!.value;
    };
    // The same work, another voltage.
    expect(perMac(2) / perMac(1)).toBeCloseTo((0.7 / 0.8) ** 2, 6);
    expect(result.links.filter(({ energyPj }) => (energyPj ?? 0) > 0)).toHaveLength(8);
  });
});
