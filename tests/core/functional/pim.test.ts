import { expect, it } from 'vitest';
import { caseCount } from '../../many.js';
import { pimMachine, pimSchedule } from './places.js';
import { carryOut } from './support.js';

it('products in the banks of a DRAM come out exactly, in whatever pieces', async () => {
  for (let seed = 0; seed < caseCount(200, 3); seed++) {
    const { values, isDone, violations } = await carryOut(pimMachine, pimSchedule(seed));
    expect(isDone).toBe(true);
    expect(violations, `seed ${seed}`).toEqual([]);
    expect(values, `seed ${seed}`).toMatchObject({ equal: true, wrong: 0, notCompared: [], notes: [], fingerprints: [] });
  }
});

it('a kernel on the wrong vector is seen', async () => {
  const schedule = pimSchedule(1);
  const operations = [...schedule.operations].map((operation, id) =>
    id === 0
      ? { ...operation, loops: { ...operation.loops, C: 1 }, reads: operation.reads!.map((read) => ({ ...read, box: { ...read.box, K: [0, 1] as const } })) }
      : operation,
  );
  expect((await carryOut(pimMachine, { ...schedule, operations })).values.equal).toBe(false);
});
