import { describe, expect, it } from 'vitest';
import type { Schedule, ScheduleLayer, ScheduleOperation } from '../../../core/schedule/index.js';
import { runFake } from './fake-machine.js';

const tensors: Schedule['tensors'] = {
  X: { dims: { M: 8, K: 6 }, format: 'int8', role: 'input', home: 'dram' },
  W: { dims: { N: 4, K: 6 }, format: 'int8', role: 'constant', home: 'dram' },
  V: { dims: { N: 4, K: 6 }, format: 'int8', role: 'constant', home: 'dram' },
  Y: { dims: { M: 8, N: 4 }, format: 'int8', role: 'output', home: 'dram' },
};
const buffers: Schedule['buffers'] = {
  x: { memory: 'l1', bytes: 64 },
  w: { memory: 'l1', bytes: 64 },
  y: { memory: 'l1', bytes: 64 },
  z: { memory: 'l1', bytes: 64 },
};
const index = (dims: Record<string, string>) => ({
  kind: 'index' as const,
  expressions: Object.entries(dims).map(([dim, loop]) => ({ dim, terms: [{ loop, coefficient: 1 }] })),
});
const stated: ScheduleLayer = {
  operator: 'gemm',
  loops: { OX: 8, K: 4, C: 6 },
  operands: {
    I: { tensor: 'X', role: 'activation', map: index({ M: 'OX', K: 'C' }) },
    W: { tensor: 'W', role: 'weight', map: index({ N: 'K', K: 'C' }) },
    O: { tensor: 'Y', role: 'output', map: index({ M: 'OX', N: 'K' }) },
  },
};
const standard: ScheduleLayer = { operator: 'gemm', loops: { OX: 8, K: 4, C: 6 } };

type Change = Partial<ScheduleOperation>;
const loadX: ScheduleOperation = { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'X' }], writes: [{ buffer: 'x' }] };
const loadW: ScheduleOperation = { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'W' }], writes: [{ buffer: 'w' }] };
const store: ScheduleOperation = { kind: 'transfer', queue: 'dma', reads: [{ buffer: 'y', tensor: 'Y' }], writes: [{ tensor: 'Y' }] };
const tile = (at: Record<string, number>, loops: Record<string, number>, change: Change = {}): ScheduleOperation => ({
  kind: 'compute',
  queue: 'core',
  layer: 'fc',
  operator: 'gemm',
  at,
  loops: { OX: 8, K: 4, C: 6, ...loops },
  reads: [
    { buffer: 'x', tensor: 'X', operand: 'I' },
    { buffer: 'w', tensor: 'W', operand: 'W' },
  ],
  writes: [{ buffer: 'y', tensor: 'Y', operand: 'O' }],
  ...change,
});
const whole = (change: Change = {}): ScheduleOperation => tile({}, {}, change);
const O = { buffer: 'y', tensor: 'Y', operand: 'O' } as const;

function rules(operations: ScheduleOperation[], layer: ScheduleLayer = stated): string[] {
  return rulesOf({ layers: { fc: layer }, operations });
}

function rulesOf(schedule: Partial<Schedule>): string[] {
  const run = runFake({ name: 'values', tensors, buffers, operations: [], ...schedule });
  return [...new Set(run.executor.violations.kept.map(({ rule }) => rule))];
}

describe.each([
  ['stated', stated],
  ['standard', standard],
])('a tile of a layer with %s operands', (_, layer) => {
  it('is legal when it reads what it needs, also more of it', () => {
    expect(rules([loadX, loadW, whole(), store], layer)).toEqual([]);
    const box = (low: number) => ({ M: [low, low + 4] as const });
    const half = (low: number) => tile({ OX: low }, { OX: 4 }, { writes: [{ ...O, box: box(low), mode: 'add' }] });
    expect(rules([loadX, loadW, half(0), half(4), store], layer)).toEqual([]);
  });

  it.each<[string, Change]>([
    ['too little of an operand', { reads: [{ buffer: 'x', tensor: 'X', operand: 'I', box: { M: [0, 7] } }, whole().reads![1]!] }],
    [
      'operands exchanged',
      {
        reads: [
          { buffer: 'w', tensor: 'W', operand: 'I' },
          { buffer: 'x', tensor: 'X', operand: 'W' },
        ],
      },
    ],
    ['an operand left out', { reads: [whole().reads![0]!] }],
    ['another operator', { operator: 'conv' }],
    ['another box written', { writes: [{ ...O, box: { M: [0, 7] } }] }],
  ])('is reported with %s', (_what, change) => {
    expect(rules([loadX, loadW, whole(change), store], layer)).toContain('operand-mismatch');
  });

  it('is reported with another tensor', () => {
    const loadV = { ...loadW, reads: [{ tensor: 'V' }] };
    const other = (at: number) =>
      tile(
        { OX: at },
        { OX: 4 },
        { reads: [whole().reads![0]!, { buffer: 'w', tensor: at === 0 ? 'W' : 'V', operand: 'W' }], writes: [{ ...O, box: { M: [at, at + 4] }, mode: 'add' }] },
      );
    expect(rules([loadX, loadW, other(0), loadV, other(4), store], layer)).toEqual(['operand-mismatch']);
  });
});

describe('values', () => {
  const part = (from: number, mode: 'replace' | 'accumulate', buffer = 'y'): ScheduleOperation =>
    tile({ C: from }, { C: 3 }, { writes: [{ ...O, buffer, mode }] });

  it('add up from parts made anywhere', () => {
    expect(rules([loadX, loadW, part(0, 'replace'), part(3, 'accumulate'), store])).toEqual([]);
    const add: ScheduleOperation = {
      kind: 'transfer',
      queue: 'dma',
      reduce: 'add',
      reads: [
        { buffer: 'y', tensor: 'Y' },
        { buffer: 'z', tensor: 'Y' },
      ],
      writes: [{ tensor: 'Y' }],
    };
    expect(rules([loadX, loadW, part(0, 'replace'), part(3, 'replace', 'z'), add])).toEqual([]);
    const fetch = { ...store, reads: [{ tensor: 'Y' }], writes: [{ buffer: 'z' }] };
    const storeZ = { ...store, reads: [{ buffer: 'z', tensor: 'Y' }] };
    expect(rules([loadX, loadW, part(0, 'replace'), store, fetch, part(3, 'accumulate', 'z'), storeZ])).toEqual([]);
  });

  it('are incomplete with a part left out, twice or replaced', () => {
    expect(rules([loadX, loadW, part(0, 'replace'), store, part(3, 'accumulate')])).toEqual(['output-incomplete']);
    expect(rules([loadX, loadW, part(0, 'replace'), part(3, 'replace'), store])).toEqual(['output-incomplete']);
    expect(rules([loadX, loadW, part(0, 'replace'), part(0, 'accumulate'), store])).toEqual(
      expect.arrayContaining(['wrong-accumulation', 'output-incomplete']),
    );
    expect(
      rules([loadX, loadW, whole(), { ...store, writes: [{ tensor: 'Y', box: { M: [0, 4] } }], reads: [{ buffer: 'y', tensor: 'Y', box: { M: [0, 4] } }] }]),
    ).toEqual(['output-incomplete']);
  });

  it('are not finished for a reader before the last part', () => {
    const user: ScheduleOperation = { kind: 'compute', queue: 'core', operator: 'relu', loops: { K: 32 }, reads: [{ buffer: 'y', tensor: 'Y' }], writes: [] };
    expect(rules([loadX, loadW, part(0, 'replace'), user, part(3, 'accumulate'), store])).toEqual(['unfinished-sum']);
  });

  it('keep their names', () => {
    const move: ScheduleOperation = { ...loadX, reads: [{ tensor: 'X', box: { M: [0, 4] } }], writes: [{ buffer: 'x', tensor: 'X', box: { M: [4, 8] } }] };
    expect(rules([move, loadX, loadW, whole(), store])).toEqual(['relabelled-data']);
    const two = {
      ...loadX,
      reads: [
        { tensor: 'X', box: { M: [0, 4] as const } },
        { tensor: 'X', box: { M: [4, 8] as const } },
      ],
      writes: [{ buffer: 'x', tensor: 'X', box: { M: [0, 8] as const } }],
    };
    expect(rules([two, loadW, whole(), store])).toEqual([]);
  });

  it('go out of date', () => {
    const change: ScheduleOperation = {
      kind: 'compute',
      queue: 'core',
      operator: 'scale',
      loops: { K: 24 },
      reads: [{ tensor: 'W' }],
      writes: [{ tensor: 'W' }],
    };
    expect(rules([loadX, loadW, change, whole(), store])).toEqual(['stale-copy']);
    const plain = whole({ layer: 'elsewhere' });
    expect(rulesOf({ operations: [loadX, change, loadW, plain, store] })).toEqual([]);
  });

  it('are loaded for a layer that computes with them', () => {
    const loadV = { ...loadW, layer: 'fc', reads: [{ tensor: 'V' }], writes: [{ buffer: 'z' }] };
    expect(rules([loadX, loadW, loadV, whole(), store])).toEqual(['operand-mismatch']);
  });
});
