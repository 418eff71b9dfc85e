import { describe, expect, it } from 'vitest';
import {
  buildMachine,
  formatNest,
  lowerNest,
  nestFacts,
  ScheduleExecutor,
  type Loop,
  type LoopNest,
  type NestLevel,
  type Schedule,
} from '../../../../core/index.js';
import { executorMachine } from '../../../../core/run/executor-machine.js';
import { tiledMachine } from '../../../plugins/mappers/machines.js';
import { conv, gemm } from './layers.js';
import { loweringOf, scheduleOf, type Problem } from './lowered.js';

const t = (loop: string, size: number, last?: number): Loop => ({ loop, size, kind: 'temporal', ...(last === undefined ? {} : { last }) });
const s = (loop: string, size: number, last?: number): Loop => ({ ...t(loop, size, last), kind: 'spatial', axis: 'core' });
const all = (memory: string): Record<string, string> => ({ I: memory, W: memory, O: memory });
const level = (storage: Record<string, string>, ...loops: Loop[]): NestLevel => ({ storage, loops });

function run(schedule: Schedule, cores: number) {
  const machine = buildMachine(tiledMachine(cores, 16 * 1024));
  const executor = new ScheduleExecutor(
    machine.kernel,
    executorMachine(machine, () => ({ payload: 8, stored: 8 })),
    schedule,
  );
  machine.start();
  executor.start();
  machine.kernel.run();
  machine.finish();
  const macs = Array.from({ length: cores }, (_, core) => machine.built(`core${core}.pe`).statistics['macs'] ?? 0);
  return { executor, macs, read: machine.built('dram').statistics['bytesRead'] };
}

function lowered(problem: Problem, nest: LoopNest, cores: number) {
  const lowering = loweringOf(problem, nest, {
    placement: {
      axes: { core: Array.from({ length: cores }, (_, core) => `core${core}`) },
      core: ({ core = 0 }) => `core${core}.pe`,
      transfer: ({ position: { core = 0 } }) => `core${core}.dma`,
    },
  });
  const schedule = scheduleOf(problem, nest, lowerNest(lowering));
  return { ...schedule, tensors: Object.fromEntries(Object.entries(schedule.tensors).map(([name, tensor]) => [name, { ...tensor, home: 'dram' }])) };
}

const product = gemm(40, 36, 50);
const filter = conv({ K: 12, C: 6, OY: 23, FY: 3, stride: 2, pad: 1 });
const l1 = '{core}.l1';

const NESTS: [string, Problem, number, LoopNest][] = [
  ['outputs stay', product, 1, { levels: [level(all('dram'), t('OX', 5), t('K', 3), t('C', 4)), level(all(l1), t('OX', 8), t('K', 12), t('C', 13, 11))] }],
  [
    'weights stay, partial sums go and come',
    product,
    1,
    { levels: [level(all('dram'), t('K', 3), t('C', 4), t('OX', 5)), level(all(l1), t('OX', 8), t('K', 12), t('C', 13, 11))] },
  ],
  [
    'weights cut further outside than the others',
    product,
    1,
    { levels: [level(all('dram'), t('K', 3)), level({ W: l1 }, t('OX', 5)), level({ I: l1, O: l1 }, t('OX', 8), t('K', 12), t('C', 50))] },
  ],
  [
    'columns on four cores, inputs multicast',
    product,
    4,
    { levels: [level(all('dram'), t('OX', 5), s('K', 4)), level(all(l1), t('OX', 8), t('K', 9), t('C', 50))] },
  ],
  [
    'the sum on four cores, reduced on the way out',
    product,
    4,
    { levels: [level(all('dram'), t('OX', 5), s('C', 4)), level(all(l1), t('OX', 8), t('K', 36), t('C', 13, 11))] },
  ],
  [
    'rows on three cores, an imperfect factor',
    product,
    3,
    { levels: [level(all('dram'), t('K', 2), s('OX', 3)), level(all(l1), t('OX', 14, 12), t('K', 18), t('C', 50))] },
  ],
  [
    'rows of a convolution with halo',
    filter,
    1,
    { levels: [level(all('dram'), t('OY', 6)), level(all(l1), t('OY', 4, 3), t('K', 12), t('C', 6), t('FY', 3))] },
  ],
  [
    'rows on four cores, channels cut',
    filter,
    4,
    { levels: [level(all('dram'), t('C', 2), s('OY', 4)), level(all(l1), t('OY', 6, 5), t('K', 12), t('C', 3), t('FY', 3))] },
  ],
];

describe('a lowered nest on simulated hardware', () => {
  it.each(NESTS)('%s: no violation, every point once', (_, problem, cores, nest) => {
    const schedule = lowered(problem, nest, cores);
    const { executor, macs } = run(schedule, cores);
    expect(executor.violations.kept, formatNest(nest)).toEqual([]);
    expect(executor.isDone).toBe(true);
    expect(macs.reduce((sum, count) => sum + count, 0)).toBe(Object.values(problem.layer.loops).reduce((points, size) => points * size, 1));
    expect(macs.every((count) => count > 0)).toBe(true);
  });

  it('reads from the DRAM what the facts say, shared operands once', () => {
    for (const [, problem, cores, nest] of NESTS.slice(0, 4)) {
      const { read } = run(lowered(problem, nest, cores), cores);
      const { accesses } = nestFacts(nest, problem.layer.loops, loweringOf(problem, nest).operands);
      expect(read).toBe(accesses.filter((access) => access.level === 0).reduce((sum, { reads }) => sum + reads, 0));
    }
  });
});
