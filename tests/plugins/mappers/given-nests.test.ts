import { expect, it } from 'vitest';
import type { LoopNest } from '../../../core/index.js';
import givenNests from '../../../plugins/mappers/given-nests/index.js';
import { carryOut, mapped, tiles, workloadOf } from '../../core/functional/support.js';

const workload = workloadOf([
  { name: 'a', operator: 'gemm', loops: { OY: 12, K: 16, C: 20 }, precision: { I: 'int8', W: 'int8', O: 'int8', partial: 'int32' } },
]);
const temporal = (loop: string, size: number, last?: number) => ({ loop, size, ...(last === undefined ? {} : { last }), kind: 'temporal' as const });
const spatial = (loop: string, size: number) => ({ loop, size, kind: 'spatial' as const });
const nest = (inner: string): LoopNest => ({
  levels: [
    { storage: { I: 'dram', W: 'dram', O: 'dram' }, loops: [temporal('OY', 3), temporal('C', 2)] },
    { storage: { W: inner }, loops: [temporal('K', 2)] },
    { storage: { I: inner, O: inner }, loops: [temporal('OY', 4), temporal('C', 3, 2)] },
    { storage: {}, loops: [spatial('K', 8), spatial('C', 4)] },
  ],
});
const machine = tiles(1, 'systolic', 4096);

it('computes what the layer says, in tiles of the nest', async () => {
  const schedule = mapped(givenNests, machine, workload, { layers: { a: nest('core0.l1') } });
  const tilesOf = [...schedule.operations].filter(({ kind }) => kind === 'compute');
  expect(tilesOf.map(({ loops }) => loops)).toEqual(Array.from({ length: 12 }, (_, i) => ({ OY: 4, K: 8, C: Math.floor(i / 2) % 2 === 0 ? 12 : 8 })));
  const { values, isDone, violations } = await carryOut(machine, schedule, workload);
  expect({ isDone, violations, equal: values.equal, compared: values.compared }).toEqual({ isDone: true, violations: [], equal: true, compared: 192 });
});

it.each([
  ['a memory that the machine does not have', { a: nest('core0.l2') }, /layers\.a\.levels\.1\.storage\.W: no memory 'core0\.l2'/],
  ['a layer without a nest', { b: nest('core0.l1') }, /no loop nest for layer 'a'.*there are: b/],
  ['loops that do not reach', { a: { levels: nest('core0.l1').levels.slice(1) } }, /reach over/],
  ['no storage at all', { a: { levels: [{ storage: {}, loops: [] }] } }, /no level says where an operand lies/],
])('refuses %s', (_, layers, message) => {
  expect(() => mapped(givenNests, machine, workload, { layers })).toThrow(message);
});
