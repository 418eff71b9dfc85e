import { describe, expect, it } from 'vitest';
import { runMachine } from './example-runs.js';

describe('the examples', () => {
  it('a link of half a flit is as good as two phits, and is busy twice as long', async () => {
    const loads = async (set: Readonly<Record<string, unknown>>) => {
      const { simulation, blocks } = await runMachine('noc-quadcore.yaml', set);
      const { links } = blocks.find(({ path: name }) => name === 'noc')!.report as { links: readonly { flits: number; busyCycles: number }[] };
      return {
        cycles: simulation.cycles,
        flits: links.reduce((sum, link) => sum + link.flits, 0),
        busy: links.reduce((sum, link) => sum + link.busyCycles, 0),
      };
    };
    const [whole, half, phits] = [await loads({}), await loads({ 'machine.noc.with.linkWidthBits': 128 }), await loads({ 'machine.noc.with.linkPhits': 2 })];
    expect(half).toEqual(phits);
    expect(half.cycles).toBeGreaterThan(whole.cycles);
    expect([whole.busy, half.busy]).toEqual([whole.flits, 2 * half.flits]);
  });

  it('the machine of mesh-packet is the same machine on packet, rectangles too', async () => {
    for (const [columns, rows] of [
      [4, 4],
      [8, 2],
      [16, 1],
    ]) {
      const size = { 'machine.noc.with.columns': columns, 'machine.noc.with.rows': rows };
      const [mesh, packet] = [
        await runMachine('in-network-reduce.yaml', size),
        await runMachine('in-network-reduce.yaml', { ...size, 'machine.noc.use': 'packet' }),
      ];
      expect(packet.simulation.cycles).toBe(mesh.simulation.cycles);
    }
  });
});
