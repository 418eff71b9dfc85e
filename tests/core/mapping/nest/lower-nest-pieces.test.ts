import { describe, expect, it } from 'vitest';
import {
  lowerNest,
  nestOperands,
  type Layer,
  type Loop,
  type LoopNest,
  type NestLowering,
  type NestOperand,
  type ScheduleOperation,
  type Workload,
} from '../../../../core/index.js';
import { conv, gemm } from './layers.js';
import { countSums, execute, loweringOf, scheduleOf } from './lowered.js';

const t = (loop: string, size: number): Loop => ({ loop, size, kind: 'temporal' });

/** The layer under another name, its tensors behind that name, but for those that are told. */
function renamed(
  { workload, layer }: { workload: Workload; layer: Layer },
  name: string,
  tensors: Readonly<Record<string, string>> = {},
): { workload: Workload; layer: Layer } {
  const to = (tensor: string): string => tensors[tensor] ?? `${name}.${tensor}`;
  return {
    layer: { ...layer, name, operands: layer.operands.map((operand) => ({ ...operand, tensor: to(operand.tensor) })) },
    workload: { ...workload, tensors: Object.fromEntries(Object.entries(workload.tensors).map(([key, value]) => [to(key), { ...value, name: to(key) }])) },
  };
}

describe('pieces of a schedule', () => {
  const nest: LoopNest = {
    levels: [
      { storage: { I: 'm0', W: 'm0', O: 'm0' }, loops: [t('K', 2), t('OX', 2), t('C', 2)] },
      { storage: { I: 'l1', W: 'l1', O: 'l1' }, loops: [t('OX', 4), t('K', 3), t('C', 4)] },
    ],
  };

  it('overlap: the first weights of the next layer come before the last results of this one go', () => {
    const [a, b] = [renamed(gemm(8, 6, 8), 'a'), renamed(gemm(8, 6, 8), 'b')];
    const [first, second] = [a, b].map((problem) => lowerNest(loweringOf(problem, nest)));
    const operations = function* (): Generator<ScheduleOperation> {
      const [now, next] = [first!.start(), second!.start()];
      yield* now.body();
      const ahead = [...next.prologue(({ role }) => role === 'weight')];
      expect(ahead.map(({ reads }) => reads?.[0]?.tensor)).toEqual(['b.w']);
      yield* ahead;
      const pending = now.pendingBuffers();
      const stores = [...now.epilogue()];
      expect(stores.flatMap(({ reads = [] }) => reads.map(({ buffer }) => buffer))).toEqual(pending);
      expect(stores).toHaveLength(1);
      yield* stores;
      yield* next.body();
      yield* next.epilogue();
    };
    const all = { ...scheduleOf(a, nest, first!), operations: { [Symbol.iterator]: operations } };
    const other = scheduleOf(b, nest, second!);
    const schedule = {
      ...all,
      tensors: { ...all.tensors, ...other.tensors },
      buffers: { ...all.buffers, ...other.buffers },
      layers: { ...all.layers, ...other.layers },
    };
    expect([...operations()]).toHaveLength([...first!.operations].length + [...second!.operations].length);
    expect(execute(schedule)).toEqual({ violations: [], isDone: true });
  });

  it('fuse: a consumer reads from a buffer what the producer left there, band by band, with halo', () => {
    const [K, C, rows] = [4, 3, 11];
    const a = renamed(conv({ K, C, OY: rows, FY: 3, stride: 1, pad: 1 }), 'a', { o: 'y' });
    const b = renamed(conv({ K: 2, C: K, OY: rows, FY: 3, stride: 1, pad: 1 }), 'b', { x: 'y' });
    const buffers = { mid: 6 * K, aw: K * C * 3, bw: 2 * K * 3 };
    const band: LoopNest = {
      levels: [
        { storage: { I: 'm0', W: 'm0', O: 'm0' }, loops: [] },
        { storage: { I: 'l1' }, loops: [t('OY', 4), t('K', K), t('C', K), t('FY', 3)] },
      ],
    };
    // The consumer reads its input in place, and stores its output through a buffer.
    const direct: LoopNest = { levels: [band.levels[0]!, { storage: { O: 'l1' }, loops: band.levels[1]!.loops }] };
    const piece = (
      problem: { workload: Workload; layer: Layer },
      form: LoopNest,
      from: number,
      to: number,
      outer: NestLowering['outer'],
    ): Iterable<ScheduleOperation> => {
      const part = {
        ...Object.fromEntries(Object.entries(problem.layer.loops).map(([loop, size]) => [loop, [0, size]])),
        OY: [from, to],
      } as NestLowering['part'];
      const lowered = lowerNest(loweringOf(problem, form, { part: part!, outer: outer!, prefix: `${problem.layer.name}.${from}` }));
      for (const { name, bytes } of lowered.buffers) Object.assign(buffers, { [name]: bytes });
      return lowered.operations;
    };
    const made: ScheduleOperation[] = [
      { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'a.w' }], writes: [{ buffer: 'aw' }] },
      { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'b.w' }], writes: [{ buffer: 'bw' }] },
    ];
    let produced = 0;
    for (let from = 0; from < rows; from += 4) {
      const to = Math.min(rows, from + 4);
      const needed = Math.min(rows, to + 1);
      for (; produced < needed; produced = Math.min(needed, produced + 4)) {
        const until = Math.min(needed, produced + 4);
        made.push(...piece(a, band, produced, until, { W: { buffer: 'aw' }, O: { buffer: 'mid' } }));
      }
      // Rows below the next band's halo are dead.
      made.push(...piece(b, direct, from, to, { W: { buffer: 'bw' }, I: { buffer: 'mid', release: { C: [0, K], Y: [0, to === rows ? rows : to - 1] } } }));
    }
    const shape = scheduleOf(a, band, { buffers: [], operations: made, start: () => undefined as never });
    const other = scheduleOf(b, band, { buffers: [], operations: [], start: () => undefined as never });
    const { home: _, ...y } = { ...shape.tensors['y']!, role: 'intermediate' as const };
    const schedule = {
      ...shape,
      tensors: { ...shape.tensors, ...other.tensors, y },
      layers: { ...shape.layers, ...other.layers },
      buffers: Object.fromEntries(Object.entries(buffers).map(([name, bytes]) => [name, { memory: 'l1', bytes }])),
    };
    expect(execute(schedule)).toEqual({ violations: [], isDone: true });
    expect(made.filter(({ kind, writes = [] }) => kind === 'transfer' && writes.some(({ tensor }) => tensor === 'y'))).toEqual([]);
  });

  it('resume: a later piece adds to the sums of an earlier one', () => {
    const problem = gemm(8, 6, 8);
    for (const stored of [true, false]) {
      const form: LoopNest = { levels: [nest.levels[0]!, { ...nest.levels[1]!, storage: stored ? nest.levels[1]!.storage : {} }] };
      const half = (from: number, to: number) =>
        lowerNest(loweringOf(problem, form, { part: { OX: [0, 8], K: [0, 6], C: [from, to] }, resumed: from > 0, prefix: `from${from}` }));
      const pieces = [half(0, 3), half(3, 8)];
      const operations = pieces.flatMap((piece) => [...piece.operations]);
      expect(new Set(countSums(operations).values())).toEqual(new Set([8]));
      const buffers = pieces.flatMap((piece) => piece.buffers);
      expect(execute(scheduleOf(problem, form, { buffers, operations, start: () => undefined as never }))).toEqual({ violations: [], isDone: true });
    }
  });

  it('take operands of the caller: what a mapper has folded or looked through', () => {
    const problem = gemm(8, 6, 8);
    const operands: NestOperand[] = nestOperands(problem.workload, problem.layer).map((operand) => ({
      ...operand,
      groups: [{ loops: operand.groups.flatMap(({ loops }) => loops), dims: operand.groups.flatMap(({ dims }) => dims) }],
    }));
    const plain = [...lowerNest(loweringOf(problem, nest)).operations];
    expect([...lowerNest(loweringOf(problem, nest, { operands })).operations]).toEqual(plain);
  });
});

describe('lowerNest', () => {
  const problem = gemm(8, 6, 8);
  const nest = (loops: readonly Loop[]): LoopNest => ({
    levels: [
      { storage: { I: 'm0', W: 'm0', O: 'm0' }, loops },
      { storage: {}, loops: [t('OX', 4), t('K', 6), t('C', 8)] },
    ],
  });

  it.each<[string, LoopNest, Partial<NestLowering>, string]>([
    ['a nest that is too short', nest([]), {}, "layer gemm: the nest's loops OX reach over 4 of 8 points"],
    ['no axis', nest([{ loop: 'OX', size: 2, kind: 'spatial' }]), {}, 'the spatial loop OX of level 0 lies on no axis; expected x'],
    [
      'an unknown axis',
      nest([{ loop: 'OX', size: 2, kind: 'spatial', axis: 'y' }]),
      {},
      "the spatial loop OX of level 0 lies on axis 'y', which the placement does not have; expected x",
    ],
    ['a level that is not there', nest([t('OX', 2)]), { computeLevel: 3 }, "level 3 is none of the nest's; expected 0 to 2"],
    [
      'an operand without a home',
      { levels: [{ ...nest([t('OX', 2)]).levels[0]!, storage: { I: 'm0', O: 'm0' } }, nest([]).levels[1]!] },
      {},
      'operand W is stored nowhere outside its core',
    ],
  ])('refuses %s', (_, form, more, message) => {
    expect(() => lowerNest(loweringOf(problem, form, more))).toThrow(message);
  });

  it('refuses outputs whose tiles overlap without adding up', () => {
    const { workload, layer } = conv({ K: 2, C: 2, OY: 6, FY: 3, stride: 1, pad: 0 });
    // A transposed convolution by its inputs: each row of I goes to FY rows of O.
    const operands = layer.operands.map((operand) =>
      operand.name === 'O' ? { ...operand, map: layer.operands[0]!.map, tensor: 'x' } : { ...operand, role: 'weight' as const },
    );
    const form: LoopNest = {
      levels: [
        { storage: { I: 'm0', W: 'm0', O: 'm0' }, loops: [t('OY', 3)] },
        { storage: {}, loops: [t('OY', 2), t('K', 2), t('C', 2), t('FY', 3)] },
      ],
    };
    expect(() => lowerNest(loweringOf({ workload, layer: { ...layer, operands } }, form))).toThrow(
      'layer conv: tiles of output O overlap: they write 24 elements, the layer has 16',
    );
  });

  it('takes words, names and marks on to the operations', () => {
    const [operation] = lowerNest(loweringOf(problem, nest([t('OX', 2)]), { recompute: true, with: { dataflow: 'os' } })).operations;
    expect(operation).toMatchObject({
      kind: 'compute',
      layer: 'gemm',
      operator: 'gemm',
      mapping: 'nest',
      recompute: true,
      with: { dataflow: 'os' },
      loops: { OX: 4, K: 6, C: 8 },
    });
  });
});
