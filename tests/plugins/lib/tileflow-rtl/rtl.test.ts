import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { RandomStream, type CrosscheckPlugin, type ReferenceRecord, type Schedule } from '../../../../core/index.js';
import { runForRecord } from '../../../../core/reference/run-for-record.js';
import fused from '../../../../plugins/crosschecks/fused-gemm-rtl/index.js';
import single from '../../../../plugins/crosschecks/gemm-rtl/index.js';
import { rtlFusedSchedule, rtlGemmSchedule, type RtlFused, type RtlGemm } from '../../../../plugins/lib/tileflow-rtl/index.js';
import { toolContext } from '../../../tool-context.js';
import { caseCount } from '../../../many.js';

const registry = new PluginRegistry(builtinPlugins);
const run = async (schedule: Schedule, set: Record<string, number> = {}) =>
  runForRecord({ machine: { include: 'tessera:scenarios/machines/tileflow-rtl.yaml', set }, schedule }, registry, () => false);

interface Step {
  readonly load: number;
  readonly compute: number;
  readonly drain: number;
  /** Held back by the pass of the step two before. */
  readonly isFirstOfPair: boolean;
  /** Number of the step whose pass made what this one reads. */
  readonly reads?: number;
}

/** The times of a program, step by step, as the specification of the hardware gives them. */
function cyclesOf(steps: readonly Step[]): number {
  const [loadEnd, computeEnd, drainEnd]: number[][] = [[], [], []];
  let lastDrain = 0;
  steps.forEach(({ load, compute, drain, isFirstOfPair, reads }, i) => {
    const held = isFirstOfPair && steps[i - 2]?.isFirstOfPair === true && steps[i - 2]!.drain > 0 ? drainEnd![i - 2]! : 0;
    loadEnd![i] = Math.max(loadEnd![i - 1] ?? 0, computeEnd![i - 4] ?? 0, drainEnd![i - 4] ?? 0, held) + load;
    // What it reads has been passed over long before, but in a group of a single row tile.
    const ready = reads === undefined ? 0 : drainEnd![reads]!;
    computeEnd![i] = Math.max(loadEnd![i]!, computeEnd![i - 1] ?? 0, drainEnd![i - 2] ?? 0, ready) + compute;
    if (drain > 0) lastDrain = Math.max(computeEnd![i]!, lastDrain) + drain;
    drainEnd![i] = drain > 0 ? lastDrain : computeEnd![i]!;
  });
  return lastDrain + 1;
}

function gemmCycles({ M, N, K, m, n, k }: RtlGemm, wordsPerCycle = 4): number {
  const steps: Step[] = [];
  const sums = K / k;
  for (let left = (M / m) * (N / n); left > 0; left -= 4)
    for (let c = 0; c < sums; c++)
      for (let t = 0; t < Math.min(4, left); t++)
        steps.push({
          load: (m * k + k * n) / wordsPerCycle + 12,
          compute: (m * n * k) / 256 + 55,
          drain: c === sums - 1 ? (m * n) / 4 + 6 : 0,
          isFirstOfPair: false,
        });
  return cyclesOf(steps);
}

function fusedCycles({ M, L, K, N, m, k, l }: RtlFused, wordsPerCycle = 4): number {
  const steps: Step[] = [];
  for (let left = M / m; left > 0; left -= 4) {
    const group = Math.min(4, left);
    for (let c = 0; c < K / k; c++)
      for (let t = 0; t < group; t++)
        steps.push({
          load: (m * k + k * L) / wordsPerCycle + 12,
          compute: (m * k * L) / 256 + 55,
          drain: c === K / k - 1 ? (m * L) / 16 + 11 : 0,
          isFirstOfPair: true,
        });
    const passes = steps.length - group;
    for (let c = 0; c < L / l; c++)
      for (let t = 0; t < group; t++)
        steps.push({
          load: (l * N) / wordsPerCycle + 6,
          compute: (m * l * N) / 256 + 55,
          drain: c === L / l - 1 ? (m * N) / 4 + 6 : 0,
          isFirstOfPair: false,
          reads: passes + t,
        });
  }
  return cyclesOf(steps);
}

const CONFIG = { array: [16, 16], mac_per_cycle: 256, word_bits: 16, load_words_per_cycle: 4, store_words_per_cycle: 4 };
const context = { ...toolContext, run: (one: Parameters<typeof runForRecord>[0]) => runForRecord(one, registry, () => false) };
const singleRecord: ReferenceRecord = {
  id: 'single',
  config: CONFIG,
  workload: { M: 64, N: 64, K: 32 },
  schedule: { tile: { M: 32, N: 16, K: 16 } },
  expected: {},
};
const fusedRecord: ReferenceRecord = {
  id: 'fused',
  config: CONFIG,
  workload: { first: { M: 128, N: 64, K: 32 }, second: { M: 128, N: 16, K: 64 } },
  schedule: { tile: { m: 32, k: 16, l: 32 } },
  expected: {},
};

describe("TileFlow's accelerator of our blocks", () => {
  // Worked examples of the specification.
  it.each<[RtlFused, number]>([
    [{ M: 256, L: 256, K: 64, N: 64, m: 64, k: 64, l: 256 }, 42_368],
    [{ M: 256, L: 256, K: 64, N: 64, m: 32, k: 64, l: 16 }, 75_646],
    [{ M: 512, L: 256, K: 48, N: 48, m: 64, k: 48, l: 128 }, 60_402],
  ])('%j takes %i cycles', async (shape, cycles) => {
    expect(fusedCycles(shape)).toBe(cycles);
    const { simulation, violationCount, blocks } = await run(rtlFusedSchedule(shape));
    expect({ cycles: simulation.cycles, violationCount }).toEqual({ cycles, violationCount: 0 });
    for (const { stalls } of blocks) expect(stalls.reduce((sum, stall) => sum + stall.cycles, 0)).toBeCloseTo(cycles, 6);
    expect(blocks.map(({ path }) => path)).toEqual(['array', 'buffer', 'dram', 'load', 'pass', 'registers', 'store']);
  });

  it('single products of any shape take what the rules say, also with a faster engine', async () => {
    const random = new RandomStream(7, 'gemm');
    for (let i = 0; i < caseCount(60, 6); i++) {
      const tile = (): number => 16 * (1 + random.below(4));
      const [m, n, k] = [tile(), tile(), tile()];
      const shape = { M: m * (1 + random.below(4)), N: n * (1 + random.below(4)), K: k * (1 + random.below(4)), m, n, k };
      expect((await run(rtlGemmSchedule(shape))).simulation.cycles, JSON.stringify(shape)).toBe(gemmCycles(shape));
      const twice = await run(rtlGemmSchedule(shape), { 'load.with.bytesPerCycle': 16 });
      expect(twice.simulation.cycles, `twice the rate: ${JSON.stringify(shape)}`).toBe(gemmCycles(shape, 8));
    }
  });

  it('fused pairs of any shape take what the rules say, also with a faster engine', async () => {
    const random = new RandomStream(8, 'fused');
    for (let i = 0; i < caseCount(40, 5); i++) {
      const tile = (): number => 16 * (1 + random.below(3));
      const [m, k, l] = [tile(), tile(), tile()];
      // Each size of a last group comes in turn.
      const shape = { M: m * (1 + i + 4 * random.below(2)), L: l * (1 + random.below(3)), K: k * (1 + random.below(3)), N: tile(), m, k, l };
      expect((await run(rtlFusedSchedule(shape))).simulation.cycles, JSON.stringify(shape)).toBe(fusedCycles(shape));
      const twice = await run(rtlFusedSchedule(shape), { 'load.with.bytesPerCycle': 16 });
      expect(twice.simulation.cycles, `twice the rate: ${JSON.stringify(shape)}`).toBe(fusedCycles(shape, 8));
    }
  });

  it('sizes that are no multiples of their tiles are computed and moved whole', async () => {
    const { simulation, violationCount, blocks } = await run(rtlFusedSchedule({ M: 72, L: 40, K: 24, N: 20, m: 16, k: 16, l: 32 }));
    const count = (path: string, statistic: string) => blocks.find((block) => block.path === path)!.statistics[statistic]!.value;
    expect(violationCount).toBe(0);
    expect(count('array', 'macs')).toBe(72 * 40 * 24 + 72 * 20 * 40);
    expect(count('store', 'bytes')).toBe(2 * 72 * 20);
    expect(count('load', 'bytes')).toBe(2 * (72 * 24 + 5 * (24 * 40 + 40 * 20)));
    expect(simulation.cycles).toBeGreaterThan(count('load', 'bytes')! / 8);
  });
});

describe('records of its RTL', () => {
  it('of a fused pair: cycles and bits between its parts', async () => {
    const macs = 128 * 64 * 32 + 128 * 16 * 64;
    expect(await (fused as CrosscheckPlugin).simulate(fusedRecord, context)).toEqual({
      cycles: fusedCycles({ M: 128, L: 64, K: 32, N: 16, m: 32, k: 16, l: 32 }),
      memory_to_buffer_bits: 16 * 4 * (32 * 32 + 32 * 64 + 64 * 16),
      buffer_to_memory_bits: 16 * 128 * 16,
      buffer_to_register_bits: 16 * (macs / 8 + 2 * 128 * 64 + 128 * 16),
      register_to_buffer_bits: 16 * (macs / 16 + 128 * 64),
    });
  });

  it.each([8, 16, 32])('of a single product, in words of %i bits: rates are in words', async (bits) => {
    expect(await (single as CrosscheckPlugin).simulate({ ...singleRecord, config: { ...CONFIG, word_bits: bits } }, context)).toEqual({
      cycles: gemmCycles({ M: 64, N: 64, K: 32, m: 32, n: 16, k: 16 }),
      memory_to_buffer_bits: bits * (4 * 64 * 32 + 2 * 32 * 64),
      buffer_to_memory_bits: bits * 64 * 64,
    });
  });

  it('the array may be said without its rate', async () => {
    const config = { ...CONFIG, mac_per_cycle: undefined };
    const plugin = fused as CrosscheckPlugin;
    expect(await plugin.simulate({ ...fusedRecord, config }, context)).toEqual(await plugin.simulate(fusedRecord, context));
  });

  it('audits hold array and engines against what the shape demands, which no run beats', async () => {
    const bounds = async (plugin: CrosscheckPlugin, record: ReferenceRecord) =>
      Object.fromEntries((await plugin.audit!(record, context)).demands.map(({ resource, amount, perCycle }) => [resource, amount / perCycle]));
    expect(await bounds(single as CrosscheckPlugin, singleRecord)).toEqual({ array: 512, 'load DMA': (4 * 64 * 32 + 2 * 32 * 64) / 4, 'store DMA': 1024 });
    // The last of two row tiles is a quarter of the first.
    const uneven = { ...fusedRecord, workload: { first: { M: 40, N: 64, K: 32 }, second: { M: 40, N: 16, K: 64 } } };
    const uses = await bounds(fused as CrosscheckPlugin, uneven);
    expect(uses).toEqual({ array: (40 * 64 * 32 + 40 * 16 * 64) / 256, 'load DMA': (40 * 32 + 2 * (32 * 64 + 64 * 16)) / 4, 'store DMA': 160 });
    const { memory_to_buffer_bits: loaded, cycles } = await (fused as CrosscheckPlugin).simulate(uneven, context);
    expect(loaded! / 16 / 4).toBe(uses['load DMA']);
    expect(cycles).toBeGreaterThan(Math.max(...Object.values(uses)));
  });

  it.each<[string, Partial<ReferenceRecord>, RegExp]>([
    ['no tiles', { schedule: undefined }, /schedule\.tile\.M: it is missing; expected a whole number from 1 to 1,000,000/],
    ['a tile of no size', { schedule: { tile: { M: 0, N: 16, K: 16 } } }, /schedule\.tile\.M: 0/],
    ['an endless size', { workload: { M: 1e300, N: 64, K: 32 } }, /workload\.M: 1e\+300/],
    ['more tiles than can be held', { workload: { M: 1e6, N: 1e6, K: 32 } }, /the program has 3,906,250,000 tiles; expected at most 50,000/],
    ['words of seven bits', { config: { ...CONFIG, word_bits: 7 } }, /config\.word_bits: 7; expected 8, 16 or 32/],
    ['no array', { config: { ...CONFIG, array: null } }, /config\.array\.0: it is missing/],
    ['a rate that is no number', { config: { ...CONFIG, load_words_per_cycle: '4' } }, /config\.load_words_per_cycle: "4"; expected words per cycle/],
    ['a rate of nothing', { config: { ...CONFIG, store_words_per_cycle: 0 } }, /config\.store_words_per_cycle: 0/],
  ])('%s is an error with its path', async (_, part, message) => {
    await expect((single as CrosscheckPlugin).simulate({ ...singleRecord, ...part }, context)).rejects.toThrow(message);
  });
});
