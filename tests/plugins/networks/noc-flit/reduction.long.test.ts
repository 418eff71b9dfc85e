import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry, runSchedule } from '../../../../core/index.js';
import { builtinPlugins } from '../../../../plugins/index.js';

describe('an all-reduce among sixteen cores, with only the word of the network changed', () => {
  const registry = new PluginRegistry(builtinPlugins);
  const result = async (set: Readonly<Record<string, unknown>>) => {
    const { scenario, registry: own } = await loadScenario('scenarios/examples/in-network-reduce.yaml', registry, { set });
    const found = await runSchedule(scenario, own, {});
    expect(found.outcome).toBe('finished');
    expect(found.violations).toEqual([]);
    expect(found.expectations.filter(({ holds }) => !holds)).toEqual([]);
    return { cycles: found.simulation.cycles, noc: found.blocks.find(({ path }) => path === 'noc')! };
  };

  it('moves the same messages, and takes longer as interfaces, not routers, copy and add', async () => {
    const flit = { 'machine.noc.use': 'noc-flit' };
    // The width of the links stays; narrower flits do not fill them.
    const narrow = { ...flit, 'machine.noc.with.flitBits': 128 };
    const [packets, same, flits, byOne] = [
      await result({}),
      await result(flit),
      await result(narrow),
      await result({ ...flit, 'machine.noc.with.multicastMessages': 0 }),
    ];
    for (const { noc: network } of [flits, same]) {
      for (const statistic of ['messages', 'bytes']) expect(network.statistics[statistic]).toEqual(packets.noc.statistics[statistic]);
      expect(network.report).toMatchObject({ reductions: { started: 64 }, multicasts: { started: 128 } });
    }
    expect(packets.cycles).toBeLessThan(same.cycles);
    expect(same.cycles).toBeLessThan(byOne.cycles);
    expect(same.cycles).toBeLessThan(flits.cycles);
    const carried = ({ noc: network }: typeof same): number =>
      (network.report as { links: { bytes: number }[] }).links.reduce((sum, { bytes }) => sum + bytes, 0);
    // The links carry the same trees; packets of 288 bytes have more headers than those of 1 KiB.
    expect(carried(same) / carried(packets)).toBeLessThan(1.1);
    expect(carried(byOne) / carried(same)).toBeGreaterThan(2);
  });
});
