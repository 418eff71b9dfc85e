import { describe, expect, it } from 'vitest';
import { PlanTally } from '../../../core/result/plan-digests.js';
import type { ResolvedRegion, ScheduleOperation } from '../../../core/index.js';

const load: ScheduleOperation = { kind: 'transfer', queue: 'dma0', reads: [{ tensor: 't', box: { K: [0, 8] } }], writes: [{ buffer: 'b' }] };
const tile: ScheduleOperation = { kind: 'compute', queue: 'pe0', layer: 'fc', loops: { K: 8 }, reads: [{ buffer: 'b' }], writes: [{ buffer: 'o' }] };

function tallyOf(operations: readonly ScheduleOperation[], began: readonly number[], ended: readonly number[]): PlanTally {
  const tally = new PlanTally();
  for (const id of began) tally.operationStarted(id);
  for (const id of ended) tally.operationFinished({ id, form: operations[id]!, reads: [], writes: [] });
  return tally;
}

describe('fingerprints of what was executed', () => {
  const base = tallyOf([load, tile], [0, 1], [0, 1]).digests;

  it('are the same in whatever order operations end', () => expect(tallyOf([load, tile], [0, 1], [1, 0]).digests).toEqual(base));

  it('tell the order in which operations begin from what they are', () => {
    const { plan, order } = tallyOf([load, tile], [1, 0], [0, 1]).digests;
    expect(plan).toBe(base.plan);
    expect(order).not.toBe(base.order);
  });

  it.each<[string, ScheduleOperation]>([
    ['a box', { ...load, reads: [{ tensor: 't', box: { K: [8, 16] } }] }],
    ['a tensor', { ...load, reads: [{ tensor: 'u', box: { K: [0, 8] } }] }],
    ['a buffer', { ...load, writes: [{ buffer: 'c' }] }],
    ['a queue', { ...load, queue: 'dma1' }],
    ['one access more', { ...load, writes: [{ buffer: 'b' }, { buffer: 'b' }] }],
    ['the tile', { ...load, at: { K: 8 } }],
  ])('differ by %s', (_, other) => {
    const { plan, order } = tallyOf([other, tile], [0, 1], [0, 1]).digests;
    expect(plan).not.toBe(base.plan);
    expect(order).toBe(base.order);
  });

  it('tell where operations read and write from what they are', () => {
    const at = (address: number): PlanTally => {
      const tally = new PlanTally();
      tally.operationFinished({ id: 0, form: load, reads: [{ address } as ResolvedRegion], writes: [] });
      return tally;
    };
    expect(at(64).digests.layout).not.toBe(at(128).digests.layout);
    expect({ ...at(64).digests, layout: '' }).toEqual({ ...at(128).digests, layout: '' });
  });
});
