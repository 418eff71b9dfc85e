import { describe, expect, it } from 'vitest';
import type { RegionAccess, Schedule, ScheduleOperation, WriteAccess } from '../../../core/index.js';
import { carryOut, tiles, type FunctionalOutcome } from './support.js';

const spec = tiles(2, 'systolic', 256 * 1024);
const rows = (low: number, high: number) => ({ M: [low, high] as const });

const load = (tensor: string, buffer: string, box?: RegionAccess['box'], write: Partial<WriteAccess> = {}): ScheduleOperation => ({
  kind: 'transfer',
  queue: 'core0.dma',
  reads: [{ tensor, ...(box === undefined ? {} : { box }) }],
  writes: [{ buffer, tensor, ...(box === undefined ? {} : { box }), ...write }],
});
const store = (from: RegionAccess, to: WriteAccess = { tensor: 'O' }): ScheduleOperation => ({
  kind: 'transfer',
  queue: 'core0.dma',
  reads: [{ buffer: 'o', tensor: 'O', ...from }],
  writes: [{ ...to, ...(from.box === undefined || to.box !== undefined ? {} : { box: from.box }) }],
});
const multiply = (
  at: number,
  size: number,
  more: { I?: Partial<RegionAccess>; W?: Partial<RegionAccess>; O?: Partial<WriteAccess>; C?: [number, number] } = {},
): ScheduleOperation => ({
  kind: 'compute',
  queue: 'core0.pe',
  layer: 'gemm',
  operator: 'gemm',
  at: { OX: at, C: more.C?.[0] ?? 0 },
  loops: { OX: size, K: 4, C: more.C?.[1] ?? 8 },
  reads: [
    { buffer: 'x', tensor: 'X', operand: 'I', ...more.I },
    { buffer: 'w', tensor: 'W', operand: 'W', ...more.W },
  ],
  writes: [{ buffer: 'o', tensor: 'O', box: rows(at, at + size), operand: 'O', ...more.O }],
});

/** O[M, N] = X[M, K] * W[N, K], M = 16, K = 8, N = 4. */
function schedule(operations: readonly ScheduleOperation[], more: Partial<Schedule> = {}): Schedule {
  return {
    name: 'gemm',
    tensors: {
      X: { dims: { M: 16, K: 8 }, format: 'int8', role: 'input', home: 'dram' },
      W: { dims: { N: 4, K: 8 }, format: 'int8', role: 'constant', home: 'dram' },
      V: { dims: { N: 4, K: 8 }, format: 'int8', role: 'constant', home: 'dram' },
      O: { dims: { M: 16, N: 4 }, format: 'int8', role: 'output', home: 'dram' },
    },
    layers: {
      gemm: {
        operator: 'gemm',
        loops: { OX: 16, K: 4, C: 8 },
        operands: {
          I: { tensor: 'X', role: 'activation', map: index({ M: 'OX', K: 'C' }) },
          W: { tensor: 'W', role: 'weight', map: index({ N: 'K', K: 'C' }) },
          O: { tensor: 'O', role: 'output', map: index({ M: 'OX', N: 'K' }) },
        },
      },
    },
    buffers: { w: { memory: 'core0.l1', bytes: 32 }, x: { memory: 'core0.l1', bytes: 128 }, o: { memory: 'core0.l1', bytes: 64 } },
    operations,
    ...more,
  };
}

const index = (places: Readonly<Record<string, string>>) => ({
  kind: 'index' as const,
  expressions: Object.entries(places).map(([dim, loop]) => ({ dim, terms: [{ loop, coefficient: 1 }] })),
});
const run = (operations: readonly ScheduleOperation[], more: Partial<Schedule> = {}): Promise<FunctionalOutcome> => carryOut(spec, schedule(operations, more));
const both = [load('W', 'w'), load('X', 'x')];

describe('values of a right schedule', () => {
  const right: [string, readonly ScheduleOperation[], Partial<Schedule>?][] = [
    ['one tile', [...both, multiply(0, 16), store({})]],
    ['two tiles', [...both, multiply(0, 8), store({ box: rows(0, 8) }), multiply(8, 8), store({ box: rows(8, 16) })]],
    ['a sum in two parts', [...both, multiply(0, 16, { C: [0, 5] }), multiply(0, 16, { C: [5, 3], O: { mode: 'accumulate' } }), store({})]],
    ['no operands stated', [...both, multiply(0, 16), store({})], { layers: { gemm: { operator: 'gemm', loops: { OX: 16, K: 4, C: 8 } } } }],
    [
      'a weight from a copy under another name',
      [load('W', 'w', undefined, { tensor: 'V' }), load('X', 'x'), multiply(0, 16, { W: { tensor: 'V' } }), store({})],
    ],
  ];
  it.each(right)('%s', async (_, operations, more) => {
    const { values, isDone } = await run(operations, more);
    expect(isDone).toBe(true);
    expect(values).toMatchObject({ equal: true, compared: 64, wrong: 0, notCompared: [], notes: [] });
  });
});

describe('values of a wrong schedule', () => {
  const wrong: [string, readonly ScheduleOperation[], number, Partial<Schedule>?][] = [
    ['a load is left out', [load('X', 'x'), multiply(0, 16), store({})], 64],
    ['a store is left out', [...both, multiply(0, 16), store({ box: rows(0, 8) })], 32],
    ['a tile is left out', [...both, multiply(0, 8), store({ box: rows(0, 8) })], 32],
    ['rows stored under other coordinates', [...both, multiply(0, 16), store({ box: rows(0, 8) }, { tensor: 'O', box: rows(8, 16) })], 64],
    [
      'a transfer relabels',
      [load('W', 'w'), load('X', 'x', rows(0, 8)), load('X', 'x', rows(0, 8), { box: rows(8, 16), mode: 'add' }), multiply(0, 16), store({})],
      32,
    ],
    ['operands exchanged', [...both, multiply(0, 16, { I: { operand: 'W' }, W: { operand: 'I' } }), store({})], 60],
    ['another tensor', [load('V', 'w'), load('X', 'x'), multiply(0, 16, { W: { tensor: 'V' } }), store({})], 60],
    ['one element read', [...both, multiply(0, 16, { I: { box: { M: [0, 1], K: [0, 1] } } }), store({})], 64],
    ['a shifted read box', [...both, multiply(0, 8, { I: { box: rows(2, 10) } }), store({ box: rows(0, 8) }), multiply(8, 8), store({ box: rows(8, 16) })], 28],
    ['an operand left out', [...both, { ...multiply(0, 16), reads: [{ buffer: 'x', tensor: 'X', operand: 'I' }] }, store({})], 64],
    ['another operator', [...both, { ...multiply(0, 16), operator: 'add' }, store({})], 60],
    [
      'an output box that is not of the tile',
      [...both, multiply(0, 8, { O: { box: rows(0, 16) } }), multiply(8, 8, { O: { box: rows(0, 16), mode: 'accumulate' } }), store({})],
      60,
    ],
    [
      'accumulated on stale sums',
      [
        ...both,
        multiply(0, 8),
        store({ box: rows(0, 8) }),
        multiply(8, 8, { O: { box: rows(0, 8), mode: 'accumulate' } }),
        store({ box: rows(0, 8) }, { tensor: 'O', box: rows(8, 16) }),
      ],
      28,
    ],
    ['a partial sum stored', [...both, multiply(0, 16, { C: [0, 5] }), store({}), multiply(0, 16, { C: [5, 3], O: { mode: 'accumulate' } })], 60],
    ['a sum computed twice', [...both, multiply(0, 16), multiply(0, 16, { O: { mode: 'accumulate' } }), store({})], 60],
    [
      'a release too early',
      [...both, { ...load('V', 'v'), releases: [{ buffer: 'x' }] }, multiply(0, 16), store({})],
      64,
      { buffers: { ...schedule([]).buffers, v: { memory: 'core0.l1', bytes: 32 } } },
    ],
    [
      'an input overwritten at home',
      [
        load('W', 'w'),
        { kind: 'transfer', queue: 'core0.dma', reads: [{ tensor: 'V' }], writes: [{ tensor: 'X', box: rows(0, 4) }] },
        load('X', 'x'),
        multiply(0, 16),
        store({}),
      ],
      12,
    ],
  ];
  it.each(wrong)('%s', async (_, operations, atLeast, more) => {
    const { values } = await run(operations, more);
    expect(values.equal).toBe(false);
    expect(values.wrong).toBeGreaterThanOrEqual(atLeast);
    expect(values.firstDifference).toMatchObject({ tensor: 'O' });
  });

  it('homes that lie over one another', async () => {
    const { tensors } = schedule([]);
    const overlapping = { ...tensors, X: { ...tensors['X']!, address: 0 }, O: { ...tensors['O']!, address: 116 }, W: { ...tensors['W']!, address: 256 } };
    const { values } = await run([...both, multiply(0, 8), store({ box: rows(0, 8) }), load('X', 'x'), multiply(8, 8), store({ box: rows(8, 16) })], {
      tensors: overlapping,
    });
    // X ends 12 bytes behind the beginning of O: its last two rows are spoilt by the first store.
    expect(values).toMatchObject({ equal: false, wrong: 8 });
    expect(values.firstDifference).toMatchObject({ index: { M: 14, N: 0 }, got: 'undefined' });
  });

  it('buffers that lie over one another', async () => {
    const buffers = {
      w: { memory: 'core0.l1', bytes: 32, address: 0 },
      x: { memory: 'core0.l1', bytes: 128, address: 16 },
      o: { memory: 'core0.l1', bytes: 64, address: 8192 },
    };
    // X goes over the last 16 bytes of the weights: two of their four rows.
    const { values } = await run([...both, multiply(0, 16), store({})], { buffers });
    expect(values).toMatchObject({ equal: false, wrong: 32, firstDifference: { index: { M: 0, N: 2 }, got: 'undefined' } });
  });

  it('buffers that lie over one another, but what is in them does not', async () => {
    const buffers = {
      w: { memory: 'core0.l1', bytes: 64, address: 0 },
      x: { memory: 'core0.l1', bytes: 128, address: 32 },
      o: { memory: 'core0.l1', bytes: 64, address: 8192 },
    };
    expect((await run([...both, multiply(0, 16), store({})], { buffers })).values.equal).toBe(true);
  });

  it('a race, where nothing but order and `after` holds operations back', async () => {
    const operations = [...both, multiply(0, 16), store({})];
    expect((await run(operations, { hazards: 'checked' })).values.equal).toBe(false);
    const ordered = operations.map((operation, id) => (id === 0 ? operation : { ...operation, after: [id - 1] }));
    expect((await run(ordered, { hazards: 'checked' })).values.equal).toBe(true);
  });
});
