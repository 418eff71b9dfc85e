import { describe, expect, it } from 'vitest';
import { expandCollectives, type Schedule, type ScheduleLayer, type ScheduleOperation } from '../../../core/index.js';
import { some } from '../../many.js';
import { ALGORITHMS } from '../../plugins/collectives/support.js';
import { carryOut, tiles } from './support.js';

const SIZE = 12;
const along = (dim: string) => ({ dim, terms: [{ loop: dim, coefficient: 1 }] });
const same = { kind: 'index' as const, expressions: [along('N'), along('M')] };

/** Everybody brings a tensor of his own; what `from` holds in the end is an output of its own. */
function reduction(algorithm: string, participants: number): Schedule {
  const who = Array.from({ length: participants }, (_, i) => i);
  const dims = { N: SIZE, M: SIZE };
  const loads = who.map((i): ScheduleOperation => ({
    kind: 'transfer',
    queue: `core${i}.dma`,
    reads: [{ tensor: `A${i}` }],
    writes: [{ buffer: `g${i}`, tensor: 'G' }],
  }));
  const collective: ScheduleOperation = {
    kind: 'collective',
    queue: 'collectives',
    operator: 'all-reduce',
    reads: [{ tensor: 'G', box: { N: [0, SIZE], M: [0, SIZE] } }],
    participants: who.map((i) => ({ queue: `core${i}.dma`, buffer: `g${i}`, compute: `core${i}.vec`, scratch: `s${i}` })),
    with: { algorithm },
  };
  const stores = who.map((i): ScheduleOperation => ({
    kind: 'transfer',
    queue: `core${i}.dma`,
    reads: [{ buffer: `g${i}`, tensor: 'G' }],
    writes: [{ tensor: `O${i}` }],
  }));
  const sum = (i: number): ScheduleLayer => ({
    operator: 'add',
    loops: dims,
    operands: {
      ...Object.fromEntries(who.map((k) => [`I${k}`, { tensor: `A${k}`, role: 'activation' as const, map: same }])),
      O: { tensor: `O${i}`, role: 'output', map: same },
    },
  });
  const schedule: Schedule = {
    name: 'reduction',
    tensors: {
      G: { dims, format: 'int8', role: 'intermediate' },
      ...Object.fromEntries(who.map((i) => [`A${i}`, { dims, format: 'int8', role: 'input', home: 'dram' }])),
      ...Object.fromEntries(who.map((i) => [`O${i}`, { dims, format: 'int8', role: 'output', home: 'dram' }])),
    },
    buffers: Object.fromEntries(
      who.flatMap((i) => [
        [`g${i}`, { memory: `core${i}.l1`, bytes: 4 * SIZE * SIZE }],
        [`s${i}`, { memory: `core${i}.l1`, bytes: 4 * SIZE * SIZE }],
      ]),
    ),
    layers: Object.fromEntries(who.map((i) => [`sum${i}`, sum(i)])),
    operations: [...loads, collective, ...stores],
  };
  return expandCollectives(schedule, ALGORITHMS);
}

describe('sums of collectives', () => {
  const cases = [...ALGORITHMS.keys()].flatMap((algorithm) => [2, 3, 4].map((participants) => ({ algorithm, participants })));
  it.each(some(cases, 5))('$algorithm of $participants', async ({ algorithm, participants }) => {
    const { values, isDone, violations } = await carryOut(tiles(participants, 'systolic', 65536), reduction(algorithm, participants));
    expect(isDone).toBe(true);
    // Everybody's own tensor goes by the name of the sum, so that the sums have something to add: the sanitizer says so.
    expect(violations.filter(({ message }) => !message.includes('and writes it as') && !message.includes('never computed'))).toEqual([]);
    expect(values).toMatchObject({ equal: true, compared: participants * SIZE * SIZE, notCompared: [] });
  });

  it('are wrong when somebody is left out', async () => {
    const whole = reduction('ring', 3);
    let left = true;
    const operations = [...whole.operations].filter(({ kind }) => kind !== 'compute' || !(left && !(left = false)));
    expect(
      (await carryOut(tiles(3, 'systolic', 65536), { ...whole, operations: operations.map(({ after: _, ...operation }) => operation) })).values.equal,
    ).toBe(false);
  });
});
