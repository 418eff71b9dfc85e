import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { runExperiment } from '../../../../core/run/run.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { project } from '../../../core/scenario/load-fixture.js';

async function run(block: string, trace: string, more = '') {
  const text = `tessera: 1\nkind: memory-trace\nwith:\n  block: ${block}\n  trace: ${trace}\n${more}`;
  const { scenario, registry } = await loadScenario(path.join(project({ 'trace.yaml': text }), 'trace.yaml'), new PluginRegistry(builtinPlugins));
  return runExperiment(scenario, registry);
}

describe('a trace on a memory plugin', () => {
  it.each(['{ use: sram }', '{ use: cache }', '{ use: dram-simple }', '{ use: dram }'])(
    '%s answers every access, and its own statistics agree',
    async (block) => {
      const { metrics } = await run(block, '{ kind: seq, n: 500 }');
      expect(metrics).toMatchObject({ accepted: 500, reads: 500, writes: 0 });
      expect(metrics['cycles']).toBeGreaterThan(100);
      expect(metrics['avg_read_latency_cycles']).toBeGreaterThan(1);
      if (metrics['memory.bytesRead'] !== undefined) expect(metrics['memory.bytesRead']).toBe(500 * 64);
    },
  );

  it('random lines are slower on a DRAM than lines in order, and a cache keeps what is read again', async () => {
    const cycles = async (block: string, trace: string) => (await run(block, trace)).metrics['cycles']!;
    const [inOrder, anywhere] = [
      await cycles('{ use: dram }', '{ kind: seq, n: 800 }'),
      await cycles('{ use: dram }', '{ kind: rand, n: 800, seed: 3, m: 1048576 }'),
    ];
    expect(anywhere).toBeGreaterThan(1.5 * inOrder);
    const again = (await run('{ use: cache }', '{ kind: stride, n: 800, s: 1, m: 8 }')).metrics;
    expect(again['memory.hits']! + again['memory.misses']!).toBeGreaterThan(0);
    expect(again['memory.misses']).toBeLessThanOrEqual(8);
  });

  it('waits for the cycle in which an access is due, and ends at its limit', async () => {
    const slow = (await run('{ use: sram }', '{ kind: seq, n: 11 }', '  gapCycles: 100\n')).metrics;
    expect(slow['cycles']).toBeGreaterThan(1000);
    const cut = (await run('{ use: sram }', '{ kind: seq, n: 11 }', '  gapCycles: 100\n  maxCycles: 250\n')).metrics;
    expect(cut['accepted']).toBe(3);
  });

  it('says what does not go with a block', async () => {
    await expect(run('{ use: sram }', '{ kind: seq, n: 11 }', '  checkCommands: true\n')).rejects.toThrow(/commands are seen where `memory` describes a DRAM/);
    await expect(run('{ use: ideal }', '{ kind: seq, n: 11 }')).rejects.toThrow(/there is no block 'ideal' of kind memory/);
  });
});
