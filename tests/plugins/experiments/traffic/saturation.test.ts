import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCurve, saturationOf, type ExperimentResult } from '../../../../core/index.js';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { runExperiment } from '../../../../core/run/run.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { project } from '../../../core/scenario/load-fixture.js';
import { some } from '../../../many.js';

const WITH = 'topology: mesh\n  k: 4\n  n: 2\n  packetFlits: 1\n';

async function run(more: string): Promise<ExperimentResult> {
  const text = `tessera: 1\nkind: traffic\nseed: 1\nwith:\n  ${WITH}  ${more}\n`;
  const { scenario, registry } = await loadScenario(path.join(project({ 'traffic.yaml': text }), 'traffic.yaml'), new PluginRegistry(builtinPlugins));
  return runExperiment(scenario, registry);
}

describe('stable', () => {
  it.each(some([150, 400, 1200]))('does not depend on sample periods of %i cycles', async (period) => {
    const { metrics, tables } = await run(`loads: [0.1, 0.65, 0.8]\n  samplePeriodCycles: ${period}`);
    expect(tables!['curve']!.map(({ stable, saturatedBy }) => [stable, saturatedBy])).toEqual([
      [true, 'none'],
      [true, 'none'],
      [false, 'accepted'],
    ]);
    // What is shown is what the network can bear, whatever the order of the loads.
    expect(metrics['load']).toBe(0.65);
    expect(metrics['stable']).toBe(1);
  });

  it('ends where latency exceeds its limit', async () => {
    const { tables } = await run('loads: [0.1, 0.65]\n  samplePeriodCycles: 300\n  latencyLimitCycles: 22');
    expect(tables!['curve']!.map(({ saturatedBy }) => saturatedBy)).toEqual(['none', 'latency']);
  });

  it('shows the highest stable load of a curve that is not given in order, and where it saturates', async () => {
    const result = await run('loads: [0.9, 0.3, 0.6, 0.8]\n  samplePeriodCycles: 200');
    expect(result.metrics['load']).toBe(0.6);
    expect(result.metrics['acceptedRate']! / result.metrics['offeredRate']!).toBeGreaterThan(0.97);
    expect(saturationOf(result)).toEqual({ stableLoad: 0.6, unstableLoad: 0.8 });
    expect(loadCurve(result).map(({ saturatedBy }) => saturatedBy)).toEqual([undefined, undefined, 'accepted', 'accepted']);
  });

  it('is denied beside the numbers of a single load that is too much', async () => {
    const { metrics } = await run('load: 0.8\n  samplePeriodCycles: 200');
    expect(metrics['stable']).toBe(0);
    expect(metrics['offeredRate']! - metrics['acceptedRate']!).toBeGreaterThan(0.03);
  });
});

describe('what a traffic scenario leaves aside', () => {
  it.each([
    ['load: 0', /load/],
    ['load: 0.1\n  loads: [0.2]', /load.*stands beside `loads`/],
    ['load: 0.1\n  trace: t.txt', /load.*nothing beside `trace`/],
    ['load: 0.1\n  networkText: net.txt', /networkText.*anynet only/],
    ['load: 0.1\n  maxSamples: 3', /maxSamples.*3 periods leave none/],
    ['load: 0.1\n  pattern: uniform(3)', /takes no argument/],
    ['load: 0.1\n  pattern: "hotspot({1,})"', /does not name nodes/],
  ])('is an error: %s', async (more, message) => {
    await expect(run(more)).rejects.toThrow(message);
  });
});
