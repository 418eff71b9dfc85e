import {
  InputError,
  type RegionAccess,
  type Schedule,
  type ScheduleBuffer,
  type ScheduleLayer,
  type ScheduleOperation,
  type ScheduleTensor,
  type WriteAccess,
} from 'tessera-sim';

/** C[M, N] = A[M, K] B[K, N] in tiles m x n x k. */
export interface RtlGemm {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** C[M, L] = A[M, K] B[K, L], E[M, N] = C[M, L] D[L, N]: row tiles of m, the first in steps of k over all of L, the second in steps of l over all of N. */
export interface RtlFused {
  readonly M: number;
  readonly L: number;
  readonly K: number;
  readonly N: number;
  readonly m: number;
  readonly k: number;
  readonly l: number;
}

/** Output tiles that are under way together. */
const GROUP = 4;
/** Tiles on their way in, waiting or in use. */
const SLOTS = 4;
/** Output registers: a tile is computed while the one before leaves. */
const REGISTERS = 2;
/** Tiles of a program: its operations are held in memory. */
const MOST_STEPS = 50_000;
/** Of the machine that was measured. */
const WORD_BYTES = 2;

type Interval = readonly [low: number, high: number];
type Index = Readonly<Record<string, string>>;

/** What fills a tile slot for one step: boxes of tensors. */
interface Fetch {
  readonly operand: string;
  readonly tensor: string;
  readonly box: Readonly<Record<string, Interval>>;
}

/** One tile of a product. */
interface Step {
  readonly layer: string;
  readonly fetches: readonly Fetch[];
  /** Of another step, on chip. */
  readonly onChip?: RegionAccess;
  readonly output: { readonly tensor: string; readonly box: Readonly<Record<string, Interval>>; readonly buffer: string };
  readonly at: Readonly<Record<string, number>>;
  readonly loops: Readonly<Record<string, number>>;
  readonly isFirstOfSum: boolean;
  /** What happens to the output when its sum is complete. */
  readonly drain?: 'store' | 'pass';
}

const tiles = (size: number, tile: number): number => Math.ceil(size / tile);
const pieces = (size: number, step: number): Interval[] => Array.from({ length: tiles(size, step) }, (_, i) => [i * step, Math.min(size, (i + 1) * step)]);
const groups = <T>(list: readonly T[]): T[][] => Array.from({ length: Math.ceil(list.length / GROUP) }, (_, i) => list.slice(i * GROUP, (i + 1) * GROUP));
const length = ([low, high]: Interval): number => high - low;

/** InputError, before any of them is made. */
function checkSteps(steps: number): void {
  if (!(steps <= MOST_STEPS))
    throw new InputError({ message: `the program has ${steps.toLocaleString('en')} tiles`, expected: `at most ${MOST_STEPS.toLocaleString('en')}` });
}

/** Output tiles in groups of four; in a group the tiles of the sum outside, output tiles inside. */
function* gemmSteps({ M, N, K, m, n, k }: RtlGemm): Generator<Step> {
  const outputs = pieces(M, m).flatMap((rows) => pieces(N, n).map((columns) => ({ rows, columns })));
  const sums = pieces(K, k);
  for (const group of groups(outputs))
    for (const [c, sum] of sums.entries())
      for (const [t, { rows, columns }] of group.entries())
        yield {
          layer: 'C',
          fetches: [
            { operand: 'I', tensor: 'A', box: { M: rows, K: sum } },
            { operand: 'W', tensor: 'B', box: { K: sum, N: columns } },
          ],
          output: { tensor: 'C', box: { M: rows, N: columns }, buffer: `out${t}` },
          at: { M: rows[0], N: columns[0], K: sum[0] },
          loops: { M: length(rows), N: length(columns), K: length(sum) },
          isFirstOfSum: c === 0,
          ...(c === sums.length - 1 ? { drain: 'store' as const } : {}),
        };
}

/** Row tiles in groups of four; all of a group's first product, then all of its second. */
function* fusedSteps({ M, L, K, N, m, k, l }: RtlFused): Generator<Step> {
  const [first, second] = [pieces(K, k), pieces(L, l)];
  for (const group of groups(pieces(M, m))) {
    for (const [c, sum] of first.entries())
      for (const [t, rows] of group.entries())
        yield {
          layer: 'C',
          fetches: [
            { operand: 'I', tensor: 'A', box: { M: rows, K: sum } },
            { operand: 'W', tensor: 'B', box: { K: sum, L: [0, L] } },
          ],
          output: { tensor: 'S', box: { M: rows, L: [0, L] }, buffer: `sum${t}` },
          at: { M: rows[0], L: 0, K: sum[0] },
          loops: { M: length(rows), L, K: length(sum) },
          isFirstOfSum: c === 0,
          ...(c === first.length - 1 ? { drain: 'pass' as const } : {}),
        };
    for (const [c, sum] of second.entries())
      for (const [t, rows] of group.entries())
        yield {
          layer: 'E',
          fetches: [{ operand: 'W', tensor: 'D', box: { L: sum, N: [0, N] } }],
          onChip: { buffer: `middle${t}`, tensor: 'C', box: { M: rows, L: sum }, operand: 'I' },
          output: { tensor: 'E', box: { M: rows, N: [0, N] }, buffer: `out${t}` },
          at: { M: rows[0], N: 0, L: sum[0] },
          loops: { M: length(rows), N, L: length(sum) },
          isFirstOfSum: c === 0,
          ...(c === second.length - 1 ? { drain: 'store' as const } : {}),
        };
  }
}

/** Operations of the program on `scenarios/machines/tileflow-rtl.yaml`, with the waits that the hardware has. */
class Program {
  readonly operations: ScheduleOperation[] = [];
  /** Ids of the last operation of each step (drain, else compute) and of its compute, by number of the step. */
  private readonly ends: number[] = [];
  private readonly drains: (number | undefined)[] = [];
  private readonly layers: string[] = [];
  private lastDrain: number | undefined;

  constructor(private readonly isFused: boolean) {}

  add(step: Step): void {
    const i = this.ends.length;
    const slot = (operand: string): string => `slot${i % SLOTS}.${operand}`;
    const held = this.heldBack(step, i);
    for (const { operand, tensor, box } of step.fetches) {
      const after = [this.ends[i - SLOTS], held].filter((id) => id !== undefined);
      this.push({ kind: 'transfer', queue: 'load', layer: step.layer, reads: [{ tensor, box }], writes: [{ buffer: slot(operand), tensor, box }], after });
    }
    const { output } = step;
    const write: WriteAccess = { ...output, operand: 'O', mode: step.isFirstOfSum ? 'replace' : 'accumulate' };
    const reads = step.fetches.map(({ operand, tensor, box }): RegionAccess => ({ buffer: slot(operand), tensor, box, operand }));
    if (step.onChip !== undefined) reads.push(step.onChip);
    const free = this.drains[i - REGISTERS];
    const computed = this.push({
      kind: 'compute',
      queue: 'array',
      layer: step.layer,
      operator: 'gemm',
      at: step.at,
      loops: step.loops,
      reads,
      writes: [write],
      ...(free === undefined ? {} : { after: [free] }),
    });
    const drained = step.drain === undefined ? undefined : this.drain(step, step.drain);
    this.ends.push(drained ?? computed);
    this.drains.push(drained);
    this.layers.push(step.layer);
  }

  /** In the first product of a fused pair the load two steps behind one that ends a tile waits for that tile's pass; why is not known. */
  private heldBack(step: Step, i: number): number | undefined {
    return this.isFused && step.layer === 'C' && this.layers[i - 2] === 'C' ? this.drains[i - 2] : undefined;
  }

  /** In order, one at a time, whichever unit does it. */
  private drain({ output: { tensor, box, buffer }, layer }: Step, kind: 'store' | 'pass'): number {
    const after = this.lastDrain === undefined ? [] : [this.lastDrain];
    if (kind === 'store')
      return (this.lastDrain = this.push({ kind: 'transfer', queue: 'store', layer, reads: [{ buffer, tensor, box }], writes: [{ tensor, box }], after }));
    const middle = buffer.replace('sum', 'middle');
    this.lastDrain = this.push({
      kind: 'compute',
      queue: 'pass',
      layer: 'pass',
      operator: 'relu',
      at: Object.fromEntries(Object.entries(box).map(([dim, [low]]) => [dim, low])),
      loops: Object.fromEntries(Object.entries(box).map(([dim, range]) => [dim, length(range)])),
      reads: [{ buffer, tensor, box, operand: 'I' }],
      writes: [{ buffer: middle, tensor: 'C', box, operand: 'O' }],
      after,
    });
    return this.lastDrain;
  }

  private push(operation: ScheduleOperation): number {
    return this.operations.push(operation) - 1;
  }
}

type MakeTensor = (dims: Record<string, number>, role: ScheduleTensor['role'], isHome?: boolean) => ScheduleTensor;
const tensorsOf =
  (wordBytes: number): MakeTensor =>
  (dims, role, isHome = true) => ({ dims, format: `int${8 * wordBytes}`, role, ...(isHome ? { home: 'dram' } : {}) });
const index = (places: Index) => ({
  kind: 'index' as const,
  expressions: Object.entries(places).map(([dim, loop]) => ({ dim, terms: [{ loop, coefficient: 1 }] })),
});
const operand = (name: string, role: 'activation' | 'weight' | 'output', places: Index) => ({
  tensor: name,
  role,
  map: index(places),
  ...(role === 'output' ? { partialFormat: 'int32' } : {}),
});

/** The four tile slots, each with bytes for its operands. */
function slots(bytes: Readonly<Record<string, number>>): Record<string, ScheduleBuffer> {
  const all: Record<string, ScheduleBuffer> = {};
  for (let slot = 0; slot < SLOTS; slot++) for (const [name, size] of Object.entries(bytes)) all[`slot${slot}.${name}`] = { memory: 'buffer', bytes: size };
  return all;
}

function outputs(name: string, bytes: number): Record<string, ScheduleBuffer> {
  return Object.fromEntries(Array.from({ length: GROUP }, (_, t) => [`${name}${t}`, { memory: 'registers', bytes }]));
}

/** A single product as a schedule; words of 1, 2 or 4 bytes. InputError for more tiles than a schedule may have. */
export function rtlGemmSchedule(shape: RtlGemm, wordBytes = WORD_BYTES): Schedule {
  const { M, N, K, m, n, k } = shape;
  checkSteps(tiles(M, m) * tiles(N, n) * tiles(K, k));
  const tensor = tensorsOf(wordBytes);
  const program = new Program(false);
  for (const step of gemmSteps(shape)) program.add(step);
  const layers: Record<string, ScheduleLayer> = {
    C: {
      operator: 'gemm',
      loops: { M, N, K },
      operands: {
        I: operand('A', 'activation', { M: 'M', K: 'K' }),
        W: operand('B', 'weight', { K: 'K', N: 'N' }),
        O: operand('C', 'output', { M: 'M', N: 'N' }),
      },
    },
  };
  return {
    name: `gemm ${M}x${N}x${K} in ${m}x${n}x${k}`,
    tensors: { A: tensor({ M, K }, 'input'), B: tensor({ K, N }, 'constant'), C: tensor({ M, N }, 'output') },
    buffers: { ...slots({ I: wordBytes * m * k, W: wordBytes * k * n }), ...outputs('out', wordBytes * m * n) },
    layers,
    operations: program.operations,
    operationCount: program.operations.length,
  };
}

/** A fused pair of products as a schedule, as above; what lies between stays on chip. */
export function rtlFusedSchedule(shape: RtlFused, wordBytes = WORD_BYTES): Schedule {
  const { M, L, K, N, m, k, l } = shape;
  checkSteps(tiles(M, m) * (tiles(K, k) + tiles(L, l)));
  const tensor = tensorsOf(wordBytes);
  const program = new Program(true);
  for (const step of fusedSteps(shape)) program.add(step);
  const layers: Record<string, ScheduleLayer> = {
    C: {
      operator: 'gemm',
      loops: { M, L, K },
      operands: {
        I: operand('A', 'activation', { M: 'M', K: 'K' }),
        W: operand('B', 'weight', { K: 'K', L: 'L' }),
        O: operand('S', 'output', { M: 'M', L: 'L' }),
      },
    },
    pass: {
      operator: 'relu',
      loops: { M, L },
      operands: {
        I: { tensor: 'S', role: 'activation', map: index({ M: 'M', L: 'L' }) },
        O: { tensor: 'C', role: 'output', map: index({ M: 'M', L: 'L' }) },
      },
    },
    E: {
      operator: 'gemm',
      loops: { M, N, L },
      operands: {
        I: operand('C', 'activation', { M: 'M', L: 'L' }),
        W: operand('D', 'weight', { L: 'L', N: 'N' }),
        O: operand('E', 'output', { M: 'M', N: 'N' }),
      },
    },
  };
  return {
    name: `fused ${M}x${L}x${K} and ${M}x${N}x${L} in rows of ${m}`,
    tensors: {
      A: tensor({ M, K }, 'input'),
      B: tensor({ K, L }, 'constant'),
      D: tensor({ L, N }, 'constant'),
      S: tensor({ M, L }, 'intermediate', false),
      C: tensor({ M, L }, 'intermediate', false),
      E: tensor({ M, N }, 'output'),
    },
    buffers: {
      ...slots({ I: wordBytes * m * k, W: wordBytes * Math.max(k * L, l * N) }),
      ...outputs('sum', wordBytes * m * L),
      ...outputs('middle', wordBytes * m * L),
      ...outputs('out', wordBytes * m * N),
    },
    layers,
    operations: program.operations,
    operationCount: program.operations.length,
  };
}
