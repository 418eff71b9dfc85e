import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import type { RunResult, ScheduleResult } from '../../../../core/result/run-result.js';
import { experimentsOf, schedulesOf } from '../../../../core/result/kinds.js';
import { runScenario } from '../../../../core/run/run.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { some } from '../../../many.js';

const folder = path.resolve(import.meta.dirname, '../../../../scenarios/examples');

async function run(file: string, set: Readonly<Record<string, unknown>> = {}): Promise<RunResult> {
  const { scenario, registry } = await loadScenario(path.join(folder, file), new PluginRegistry(builtinPlugins), { set });
  return runScenario(scenario, registry);
}

async function runMachine(file: string, set: Readonly<Record<string, unknown>> = {}): Promise<ScheduleResult> {
  return schedulesOf([await run(file, set)])[0]!;
}

describe('the examples', () => {
  it.each(some(['noc-trace.yaml', 'noc-load-latency.yaml', 'noc-adversarial.yaml', 'noc-quadcore.yaml']))('%s meets its expectations', async (file) => {
    const result = await run(file);
    expect(result.outcome).toBe('finished');
    expect(result.expectations.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('give the same digest twice', async () => {
    const [once, twice] = [await run('noc-adversarial.yaml'), await run('noc-adversarial.yaml')];
    expect(once.digest).toBe(twice.digest);
  });

  it('a packet of a trace follows the one that it waits for: three steps round the ring of four', async () => {
    const { tables } = experimentsOf([await run('noc-trace.yaml')])[0]!;
    const arrivals = tables!['packets']!.map((row) => Number(row['arrivedCycle']));
    // 256 bytes are 16 flits; the next router of a ring of single nodes is two routers on the way.
    const alone = 2 + 6 + 5 + 15;
    expect(arrivals.slice(0, 4)).toEqual([alone, alone, alone, alone]);
    expect(arrivals[4]).toBeGreaterThanOrEqual(2 * alone);
    expect(arrivals[11]).toBeGreaterThanOrEqual(3 * alone);
  });

  it('a link of half a flit is as good as two phits, and is busy twice as long', async () => {
    const loads = async (set: Readonly<Record<string, unknown>>) => {
      const { simulation, blocks } = await runMachine('noc-quadcore.yaml', set);
      const { links } = blocks.find(({ path: name }) => name === 'noc')!.report as { links: readonly { flits: number; busyCycles: number }[] };
      return { cycles: simulation.cycles, flits: links.reduce((sum, link) => sum + link.flits, 0), busy: links.reduce((sum, link) => sum + link.busyCycles, 0) };
    };
    const [whole, half, phits] = [await loads({}), await loads({ 'machine.noc.with.linkWidthBits': 128 }), await loads({ 'machine.noc.with.linkPhits': 2 })];
    expect(half).toEqual(phits);
    expect(half.cycles).toBeGreaterThan(whole.cycles);
    expect([whole.busy, half.busy]).toEqual([whole.flits, 2 * half.flits]);
  });

  it('the machine of mesh-packet is the machine of noc-flit with another word: size and width of the mesh stay', async () => {
    const result = await runMachine('in-network-reduce.yaml', { 'machine.noc.use': 'noc-flit', 'machine.noc.with.columns': 5, 'machine.noc.with.rows': 5 });
    const { topology } = result.blocks.find(({ path: name }) => name === 'noc')!.report as { topology: { routers: readonly unknown[] } };
    expect(topology.routers).toHaveLength(25);
    const rectangle = run('in-network-reduce.yaml', { 'machine.noc.use': 'noc-flit', 'machine.noc.with.rows': 5 });
    await expect(rectangle).rejects.toThrow(/noc\.with\.rows: a mesh of noc-flit has one row or as many rows as columns, got 4 columns and 5 rows/);
  });

  it('the machine of mesh-packet is the same machine on packet, rectangles too', async () => {
    for (const [columns, rows] of [[4, 4], [8, 2], [16, 1]]) {
      const size = { 'machine.noc.with.columns': columns, 'machine.noc.with.rows': rows };
      const [mesh, packet] = [await runMachine('in-network-reduce.yaml', size), await runMachine('in-network-reduce.yaml', { ...size, 'machine.noc.use': 'packet' })];
      expect(packet.simulation.cycles).toBe(mesh.simulation.cycles);
    }
  });

  it('a machine whose routing can deadlock is refused with the cycle', async () => {
    const broken = run('noc-quadcore.yaml', { 'machine.noc.with.topology': 'ring', 'machine.noc.with.k': 5, 'machine.noc.with.routing': 'table' });
    await expect(broken).rejects.toThrow(/can deadlock: r\d\.\d->r\d vc\d waits for/);
  });
});
