import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, type CrosscheckPlugin, type ReferenceRecord } from '../../../../core/index.js';
import crosscheckPlugin from '../../../../plugins/crosschecks/fused-tree-estimate/index.js';
import {
  evaluateTileflow,
  sixDigits,
  tileflowAudit,
  tileflowCase,
  tileflowEstimate,
  tileflowNests,
  type TileflowCase,
  type TileflowNode,
  type TileflowProblem,
  type TileflowScopeKind,
} from '../../../../plugins/lib/tileflow/index.js';
import { toolContext } from '../../../tool-context.js';

const crosscheck = crosscheckPlugin as CrosscheckPlugin;
const { records } = JSON.parse(readFileSync(new URL('../../../golden/fused-estimate-tileflow.json', import.meta.url), 'utf8')) as {
  records: ReferenceRecord[];
};

const PRODUCT: TileflowProblem = {
  sizes: { M: 8, N: 4, K: 6 },
  tensors: [
    { name: 'C', ranks: [['M'], ['N']], readWrite: true },
    { name: 'A', ranks: [['M'], ['K']], readWrite: false },
    { name: 'B', ranks: [['K'], ['N']], readWrite: false },
  ],
  operations: [{ name: 'GEMM', dimensions: ['M', 'N', 'K'], ins: ['A', 'B'], out: 'C' }],
  ins: ['A', 'B'],
  outs: ['C'],
};

const alone = { instances: 1, meshX: 1, meshY: 1, wordBits: 16 };
const tile = (level: string, loops: Record<string, number>, child: TileflowNode, spatial = false): TileflowNode => ({
  type: 'tile',
  level,
  spatial,
  loops: Object.entries(loops).map(([dimension, size]) => ({ dimension, size })),
  bypass: [],
  profile: true,
  multicast: true,
  child,
});
const op = (name: string): TileflowNode => ({ type: 'op', name });
const one = (loops: Record<string, number>, inner: Record<string, number>, rates: { readRate?: number; writeRate?: number } = {}): TileflowCase => ({
  id: 'one',
  machine: {
    name: 'two levels',
    levels: [
      { ...alone, name: 'far', ...rates },
      { ...alone, name: 'near' },
    ],
    macs: { instances: 1, meshX: 1, meshY: 1 },
  },
  problem: PRODUCT,
  tree: tile('far', loops, tile('near', inner, op('GEMM'))),
});

describe("TileFlow's model", () => {
  it('reads a tensor again when a loop outside of its tile changes its index', () => {
    // M outside, N inside: A (8 x 6) once, B (6 x 4) for each of four tiles of M.
    const { levels, cycles } = evaluateTileflow(one({ M: 4, N: 2 }, { M: 2, N: 2, K: 6 }));
    expect(levels['far']!.tensorReads).toMatchObject({ A: 48, B: 96 });
    expect(levels['far']!.tensorUpdates['C']).toBe(32);
    expect(levels['near']!.tensorReads['A']).toBe(192);
    expect(cycles).toBe(192);
  });

  it('reads a tile once while loops that do not index it step', () => {
    const { levels } = evaluateTileflow(one({ N: 2, M: 4 }, { M: 2, N: 2, K: 6 }));
    expect(levels['far']!.tensorReads).toMatchObject({ A: 96, B: 24 });
  });

  it('draws out what a memory cannot deliver in time', () => {
    const { levels, cycles } = evaluateTileflow(one({ M: 4, N: 2 }, { M: 2, N: 2, K: 6 }, { readRate: 0.5 }));
    expect(cycles).toBe(Math.ceil(levels['far']!.reads / 0.5));
    expect(levels['far']!.slowDown).toBeCloseTo(cycles / 192, 12);
  });

  it('shares a word among instances that need the same, and gives each its own otherwise', () => {
    const spread = (loops: Record<string, number>): TileflowCase => ({
      ...one({}, {}),
      machine: {
        name: 'array',
        levels: [
          { ...alone, name: 'far' },
          { ...alone, name: 'near', instances: 4, meshX: 4 },
        ],
        macs: { instances: 4, meshX: 4, meshY: 1 },
      },
      tree: tile(
        'far',
        { M: 2, N: loops['N'] === undefined ? 4 : 1, K: 6 },
        tile('far', loops, tile('near', loops['N'] === undefined ? {} : { M: 4 }, op('GEMM')), true),
      ),
    });
    const rows = evaluateTileflow(spread({ M: 4 }));
    expect(rows.levels['far']!.tensorReads).toMatchObject({ A: 192, B: 48 });
    expect(rows.cycles).toBe(48);
    expect(evaluateTileflow(spread({ N: 4 })).levels['far']!.tensorReads).toMatchObject({ A: 48, B: 48 });
  });

  it('adds parts that run one after the other, and takes the longest of those side by side', () => {
    const problem: TileflowProblem = {
      ...PRODUCT,
      tensors: [...PRODUCT.tensors, { name: 'E', ranks: [['M'], ['N']], readWrite: true }],
      operations: [...PRODUCT.operations, { name: 'NEXT', dimensions: ['M', 'N'], ins: ['C'], out: 'E' }],
      outs: ['E'],
    };
    const both = (kind: TileflowScopeKind): number =>
      evaluateTileflow({
        ...one({}, {}),
        problem,
        tree: {
          type: 'scope',
          kind,
          children: [tile('far', { M: 8, N: 4 }, tile('near', { K: 6 }, op('GEMM'))), tile('far', { M: 8 }, tile('near', { N: 4 }, op('NEXT')))],
        },
      }).cycles;
    expect([both('sequential'), both('sharing'), both('pipeline'), both('parallel')]).toEqual([224, 224, 192, 192]);
  });

  it('keeps what a part hands on at its memory: it is not read from outside', () => {
    const fused = evaluateTileflow(tileflowCase(records.find(({ id }) => id === 'tileflow-attn-BERT-base-chimera-edge')));
    expect(fused.levels['L2']!.tensorReads['C']).toBe(0);
    expect(fused.levels['L1']!.tensorReads['C']).toBeGreaterThan(0);
  });

  it('never counts less than each input and output once, whatever the loops', () => {
    const order = fc.shuffledSubarray(['M', 'N', 'K'], { minLength: 3, maxLength: 3 });
    const cut = fc.record({ M: fc.constantFrom(1, 2, 4, 8), N: fc.constantFrom(1, 2, 4), K: fc.constantFrom(1, 2, 3, 6) });
    fc.assert(
      fc.property(order, cut, (dimensions, outer) => {
        const loops = Object.fromEntries(dimensions.map((dimension) => [dimension, outer[dimension as 'M']]));
        const inner = { M: 8 / outer.M, N: 4 / outer.N, K: 6 / outer.K };
        const { levels, cycles } = evaluateTileflow(one(loops, inner));
        const { A, B } = levels['far']!.tensorReads;
        expect(cycles).toBe(192);
        expect(A! >= 48 && A! % 48 === 0 && A! <= 192).toBe(true);
        expect(B! >= 24 && B! % 24 === 0 && B! <= 192).toBe(true);
        expect(levels['far']!.tensorUpdates['C']! >= 32).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('prints six digits as the tool does', () => {
    expect([1.265625, 1048576, 2359296, 983040, 0, 3145733.5].map(sixDigits)).toEqual([1.26562, 1048580, 2359300, 983040, 0, 3145730]);
  });

  it.each(records.filter((_, index) => index % 6 === 0).map(({ id }) => [id]))('gives every number of %s', async (id) => {
    const record = records.find((each) => each.id === id)!;
    const found = await crosscheck.simulate(record, toolContext);
    const { cycles, levels } = record.expected as { cycles: number; levels: Record<string, Record<string, number>> };
    expect(found['cycles']).toBe(cycles);
    for (const [level, figures] of Object.entries(levels))
      for (const metric of ['Read', 'Update', 'Fill', 'Write', 'slow_down'])
        expect([level, metric, found[`levels.${level}.${metric}`]]).toEqual([level, metric, figures[metric]]);
  });

  it('holds no estimate of the tool against a bound above it', () => {
    const { demands } = tileflowAudit(tileflowCase(records[0]), 983040);
    expect(demands.map(({ resource, amount, perCycle }) => [resource, amount / perCycle])).toMatchObject([
      ['array', 98304],
      ['L2 read', 983040],
      ['L1 read', expect.any(Number)],
      ['L0 read', expect.any(Number)],
    ]);
    expect(demands.every(({ amount, perCycle }) => amount / perCycle <= 983040)).toBe(true);
  });

  it('raises an estimate that memories cannot keep up with, where it is asked to', () => {
    const subject = tileflowCase(records[0]);
    expect(tileflowEstimate(subject, { cycles: 1000 }, true).cycles).toBe(983040);
    expect(tileflowEstimate(subject, { cycles: 1000 }).cycles).toBe(1000);
  });

  it('cuts the loops above an operation at the two outermost memories', () => {
    const { ProduceC } = tileflowNests(tileflowCase(records[0]));
    expect(ProduceC!.levels.map(({ storage }) => storage['O'])).toEqual(['dram', 'core0.l1', undefined]);
    const product = ProduceC!.levels.flatMap(({ loops }) => loops).reduce((all, { size }) => all * size, 1);
    expect(product).toBe(12 * 512 * 512 * 64);
  });
});

describe('records that the model refuses', () => {
  /** The first record with another value at a path; undefined takes it away. */
  const changed = (path: string, value: unknown): unknown => {
    const copy: unknown = structuredClone(records[0]);
    const keys = path.split('.');
    const last = keys.pop()!;
    const holder = keys.reduce((at, key) => (at as Record<string, unknown>)[key], copy) as Record<string, unknown>;
    if (value === undefined) delete holder[last];
    else holder[last] = value;
    return copy;
  };
  it.each<[string, string, unknown, RegExp]>([
    ['no tree', 'schedule.tree', undefined, /schedule.tree/],
    ['an unknown memory', 'schedule.tree.tile', 'L7', /no memory 'L7'/],
    ['factors that do not cover', 'schedule.tree.loops.1.1', 5, /loops over H make/],
    ['a loop of nothing', 'schedule.tree.loops.1.1', 0, /no loop/],
    ['another workload', 'workload.op', 'conv', /no workload 'conv'/],
    ['no rate', 'config.levels.0.read_bandwidth', -1, /read_bandwidth/],
    ['an endless tree', 'schedule.tree', deep(300), /too large/],
    ['sizes that are not countable', 'workload.M', 2 ** 50, /too large|whole number/],
    ['an array without end', 'config.levels.3.name', 'mac[0..999999999]', /instances/],
  ])('%s', (_, path, value, message) => {
    const run = (): unknown => evaluateTileflow(tileflowCase(changed(path, value)));
    expect(run).toThrow(InputError);
    expect(run).toThrow(message);
  });

  it('a spatial tile that is wider than its array', () => {
    const wide = one({ M: 8, N: 4 }, {});
    const tree = tile('far', { M: 4, N: 4 }, tile('far', { M: 2 }, tile('near', { K: 6 }, op('GEMM')), true));
    expect(() => evaluateTileflow({ ...wide, tree })).toThrow(/2 x 1 does not fit/);
  });

  it('a tree whose steps multiply without end', () => {
    let tree: TileflowNode = tile('near', { K: 2 }, op('GEMM'));
    for (let depth = 0; depth < 60; depth += 1) tree = tile('far', { M: 2, N: 2 }, tree);
    expect(() => evaluateTileflow({ ...one({}, {}), tree })).toThrow(/too many steps/);
  });
});

function deep(depth: number): object {
  return depth === 0 ? { op: 'ProduceC' } : { tile: 'L2', kind: 'temporal', loops: [], child: deep(depth - 1) };
}
