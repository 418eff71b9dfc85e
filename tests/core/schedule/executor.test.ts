import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/errors.js';
import { findWaitCycle } from '../../../core/kernel/index.js';
import type { ScheduleOperation } from '../../../core/schedule/index.js';
import { expandItems } from '../../../core/schedule/form/repeat.js';
import { compute, load, runFake, schedule, store } from './fake-machine.js';
import { caseCount } from '../../many.js';

const REPEATS = caseCount(100_000, 5_000);

/** A computation that makes Y[from, to). */
const made = (buffer: string, from: number, to: number): ScheduleOperation => ({
  kind: 'compute',
  queue: 'core',
  writes: [{ buffer, tensor: 'Y', box: { N: [from, to] } }],
});

const rules = (run: ReturnType<typeof runFake>): string[] => run.executor.violations.kept.map((violation) => violation.rule);

describe('ScheduleExecutor: dependencies', () => {
  it('waits for what it reads and for the readers of what it overwrites', () => {
    const run = runFake(
      schedule([load('A', 0, 100), compute('A', 'B', 0, 100), store('B', 0, 100), load('A', 100, 200), compute('A', 'B', 100, 200), store('B', 100, 200)]),
      { slots: 4 },
    );
    expect(run.executor.isDone).toBe(true);
    expect(rules(run)).toEqual([]);
    expect([...run.issue.entries()].sort((a, b) => a[0] - b[0])).toEqual([
      [0, 0],
      [1, 10],
      [2, 20],
      [3, 20],
      [4, 30],
      [5, 40],
    ]);
  });

  it('overlaps transfer and compute through two buffers', () => {
    const tiles = [0, 1, 2, 3];
    const buffers = { A: { memory: 'l1', bytes: 100 }, B: { memory: 'l1', bytes: 100 }, O: { memory: 'l1', bytes: 400 } };
    const operations = tiles.flatMap((t) => [
      load(t % 2 === 0 ? 'A' : 'B', t * 100, t * 100 + 100),
      compute(t % 2 === 0 ? 'A' : 'B', 'O', t * 100, t * 100 + 100, {
        writes: [{ buffer: 'O', tensor: 'Y', box: { N: [t * 100, t * 100 + 100] }, mode: 'add' }],
      }),
    ]);
    const run = runFake(schedule(operations, { buffers }));
    expect(rules(run)).toEqual([]);
    expect(run.executor.lastEndTick).toBe(50);
    expect(run.peak.get(0)).toBe(600);
  });

  it('holds an addition to a full buffer until a release makes room', () => {
    const operations = [
      load('A', 0, 200),
      load('A', 200, 400, { writes: [{ buffer: 'A', mode: 'add' }] }),
      compute('A', 'B', 0, 100, {
        reads: [{ buffer: 'A', tensor: 'X', box: { N: [0, 200] } }],
        releases: [{ buffer: 'A', tensor: 'X', box: { N: [0, 200] } }],
      }),
    ];
    const inOrder = [operations[0]!, operations[2]!, operations[1]!];
    const run = runFake(schedule(inOrder), { slots: 4 });
    expect(rules(run)).toEqual([]);
    expect(run.issue.get(2)).toBe(20);
    expect(rules(runFake(schedule(operations)))).toEqual(['capacity-overflow']);
  });

  it('frees a released region only when its other readers have ended too', () => {
    const slow = (id: number): number => (id === 1 ? 100 : 10);
    const operations = [
      load('A', 0, 300),
      compute('A', 'B', 0, 100, { queue: 'core1' }),
      compute('A', 'A', 0, 1, { reads: [{ buffer: 'A' }], writes: [], releases: [{ buffer: 'A' }] }),
      load('A', 300, 600, { writes: [{ buffer: 'A', mode: 'add' }] }),
    ];
    const run = runFake(schedule(operations), { ticks: (operation) => slow(operation.id) });
    expect(run.end.get(2)).toBe(20);
    expect(run.issue.get(3)).toBe(110);
  });

  it('lets accumulation follow the former writer', () => {
    const part = (mode: 'replace' | 'accumulate', queue: string) => ({
      kind: 'compute' as const,
      queue,
      reads: [{ tensor: 'X', box: { N: [0, 10] as const } }],
      writes: [{ buffer: 'B', tensor: 'Y', box: { N: [0, 10] as const }, mode }],
    });
    const run = runFake(schedule([part('replace', 'core'), part('accumulate', 'core1'), store('B', 0, 10)]));
    expect(rules(run)).toEqual([]);
    expect([run.issue.get(1), run.issue.get(2)]).toEqual([10, 20]);
  });

  it('orders halo reads after exactly the tiles that they touch', () => {
    const produce = (t: number) => ({
      kind: 'compute' as const,
      queue: t % 2 === 0 ? 'core' : 'core1',
      writes: [{ tensor: 'T', box: { N: [t * 10, t * 10 + 10] as const } }],
    });
    const consume = { kind: 'transfer' as const, queue: 'dma', reads: [{ tensor: 'T', box: { N: [8, 22] as const } }], writes: [{ buffer: 'A' }] };
    const run = runFake(schedule([produce(0), produce(1), produce(2), consume, produce(3)]), { ticks: (operation) => 10 * (operation.id + 1) });
    expect(rules(run)).toEqual([]);
    expect(run.issue.get(3)).toBe(40);
  });

  it('honours `after`, and refuses one that does not come before', () => {
    const late = { kind: 'compute' as const, queue: 'core', after: [0] };
    expect(runFake(schedule([load('A', 0, 100), late])).issue.get(1)).toBe(10);
    expect(() => runFake(schedule([{ ...late, after: [0] }]))).toThrow('operation 0.after: waits for operation 0');
  });

  it('gives the same times whatever the look-ahead, unless it is too small to overlap', () => {
    const operations = Array.from({ length: 40 }, (_, t) => [
      load(t % 2 === 0 ? 'A' : 'B', t, t + 1),
      compute(t % 2 === 0 ? 'A' : 'B', 'O', t, t + 1, { writes: [] }),
    ]).flat();
    const end = (lookAhead: number): number => runFake(schedule(operations), { lookAhead }).executor.lastEndTick;
    expect(end(1000)).toBe(410);
    expect(end(4)).toBe(410);
    expect(end(1)).toBe(800);
  });
});

describe('ScheduleExecutor: buffers over one another', () => {
  const buffers = {
    A: { memory: 'l1', bytes: 300, address: 0 },
    B: { memory: 'l1', bytes: 300, address: 1000 },
    C: { memory: 'l1', bytes: 300, address: 200 },
  };

  it('waits for the users of the bytes below, released or not', () => {
    const use = compute('A', 'B', 0, 100, { queue: 'core1' });
    for (const releases of [[], [{ buffer: 'A' }]]) {
      const run = runFake(schedule([load('A', 0, 300), { ...use, releases }, load('C', 300, 400)], { buffers }), { ticks: ({ id }) => (id === 1 ? 70 : 10) });
      expect(rules(run)).toEqual([]);
      expect(run.issue.get(2)).toBe(80);
      expect(run.peak.get(0)).toBe(400);
    }
  });

  it('does not wait for bytes that it does not write', () => {
    const run = runFake(schedule([load('A', 0, 200), compute('A', 'B', 0, 100), load('C', 200, 300)], { buffers }), {
      ticks: ({ id }) => (id === 1 ? 70 : 10),
    });
    expect([rules(run), run.issue.get(2)]).toEqual([[], 10]);
  });

  it('keeps a second writer of the same bytes apart, too', () => {
    const both = { ...buffers, C: { memory: 'l1', bytes: 300, address: 0 } };
    const add = (from: number, queue: string) => load('C', from, from + 100, { queue, writes: [{ buffer: 'C', mode: 'add' }] });
    const run = runFake(
      schedule([load('A', 0, 300), compute('A', 'B', 0, 100, { releases: [{ buffer: 'A' }] }), add(300, 'dma'), add(400, 'core1')], { buffers: both }),
      {
        ticks: ({ id }) => (id === 1 ? 70 : 10),
      },
    );
    expect([rules(run), run.issue.get(2), run.issue.get(3)]).toEqual([[], 80, 80]);
  });

  it('reports data that another buffer overwrites, and reads of what is gone', () => {
    expect(rules(runFake(schedule([made('A', 0, 300), load('C', 100, 200)], { buffers })))).toEqual(['overwrite-of-live-data']);
    const late = [
      load('A', 0, 300),
      compute('A', 'B', 0, 10),
      load('C', 0, 10),
      compute('A', 'B', 10, 20, { reads: [{ buffer: 'A', tensor: 'X', box: { N: [200, 210] as const } }], writes: [] }),
    ];
    expect(rules(runFake(schedule(late, { buffers })))).toEqual(['use-after-release']);
  });

  it('says when the offending operation begins, not when it was read ahead', () => {
    const again = runFake(schedule([made('A', 0, 100), load('A', 0, 100)]), { ticks: () => 40 });
    const [violation] = again.executor.violations.kept;
    expect(violation).toMatchObject({ rule: 'overwrite-of-live-data', operations: [0, 1], tick: again.issue.get(1) });
    expect(violation?.tick).toBe(40);
  });

  it('places what has no address into the holes between what has one', () => {
    const layout = { A: { memory: 'l1', bytes: 100, address: 64 }, B: { memory: 'l1', bytes: 200 }, C: { memory: 'l1', bytes: 64 } };
    const used = runFake(schedule([load('C', 0, 64), load('B', 0, 200)], { buffers: layout })).executor.layoutFigures.get(0);
    expect(used).toMatchObject({ usedBytes: 128 + 256 + 64, highWaterBytes: 192 + 256 });
    const tight = { A: { memory: 'l1', bytes: 64, address: 2 ** 19 }, B: { memory: 'l1', bytes: 2 ** 19 + 64 } };
    expect(() => runFake(schedule([], { buffers: tight }))).toThrow('free in 2 pieces, the largest of 524288');
  });

  it('refuses a buffer outside its memory', () => {
    expect(() => runFake(schedule([], { buffers: { A: { memory: 'l1', bytes: 300, address: 2 ** 20 } } }))).toThrow('lie outside of the memory');
  });
});

describe('ScheduleExecutor: what is wrong with a schedule', () => {
  it('reports a read of what nobody has written', () => {
    const run = runFake(schedule([{ kind: 'transfer', queue: 'dma', reads: [{ tensor: 'T', box: { N: [0, 10] } }], writes: [{ buffer: 'A' }] }]));
    expect(run.executor.violations.kept[0]).toMatchObject({ rule: 'read-before-write', operations: [0], tensor: 'T' });
  });

  it('reports a use after release, with the operation that released', () => {
    const run = runFake(
      schedule([
        load('A', 0, 100),
        compute('A', 'B', 0, 10, { releases: [{ buffer: 'A' }] }),
        compute('A', 'B', 10, 20, { reads: [{ buffer: 'A', tensor: 'X', box: { N: [0, 10] } }], writes: [] }),
      ]),
    );
    expect(run.executor.violations.kept[0]).toMatchObject({ rule: 'use-after-release', operations: [1, 2], buffer: 'A' });
  });

  it('reports results that are overwritten before anybody has read them, by element', () => {
    const run = runFake(schedule([made('A', 0, 100), load('A', 100, 200)]));
    expect(run.executor.violations.kept).toMatchObject([{ rule: 'overwrite-of-live-data', operations: [0, 1], buffer: 'A' }]);
    const read = compute('A', 'B', 0, 10, { reads: [{ buffer: 'A', tensor: 'Y', box: { N: [0, 99] as const } }], writes: [] });
    expect(rules(runFake(schedule([made('A', 0, 100), read, load('A', 100, 200)])))).toEqual(['overwrite-of-live-data']);
    expect(rules(runFake(schedule([made('A', 0, 100), store('A', 0, 100), load('A', 100, 200)])))).toEqual([]);
  });

  it('lets copies of what is at home go', () => {
    expect(rules(runFake(schedule([load('A', 0, 100), load('A', 100, 200)])))).toEqual([]);
  });

  it('reports a tile that does not fit its buffer', () => {
    expect(rules(runFake(schedule([load('A', 0, 301)])))).toEqual(['capacity-overflow']);
  });

  it('reports boxes outside their tensor and transfers whose ends differ', () => {
    expect(rules(runFake(schedule([load('A', 900, 1001)])))).toContain('shape-mismatch');
    const uneven = {
      kind: 'transfer' as const,
      queue: 'dma',
      reads: [{ tensor: 'X', box: { N: [0, 10] as const } }],
      writes: [{ buffer: 'A', tensor: 'X', box: { N: [0, 9] as const } }],
    };
    expect(rules(runFake(schedule([uneven])))).toEqual(['shape-mismatch']);
  });

  it('reports a race when hazards are only checked', () => {
    const operations = [load('A', 0, 100), compute('A', 'B', 0, 100)];
    const run = runFake(schedule(operations, { hazards: 'checked' }));
    expect(run.executor.violations.kept).toMatchObject([{ rule: 'race', operations: [0, 1], buffer: 'B', tick: 0 }]);
    const fenced = [operations[0]!, { ...operations[1]!, after: [0] }];
    expect(rules(runFake(schedule(fenced, { hazards: 'checked' })))).toEqual([]);
  });

  it('reports points computed twice and never', () => {
    const layers = { conv: { operator: 'conv2d', loops: { K: 4, OY: 8 } } };
    const tile = (K: number, OY: number, extra = {}) => ({
      kind: 'compute' as const,
      queue: 'core',
      layer: 'conv',
      at: { K, OY },
      loops: { K: 2, OY: 4 },
      ...extra,
    });
    const all = [tile(0, 0), tile(2, 0), tile(0, 4), tile(2, 4)];
    expect(rules(runFake(schedule(all, { layers })))).toEqual([]);
    const missing = runFake(schedule(all.slice(1), { layers }));
    expect(missing.executor.violations.kept[0]).toMatchObject({ rule: 'coverage', layer: 'conv' });
    expect(missing.executor.violations.kept[0]?.message).toContain('8 of 32 points');
    const twice = runFake(schedule([...all, tile(1, 0)], { layers }));
    expect(twice.executor.violations.kept[0]).toMatchObject({ rule: 'coverage', operations: [0, 4] });
    expect(rules(runFake(schedule([...all, tile(1, 0, { recompute: true })], { layers })))).toEqual([]);
  });

  it('reports a tile outside its layer', () => {
    const layers = { conv: { operator: 'conv2d', loops: { K: 4 } } };
    expect(rules(runFake(schedule([{ kind: 'compute', queue: 'core', layer: 'conv', at: { K: 2 }, loops: { K: 4 } }], { layers })))).toContain(
      'shape-mismatch',
    );
  });

  it('names what it does not know', () => {
    expect(() => runFake(schedule([{ kind: 'compute', queue: 'gpu' }]))).toThrow(InputError);
    expect(() => runFake(schedule([{ kind: 'compute', queue: 'core', reads: [{ buffer: 'Z' }] }]))).toThrow("no buffer 'Z'");
    expect(() => runFake(schedule([load('A', 0, 1, { reads: [{ tensor: 'X', box: { M: [0, 1] } }] })]))).toThrow("has no dimension 'M'");
    expect(() => runFake(schedule([load('A', 0, 1, { id: 5 }), load('B', 0, 1, { id: 5 })]))).toThrow('id 5 after 5');
  });

  it('says who waits for whom when a unit never ends', () => {
    const run = runFake(schedule([load('A', 0, 100), compute('A', 'B', 0, 100)]), { ticks: (operation) => (operation.id === 0 ? 1e15 : 10) });
    expect(run.ran).toBe(true);
    const stuck = runFake(schedule([compute('A', 'B', 0, 100, { reads: [] })]), { ticks: () => 5, lookAhead: 1 });
    expect(stuck.executor.isDone).toBe(true);
    expect(findWaitCycle(stuck.kernel.unfinishedWaits())).toEqual([]);
  });
});

describe('ScheduleExecutor: size', () => {
  it(`streams ${3 * REPEATS} repeated operations without keeping them`, () => {
    const items = [
      {
        repeat: { index: 't', count: REPEATS },
        operations: [
          load('{t % 2}', 0, 100, { writes: [{ buffer: 'P{t % 2}' }], reads: [{ tensor: 'X', box: { N: ['=t % 10', '=t % 10 + 100'] } }] } as never),
          {
            kind: 'compute',
            queue: 'core',
            reads: [{ buffer: 'P{t % 2}' }],
            writes: [{ buffer: 'Q{t % 2}', tensor: 'Y', box: { N: ['=t % 9', '=t % 9 + 1'] } }],
          } as never,
          { kind: 'compute', queue: 'core1', reads: [{ buffer: 'Q{t % 2}' }], writes: [] } as never,
        ],
      },
    ];
    const buffers = Object.fromEntries(['P0', 'P1', 'Q0', 'Q1'].map((name) => [name, { memory: 'l1', bytes: 256 }]));
    const run = runFake(schedule({ [Symbol.iterator]: () => expandItems(items) }, { buffers }), { recordTimes: false });
    expect(run.executor.finishedCount).toBe(3 * REPEATS);
    expect(run.executor.violations.kept).toEqual([]);
  });
});

describe('ScheduleExecutor: what released an operation', () => {
  const causes = (run: ReturnType<typeof runFake>): [string, number][] => run.released.map(({ cause, by }) => [cause, by]);

  it('is data, its turn, its unit or nothing', () => {
    const run = runFake(schedule([load('A', 0, 100), compute('A', 'B', 0, 100), store('B', 0, 100), load('A', 100, 200)]));
    // The last load waits for the readers of what it overwrites, then for the store before it in its queue.
    expect(causes(run)).toEqual([
      ['start', -1],
      ['data', 0],
      ['data', 1],
      ['unit', 2],
    ]);
  });

  it('is an operation that it names, and room in a buffer', () => {
    const room = [
      load('A', 0, 200),
      compute('A', 'B', 0, 100, {
        reads: [{ buffer: 'A', tensor: 'X', box: { N: [0, 200] } }],
        releases: [{ buffer: 'A', tensor: 'X', box: { N: [0, 200] } }],
      }),
      load('A', 200, 400, { writes: [{ buffer: 'A', mode: 'add' }] }),
    ];
    expect(causes(runFake(schedule(room), { slots: 4 }))[2]).toEqual(['room', 1]);
    const buffers = { A: { memory: 'l1', bytes: 100 }, B: { memory: 'l1', bytes: 100 }, C: { memory: 'l1', bytes: 100 } };
    const named = [load('A', 0, 100), load('B', 0, 100), { ...compute('A', 'C', 0, 100), after: [1] }];
    expect(causes(runFake(schedule(named, { buffers })))[2]).toEqual(['after', 1]);
  });

  it('is the end of an older operation where only some are looked at', () => {
    const run = runFake(schedule([load('A', 0, 100), load('B', 0, 100), load('A', 100, 200)]), { lookAhead: 1 });
    expect(causes(run)).toEqual([
      ['start', -1],
      ['look-ahead', 0],
      ['look-ahead', 1],
    ]);
  });
});
