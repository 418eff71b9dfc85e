import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { RandomStream, type CrosscheckPlugin, type ReferenceRecord, type Schedule } from '../../../../core/index.js';
import { runForRecord } from '../../../../core/reference/run-for-record.js';
import fused from '../../../../plugins/crosschecks/fused-gemm-rtl/index.js';
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
}

/** The times of a program, step by step, as the specification of the hardware gives them. */
function cyclesOf(steps: readonly Step[]): number {
  const [loadEnd, computeEnd, drainEnd]: number[][] = [[], [], []];
  let lastDrain = 0;
  steps.forEach(({ load, compute, drain, isFirstOfPair }, i) => {
    const held = isFirstOfPair && steps[i - 2]?.isFirstOfPair === true && steps[i - 2]!.drain > 0 ? drainEnd![i - 2]! : 0;
    loadEnd![i] = Math.max(loadEnd![i - 1] ?? 0, computeEnd![i - 4] ?? 0, drainEnd![i - 4] ?? 0, held) + load;
    computeEnd![i] = Math.max(loadEnd![i]!, computeEnd![i - 1] ?? 0, drainEnd![i - 2] ?? 0) + compute;
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

function fusedCycles({ M, L, K, N, m, k, l }: RtlFused): number {
  const steps: Step[] = [];
  for (let left = M / m; left > 0; left -= 4) {
    for (let c = 0; c < K / k; c++)
      for (let t = 0; t < Math.min(4, left); t++)
        steps.push({ load: (m * k + k * L) / 4 + 12, compute: (m * k * L) / 256 + 55, drain: c === K / k - 1 ? (m * L) / 16 + 11 : 0, isFirstOfPair: true });
    for (let c = 0; c < L / l; c++)
      for (let t = 0; t < Math.min(4, left); t++)
        steps.push({ load: (l * N) / 4 + 6, compute: (m * l * N) / 256 + 55, drain: c === L / l - 1 ? (m * N) / 4 + 6 : 0, isFirstOfPair: false });
  }
  return cyclesOf(steps);
}

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

  it('fused pairs of any shape whose groups are full take what the rules say', async () => {
    const random = new RandomStream(8, 'fused');
    for (let i = 0; i < caseCount(40, 4); i++) {
      const tile = (): number => 16 * (1 + random.below(3));
      const [m, k, l] = [tile(), tile(), tile()];
      const shape = { M: 4 * m * (1 + random.below(2)), L: l * (1 + random.below(3)), K: k * (1 + random.below(3)), N: tile(), m, k, l };
      expect((await run(rtlFusedSchedule(shape))).simulation.cycles, JSON.stringify(shape)).toBe(fusedCycles(shape));
    }
  });

  it('the bits that move follow from the shape', async () => {
    const record: ReferenceRecord = {
      id: 'x',
      config: { word_bits: 16, load_words_per_cycle: 4, store_words_per_cycle: 4, mac_per_cycle: 256 },
      workload: { first: { M: 128, N: 64, K: 32 }, second: { M: 128, N: 16, K: 64 } },
      schedule: { tile: { m: 32, k: 16, l: 32 } },
      expected: {},
    };
    const context = { ...toolContext, run: (one: Parameters<typeof runForRecord>[0]) => runForRecord(one, registry, () => false) };
    const plugin = fused as CrosscheckPlugin;
    expect(await plugin.simulate(record, context)).toMatchObject({
      memory_to_buffer_bits: 16 * 4 * (32 * 32 + 32 * 64 + 64 * 16),
      buffer_to_memory_bits: 16 * 128 * 16,
    });
    await expect(plugin.simulate({ ...record, schedule: { tile: { m: 0 } } }, context)).rejects.toThrow(
      /schedule\.tile\.m: 0; expected a whole number above 0/,
    );
  });
});
