import { describe, expect, it } from 'vitest';
import { experimentsOf } from '../../../../core/result/kinds.js';
import { run, runMachine } from './example-runs.js';
import { isLongRun, some } from '../../../many.js';

describe('the examples', () => {
  it.each(some(['noc-trace.yaml', 'noc-load-latency.yaml', 'noc-adversarial.yaml', 'noc-quadcore.yaml']))('%s meets its expectations', async (file) => {
    const result = await run(file);
    expect(result.outcome).toBe('finished');
    expect(result.expectations.filter(({ holds }) => !holds)).toEqual([]);
  });

  it.runIf(isLongRun)('give the same digest twice', async () => {
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

  it('the machine of mesh-packet is the machine of noc-flit with another word: size and width of the mesh stay', async () => {
    const result = await runMachine('in-network-reduce.yaml', { 'machine.noc.use': 'noc-flit', 'machine.noc.with.columns': 5, 'machine.noc.with.rows': 5 });
    const { topology } = result.blocks.find(({ path: name }) => name === 'noc')!.report as { topology: { routers: readonly unknown[] } };
    expect(topology.routers).toHaveLength(25);
    const rectangle = run('in-network-reduce.yaml', { 'machine.noc.use': 'noc-flit', 'machine.noc.with.rows': 5 });
    await expect(rectangle).rejects.toThrow(/noc\.with\.rows: a mesh of noc-flit has one row or as many rows as columns, got 4 columns and 5 rows/);
  });

  it('a machine whose routing can deadlock is refused with the cycle', async () => {
    const broken = run('noc-quadcore.yaml', { 'machine.noc.with.topology': 'ring', 'machine.noc.with.k': 5, 'machine.noc.with.routing': 'table' });
    await expect(broken).rejects.toThrow(/can deadlock: r\d\.\d->r\d vc\d waits for/);
  });
});
