import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { runExperiment } from '../../../../core/run/run.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { project } from '../../../core/scenario/load-fixture.js';

async function run(block: string, more: string, files: Readonly<Record<string, string>> = {}) {
  const text = `tessera: 1\nkind: traffic\nwith:\n  block: ${block}\n  packetFlits: 4\n${more}`;
  const file = path.join(project({ 'traffic.yaml': text, ...files }), 'traffic.yaml');
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins));
  return runExperiment(scenario, registry);
}

const LIGHT = '  load: 0.02\n  samplePeriodCycles: 400\n';

describe('traffic on a network plugin', () => {
  it('a packet takes the wires in and out and the latency of the ideal network', async () => {
    const trace = { 'one.txt': '0, 0, 3, 64\n1000, 2, 1, 64\n' };
    const { metrics, tables } = await run('{ use: ideal, with: { latencyCycles: 7 } }', '  nodes: 4\n  trace: one.txt\n', trace);
    // Four flits over each of two connections, which have a latency of one cycle, and seven cycles between.
    expect(metrics['packetLatency']).toBe(2 * (4 + 1) + 7);
    expect(metrics['network.messages']).toBe(2);
    expect(tables?.['packets']?.map(({ arrivedCycle }) => arrivedCycle)).toEqual([17, 1017]);
  });

  it.each([
    ['{ use: ideal }', 8],
    ['{ use: bus }', 4],
    ['{ use: packet, with: { topology: ring, k: 8, n: 1 } }', 8],
    ['{ use: mesh-packet, with: { columns: 4, rows: 2 } }', 8],
    ['{ use: noc-flit, with: { k: 3 } }', 9],
    ['{ use: die-to-die }', 2],
  ])('%s carries a light load and says how long it takes', async (block, nodes) => {
    const { metrics, outcome } = await run(block, `  nodes: ${nodes}\n${LIGHT}`);
    expect(outcome).toBe('finished');
    expect(metrics['stable']).toBe(1);
    expect(metrics['acceptedRate']).toBeCloseTo(0.02, 1);
    expect(metrics['packets']).toBeGreaterThan(3);
    expect(metrics['packetLatency']).toBeGreaterThan(8);
  });

  it('finds where a bus saturates: all nodes share it', async () => {
    const { metrics } = await run(
      '{ use: bus, with: { widthBits: 128 } }',
      '  nodes: 4\n  findSaturation: true\n  samplePeriodCycles: 500\n  latencyLimitCycles: 60\n  saturationPrecision: 0.1\n',
    );
    expect(metrics['saturationLoad']).toBeGreaterThan(0.15);
    expect(metrics['saturationLoad']).toBeLessThan(0.27);
  });

  it('names a network that there is not, and what does not go with a block', async () => {
    await expect(run('{ use: idael }', LIGHT)).rejects.toThrow(/traffic\.yaml:4:\d+: with\.block\.use: there is no block 'idael'.*did you mean 'ideal'/);
    await expect(run('{ use: ideal, with: { latency: 3 } }', LIGHT)).rejects.toThrow(/with\.block\.with\.latency: unknown key/);
    await expect(run('{ use: sram }', LIGHT)).rejects.toThrow(/there is no block 'sram' of kind network or link/);
  });
});
