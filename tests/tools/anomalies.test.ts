import { describe, expect, it } from 'vitest';
import { CHANGES } from '../../tools/anomalies/changes.js';
import { confirmedBy } from '../../tools/anomalies/confirm.js';
import { drawCase } from '../../tools/anomalies/machines.js';
import { scenarioOf } from '../../tools/anomalies/scenario.js';
import { plan, simulate } from '../../tools/anomalies/runs.js';

describe('random machines with more of a resource', () => {
  it('are the same for the same seed, and others for another', () => {
    const texts = [drawCase(1, 7), drawCase(1, 7), drawCase(2, 7), drawCase(1, 8)].map((drawn) => JSON.stringify(scenarioOf(drawn)));
    expect(texts[1]).toBe(texts[0]);
    expect(new Set(texts).size).toBe(3);
  });

  it('differ from the machine as it was by their change alone', () => {
    const drawn = drawCase(1, 7);
    const before = JSON.stringify(scenarioOf(drawn));
    for (const { apply } of CHANGES) {
      const changed = apply(drawn);
      if (changed !== undefined) expect(JSON.stringify(scenarioOf(changed))).not.toBe(before);
    }
    expect(JSON.stringify(scenarioOf(drawn))).toBe(before);
  });

  it('run with the schedule of another machine as with their own, where the mapper makes the same', async () => {
    const drawn = drawCase(1, 21);
    const [base, wider] = await Promise.all([plan(drawn), plan({ ...drawn, dma: { ...drawn.dma, widthBits: 512 } })]);
    expect([wider.operations, wider.places]).toEqual([base.operations, base.places]);
    const [own, same] = [await simulate(wider), await simulate(wider, base)];
    expect(same.digests).toEqual(own.digests);
    expect(same.executed).toEqual(own.executed);
  });

  it('lose a slowdown by larger bursts without what holds a burst, and not without what does not', async () => {
    const drawn = drawCase(1, 2);
    const changed = CHANGES.find(({ name }) => name === 'dma burst bytes')!.apply(drawn)!;
    const base = await plan(drawn);
    const [before, after] = [await simulate(base), await simulate(await plan(changed), base)];
    expect(after.simulation.seconds / before.simulation.seconds).toBeGreaterThan(1.01);
    expect(await confirmedBy(drawn, changed, base, ['sram', 'dma'])).toBe('dma');
    expect(await confirmedBy(drawn, changed, base, ['sram'])).toBeUndefined();
  });
});
