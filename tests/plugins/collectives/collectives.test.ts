import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLLECTIVE_OPERATORS, Kernel, ScheduleExecutor, expandCollectives, type ExecutorMachine, type ScheduleOperation } from '../../../core/index.js';
import { FixedUnit } from '../../core/schedule/fake-machine.js';
import { ALGORITHMS, bytesOf, collectiveSchedule, execute, expanded, wanted, type CollectiveCase } from './support.js';
import { caseCount } from '../../many.js';

const pairs = [...ALGORITHMS].flatMap(([algorithm, { operators }]) => operators.map((operator) => [operator, algorithm] as const));

/** Runs the expansion on units of fixed speed: a transfer takes alpha + beta bytes, an addition gamma bytes. */
function run(test: CollectiveCase, extra: { hazards?: 'checked'; alpha?: number; beta?: number; gamma?: number } = {}) {
  const { alpha = 100, beta = 2, gamma = 3 } = extra;
  const kernel = new Kernel();
  const fill: ScheduleOperation[] = [];
  const base = collectiveSchedule(test);
  // The buffers are filled first, in no time, so that the executor knows what lies where.
  const whole = collectiveSchedule({ ...test, participants: test.participants });
  const own = (i: number): readonly [number, number] => [
    Math.floor((i * test.size) / test.participants),
    Math.floor(((i + 1) * test.size) / test.participants),
  ];
  for (let i = 0; i < test.participants; i++) {
    const partial = test.operator === 'all-gather' || test.operator === 'all-to-all';
    if (test.operator === 'broadcast' && i !== (test.root ?? 0)) continue;
    fill.push({ kind: 'compute', queue: `vec${i}`, operator: 'fill', writes: [{ buffer: `g${i}`, tensor: 'G', ...(partial ? { box: { N: own(i) } } : {}) }] });
  }
  const after = fill.map((_, id) => id);
  const operations = [...fill, ...[...base.operations].map((operation) => ({ ...operation, after }))];
  const schedule = expandCollectives({ ...whole, operations, ...(extra.hazards === undefined ? {} : { hazards: extra.hazards }) }, ALGORITHMS);
  const ticks = (operation: { form: ScheduleOperation; reads: readonly { bytes: number }[] }): number => {
    if (operation.form.operator === 'fill') return 1;
    const bytes = operation.reads[0]?.bytes ?? 0;
    return operation.form.kind === 'transfer' ? alpha + beta * bytes : gamma * bytes;
  };
  const paths = Array.from({ length: test.participants }, (_, i) => [`dma${i}`, `vec${i}`]).flat();
  const units = new Map(paths.map((path) => [path, new FixedUnit(kernel, path, ticks)]));
  const machine: ExecutorMachine = {
    unit: (path) => units.get(path),
    unitPaths: paths,
    memoryId: (path) => Number(path.split('.')[1]),
    capacityBytes: () => 2 ** 30,
    bitsPerElement: () => ({ payload: 8, stored: 8 }),
  };
  const executor = new ScheduleExecutor(kernel, machine, schedule, {});
  kernel.start();
  executor.start();
  kernel.run();
  return { executor, ticks: executor.lastEndTick - 1 };
}

const sentBy = (test: CollectiveCase): number[] => {
  const operations = expanded(test);
  return Array.from({ length: test.participants }, (_, i) =>
    operations.filter(({ queue }) => queue === `dma${i}`).reduce((sum, operation) => sum + bytesOf(operation, test.size) * (operation.writes?.length ?? 0), 0),
  );
};

describe('every algorithm', () => {
  it.each(pairs)('%s by %s: everybody ends with every contribution exactly once', (operator, algorithm) => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 9, max: 14 }), fc.nat(8), (participants, size, root) => {
        const test: CollectiveCase = { operator, algorithm, participants, size, ...(operator === 'broadcast' ? { root: root % participants } : {}) };
        const operations = expanded(test);
        const buffers = execute(operations, test);
        for (let i = 0; i < participants; i++) {
          const held = buffers.get(`g${i}`)!;
          const goal = wanted(i, test);
          for (const [key, counts] of goal) expect(held.get(key)).toEqual(counts);
          // What was moved away must be gone: nobody may read a stale half sum.
          if (operator === 'all-to-all') expect(held.size).toBe(goal.size);
          expect(buffers.get(`s${i}`)?.size ?? 0).toBe(0);
        }
        expect(operations.map(({ id }) => id)).toEqual(operations.map((_, index) => index));
      }),
      { numRuns: caseCount(12, 1) },
    );
  });

  it.each(pairs)('%s by %s: runs without a violation, interlocked and checked, in the same time', (operator, algorithm) => {
    const test: CollectiveCase = { operator, algorithm, participants: 6, columns: 3, size: 12 };
    const free = run(test);
    expect(free.executor.isDone).toBe(true);
    expect(free.executor.violations.kept).toEqual([]);
    const checked = run(test, { hazards: 'checked' });
    expect(checked.executor.isDone).toBe(true);
    expect(checked.executor.violations.kept).toEqual([]);
  });
});

describe('bytes that each participant sends', () => {
  const [p, size] = [8, 16];
  const n = size * size;
  const share = ((p - 1) / p) * n;
  const all = (bytes: number): number[] => new Array<number>(p).fill(bytes);
  it.each([
    ['all-reduce', 'ring', all(2 * share)],
    ['all-gather', 'ring', all(share)],
    ['reduce-scatter', 'ring', all(share)],
    ['all-to-all', 'ring', all((p * (p - 1) * n) / 2 / p ** 2)],
    ['broadcast', 'ring', [...all(n).slice(1), 0]],
    ['all-reduce', 'mesh', all(2 * share)],
    ['all-gather', 'mesh', all(share)],
    ['reduce-scatter', 'mesh', all(share)],
    // On rows of 4: three other columns get two targets each; then one other row gets what came from four sources.
    ['all-to-all', 'mesh', all(((3 * 2 + 1 * 4) * n) / p ** 2)],
    ['all-reduce', 'direct', all(2 * share)],
    ['all-gather', 'direct', all(share)],
    ['reduce-scatter', 'direct', all(share)],
    ['all-to-all', 'direct', all(share / p)],
    // A sum for oneself, then a multicast of it to all others.
    ['all-reduce', 'in-network', all(n)],
    ['reduce-scatter', 'in-network', all(n / p)],
    ['broadcast', 'direct', [(p - 1) * n, ...all(0).slice(1)]],
    // Up once, and down as often as the binomial tree has children: 3 1 2 ... for eight.
    ['all-reduce', 'tree', [3 * n, n, 2 * n, n, 3 * n, n, 2 * n, n]],
    ['broadcast', 'tree', [3 * n, 0, n, 0, 2 * n, 0, n, 0]],
  ] as const)('%s by %s', (operator, algorithm, bytes) => {
    expect(sentBy({ operator, algorithm, participants: p, columns: 4, size })).toEqual(bytes);
  });
});

describe('time on units that nobody disturbs', () => {
  const size = 24;
  const n = size * size;
  const [alpha, beta, gamma] = [100, 2, 3];
  const transfer = (bytes: number): number => alpha + beta * bytes;

  it.each([2, 3, 4, 8])('ring of %i: p-1 rounds with and p-1 without an addition', (p) => {
    const part = n / p;
    const time = (operator: string): number => run({ operator, algorithm: 'ring', participants: p, size }).ticks;
    expect(time('reduce-scatter')).toBe((p - 1) * (transfer(part) + gamma * part));
    expect(time('all-gather')).toBe((p - 1) * transfer(part));
    expect(time('all-reduce')).toBe((p - 1) * (2 * transfer(part) + gamma * part));
    expect(time('broadcast')).toBe((2 * p - 2) * transfer(part));
  });

  it.each([2, 4, 8])('tree of %i: log2(p) rounds of everything up and down', (p) => {
    expect(run({ operator: 'all-reduce', algorithm: 'tree', participants: p, size }).ticks).toBe(Math.log2(p) * (2 * transfer(n) + gamma * n));
    expect(run({ operator: 'broadcast', algorithm: 'tree', participants: p, size }).ticks).toBe(Math.log2(p) * transfer(n));
  });

  it.each([
    [2, 2],
    [3, 2],
    [4, 2],
  ])('mesh of %i x %i: the ring of a row, then that of a column on a share', (columns, rows) => {
    const [row, column] = [n / columns, n / columns / rows];
    const up = (columns - 1) * (transfer(row) + gamma * row) + (rows - 1) * (transfer(column) + gamma * column);
    const down = (columns - 1) * transfer(row) + (rows - 1) * transfer(column);
    expect(run({ operator: 'all-reduce', algorithm: 'mesh', participants: columns * rows, columns, size }, { alpha, beta, gamma }).ticks).toBe(up + down);
  });
});

describe('in a schedule', () => {
  const test: CollectiveCase = { operator: 'all-gather', algorithm: 'ring', participants: 2, size: 8 };
  const expandAll = (operations: readonly ScheduleOperation[]): ScheduleOperation[] => [
    ...expandCollectives({ ...collectiveSchedule(test), operations }, ALGORITHMS).operations,
  ];
  const [collective] = [...collectiveSchedule(test).operations] as [ScheduleOperation];

  it('ids stay increasing, and `after` follows to the closing sync', () => {
    const sync = (after: number[]): ScheduleOperation => ({ kind: 'sync', queue: 'x', after });
    const operations = expandAll([sync([]), collective, sync([0, 1]), { ...collective, after: [1] }, { ...sync([1, 2, 3]), id: 9 }]);
    expect(operations.map(({ id }) => id ?? 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 13]);
    expect(operations[3]).toMatchObject({ kind: 'sync', queue: 'collectives', after: [1, 2] });
    expect(operations[4]!.after).toEqual([0, 3]);
    expect(operations[5]!.after).toEqual([3]);
    expect(operations[8]!.after).toEqual([3, 4, 7]);
  });

  it('is expanded as the stream is read', () => {
    let read = 0;
    const endless = {
      *[Symbol.iterator](): Generator<ScheduleOperation> {
        for (;;) {
          read++;
          yield collective;
        }
      },
    };
    const stream = expandCollectives({ ...collectiveSchedule(test), operations: endless }, ALGORITHMS).operations[Symbol.iterator]();
    for (let i = 0; i < 30; i++) stream.next();
    expect(read).toBe(10);
  });

  it.each([
    [{ with: { algorithm: 'rong' } }, /no collective algorithm 'rong'/],
    [{ operator: 'all-to-all', with: { algorithm: 'tree' } }, /algorithm 'tree' has no all-to-all/],
    [
      { operator: 'all-to-all', reads: [{ tensor: 'G', box: { N: [0, 1] as const, M: [0, 8] as const } }] },
      /splits the region in two dimensions, and there is no second one large enough.*of \d+ or more/,
    ],
    [{ operator: 'gather' }, /collective 'gather'/],
    [{ participants: collective.participants!.slice(1) }, /1 participants/],
    [
      {
        operator: 'all-reduce',
        participants: [
          { queue: 'dma0', buffer: 'g0' },
          { queue: 'dma1', buffer: 'g1' },
        ],
      },
      /needs 'scratch'/,
    ],
    [{ reads: [] }, /works on one region/],
    [{ after: [0] }, /waits for operation 0, which does not come before it/],
    [{ reduce: 'add' as const }, /says by its operator whether it reduces/],
    [{ with: { algorithm: 'mesh', columns: 3 } }, /columns 3/],
    [{ with: { algorithm: 'ring', along: 'Q' } }, /no dimension 'Q'/],
  ])('%o is refused', (change, message) => {
    expect(() => expandAll([{ ...collective, ...change } as ScheduleOperation])).toThrow(message);
  });

  it('an in-network all-reduce needs neither compute nor scratch', () => {
    const participants = [0, 1].map((i) => ({ queue: `dma${i}`, buffer: `g${i}` }));
    const operations = expandAll([{ ...collective, operator: 'all-reduce', participants, with: { algorithm: 'in-network' } }]);
    expect(operations.map(({ kind, reduce }) => reduce ?? kind)).toEqual(['add', 'add', 'transfer', 'transfer', 'sync']);
  });

  it('knows all operators', () => {
    for (const operator of COLLECTIVE_OPERATORS) expect(ALGORITHMS.get('ring')!.operators).toContain(operator);
  });
});

describe('a collective', () => {
  it('has no more participants than its operations can be counted for', () => {
    expect(() => expanded({ operator: 'broadcast', algorithm: 'ring', participants: 769, size: 2000 })).toThrow(
      'participants: 769 participants; expected at most 768',
    );
  });
});
