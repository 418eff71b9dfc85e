import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreeTo } from '../../core/plugin/consent/agree-to.js';
import { writePluginFolder } from '../../cli/scaffold.js';
import { BLOCK_CONTRACT, isBlockPlugin } from '../../core/conformance/block-contract.js';
import { BLOCK_KINDS, loadScenario, PluginRegistry } from '../../core/index.js';
import { loadPlugins } from '../../core/plugin/discovery.js';
import { reasonsOf } from '../../core/result/verdict.js';
import { runSchedule } from '../../core/run/run.js';
import { builtinPlugins } from '../../plugins/index.js';
import { temporaryFolder } from '../temporary-folder.js';

const rules = BLOCK_CONTRACT;

describe('a scaffolded block', () => {
  it.each(BLOCK_KINDS)('of kind %s keeps every rule, of states, milestones and ideal keys too', async (kind) => {
    const folder = path.join(temporaryFolder('scaffold'), kind);
    writePluginFolder(kind, `my-${kind}`, folder);
    const entry = path.join(folder, 'index.js');
    const [plugin] = await loadPlugins(new PluginRegistry(builtinPlugins), entry, entry, { file: entry }, undefined);
    if (plugin === undefined || !isBlockPlugin(plugin)) throw new Error('the scaffold wrote no block');
    expect([...rules].flatMap((rule) => rule.check(plugin) ?? [])).toEqual([]);
    expect(Object.values(plugin.statistics).some(({ ratio }) => ratio !== undefined)).toBe(true);
  });

  it('of kind core runs a model as it is, and its estimate is near', async () => {
    const folder = path.join(temporaryFolder('scaffold'), 'core');
    writePluginFolder('core', 'my-core', folder);
    const { scenario, registry } = await loadScenario(path.join(folder, 'model.yaml'), new PluginRegistry(builtinPlugins), {
      plugins: agreeTo([path.join(folder, 'index.js')]),
    });
    const result = await runSchedule(scenario, registry);
    expect(reasonsOf(result)).toEqual([]);
    expect(result.outcome).toBe('finished');
    const core = result.blocks.find(({ path: name }) => name === 'pe');
    expect(core?.computes).toBe('array');
    // The core counts the elements of vector layers, too; layers have them under `ops`.
    const macs = result.simulation.layers.reduce((sum, layer) => sum + layer.macs, 0);
    const counted = Number(core?.statistics['macs']?.value);
    expect(macs).toBeLessThanOrEqual(counted);
    expect(macs).toBeGreaterThan(0.99 * counted);
    expect(result.simulation.energyMissing).toEqual(['dma', 'noc', 'pe']);
    expect(result.estimate?.cycles).toBeGreaterThan(result.simulation.cycles / 3);
  });
});
