import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxVolume, nestFacts, nestOperands, type LoopNest, type ScheduleOperation, type ScheduleViolation } from '../../../../core/index.js';
import { caseCount } from '../../../many.js';
import { conv, gemm, nestOf, nestSeed, type NestSeed } from './layers.js';
import { countSums, execute, loweringOf, lowerNest, scheduleOf, type Problem } from './lowered.js';

/** Elements that transfers read and write at a level's buffers or home, by operand and direction. */
function traffic(operations: Iterable<ScheduleOperation>): { read: number; written: number; count: number; points: number; tiles: number } {
  const sum = { read: 0, written: 0, count: 0, points: 0, tiles: 0 };
  for (const { kind, reads = [], writes = [], loops = {} } of operations) {
    if (kind === 'compute') {
      sum.tiles++;
      sum.points += Object.values(loops).reduce((product, size) => product * size, 1);
      continue;
    }
    sum.count++;
    for (const { box } of reads) sum.read += boxVolume(box!);
    for (const { box } of writes) sum.written += boxVolume(box!);
  }
  return sum;
}

function hold(problem: Problem, nest: LoopNest, buffers: number): void {
  const { workload, layer } = problem;
  const base = loweringOf(problem, nest);
  const lowered = lowerNest({ ...base, placement: { ...base.placement, buffers: () => buffers } });
  const { violations, isDone } = execute(scheduleOf(problem, nest, lowered));
  // With stride and padding a tile's box may hold rows between those that its points read, and no other.
  const { stride = 1, pad = 0 } = problem;
  const isGap = ({ rule, tensor }: ScheduleViolation): boolean => stride > 1 && pad > 0 && rule === 'overwrite-of-live-data' && tensor === 'x';
  expect(violations.filter((violation) => !isGap(violation))).toEqual([]);
  expect(isDone).toBe(true);
  const summed = ['C', 'FY'].reduce((product, loop) => product * (layer.loops[loop] ?? 1), 1);
  const counts = countSums(lowered.operations);
  expect(new Set(counts.values())).toEqual(new Set([summed]));
  expect(counts.size).toBe(boxVolume(Object.fromEntries(Object.entries(workload.tensors['o']!.dims).map(([dim, size]) => [dim, [0, size]]))));

  const facts = nestFacts(nest, layer.loops, nestOperands(workload, layer));
  const seen = traffic(lowered.operations);
  expect({ tiles: seen.tiles, points: seen.points }).toEqual({ tiles: facts.tiles, points: facts.points });
  const moved = facts.storages.filter(({ parent }) => parent !== undefined);
  const isBound =
    nest.levels.slice(1, -1).some(({ storage }) => 'O' in storage) && nest.levels.some(({ loops }) => loops.some(({ kind }) => kind === 'spatial'));
  if (isBound) return;
  const expected = { read: 0, written: 0, count: 0 };
  for (const { operand, residentElements, sharedElements, sharedResidencies, resumed, resumedElements } of moved) {
    expected.read += operand === 'O' ? residentElements + resumedElements : sharedElements;
    expected.written += operand === 'O' ? sharedElements + resumedElements : residentElements;
    expected.count += sharedResidencies + resumed;
  }
  expect({ read: seen.read, written: seen.written, count: seen.count }).toEqual(expected);
}

const memory = (level: number): string => (level === 0 ? 'm0' : `m${level}.{x}`);
const buffers = fc.integer({ min: 1, max: 3 });

/** Outputs in two levels, and instances of the inner that are idle while the outer gets another tile: found once by chance. */
const IDLE_INSTANCES: [number, number, number, NestSeed, number] = [
  4,
  1,
  2,
  {
    factors: [
      [2, 3, 1],
      [1, 1, 1],
      [2, 1, 1],
    ],
    order: [206, 0, 0, 0, 0, 0, 0, 0, 0],
    spatial: [false, true, true, true, true, true, false, true, true],
    stored: [
      [false, false, false],
      [false, false, true],
      [false, false, true],
    ],
  },
  1,
];

describe('a lowered nest', () => {
  it('is legal, adds up every output once, and moves what its facts say: products', () => {
    const size = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(size, size, size, nestSeed(3, 3), buffers, (M, K, C, seed, count) => {
        const problem = gemm(M, K, C);
        hold(problem, nestOf(problem.layer, seed, memory, 2), count);
      }),
      { numRuns: caseCount(400, 10), examples: [IDLE_INSTANCES] },
    );
  });

  it('is legal, adds up every output once, and moves what its facts say: convolutions', () => {
    const shape = fc.record({
      K: fc.integer({ min: 1, max: 3 }),
      C: fc.integer({ min: 1, max: 3 }),
      OY: fc.integer({ min: 1, max: 6 }),
      FY: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(shape, nestSeed(4, 3), buffers, (form, seed, count) => {
        const problem = conv(form);
        hold(problem, nestOf(problem.layer, seed, memory, 2), count);
      }),
      { numRuns: caseCount(400, 10) },
    );
  });
});

describe('a tile that several instances need', () => {
  const problem = gemm(8, 4, 16);
  const nest: LoopNest = {
    levels: [
      {
        storage: { I: 'm0', W: 'm0', O: 'm0' },
        loops: [
          { loop: 'K', size: 2, kind: 'spatial', axis: 'x' },
          { loop: 'OX', size: 4, kind: 'temporal' },
        ],
      },
      {
        storage: { I: 'm1.{x}', W: 'm1.{x}', O: 'm1.{x}' },
        loops: [
          { loop: 'OX', size: 2, kind: 'temporal' },
          { loop: 'K', size: 2, kind: 'temporal' },
          { loop: 'C', size: 16, kind: 'temporal' },
        ],
      },
    ],
  };

  it('is moved in pieces by the engines that share it, which can take turns', () => {
    const base = loweringOf(problem, nest);
    const turns: number[] = [];
    const transfer: typeof base.placement.transfer = ({ positions, turn, bytes, direction }) => {
      if (positions.length === 1) return `dma${positions[0]!['x']}`;
      if (direction === 'in') turns.push(turn);
      expect(bytes).toBe(2 * 16);
      return [`dma${turn % 2}`, `dma${(turn + 1) % 2}`];
    };
    const lowered = lowerNest({ ...base, placement: { ...base.placement, transfer } });
    const operations = [...lowered.operations];
    const shared = operations.filter(({ kind, writes }) => kind === 'transfer' && writes?.length === 2);
    expect(turns).toEqual([0, 2, 4, 6]);
    expect(shared.map(({ queue }) => queue)).toEqual(Array.from({ length: 4 }, () => ['dma0', 'dma1']).flat());
    expect(shared.map(({ reads }) => boxVolume(reads![0]!.box!))).toEqual(Array.from({ length: 8 }, () => 16));
    const { violations, isDone } = execute(scheduleOf(problem, nest, { ...lowered, operations }));
    expect([violations, isDone]).toEqual([[], true]);
  });

  it('leaves each memory with the last tile of its own core', () => {
    for (const { kind, queue, releases = [] } of lowerNest(loweringOf(problem, nest)).operations) {
      if (kind !== 'compute') continue;
      for (const { buffer } of releases) expect(buffer).toContain(`m1.${queue.slice('core'.length)}`);
    }
  });
});
