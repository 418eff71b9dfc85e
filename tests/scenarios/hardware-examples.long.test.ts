import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { loadScenario } from '../../core/scenario/load.js';
import { loadSuite } from '../../core/suite/points.js';
import type { ScheduleResult } from '../../core/result/run-result.js';
import { runSchedule } from '../../core/run/run.js';
import { builtinPlugins } from '../../plugins/index.js';

const folder = path.resolve(import.meta.dirname, '../../scenarios/examples');

async function run(file: string, set: Readonly<Record<string, unknown>> = {}): Promise<ScheduleResult> {
  const { scenario, registry } = await loadScenario(path.join(folder, file), new PluginRegistry(builtinPlugins), { set });
  return runSchedule(scenario, registry);
}

function statistic(result: ScheduleResult, block: string, name: string): number {
  return result.blocks.find((candidate) => candidate.path === block)?.statistics[name]?.value ?? NaN;
}

describe('an LLM decode layer with and without PIM', () => {
  it('multiplies the same, and is several times faster where the weights need not travel', async () => {
    const [plain, pim] = [await run('llm-decode.yaml'), await run('llm-decode-pim.yaml')];
    for (const result of [plain, pim]) {
      expect(result.outcome).toBe('finished');
      expect(result.violations).toEqual([]);
      expect(result.boundViolations).toEqual([]);
      expect(result.expectations.every(({ holds }) => holds)).toBe(true);
    }
    const matrices = 4 * 1024 * 1024 + 3 * 1024 * 2816;
    const attention = 2 * 16 * 1024 * 64;
    expect(statistic(pim, 'dram', 'macs')).toBe(matrices + attention);
    expect(statistic(plain, 'dram', 'macs')).toBe(0);
    // Without PIM each weight crosses the bus once: the bus is the bound, and it is nearly reached.
    const bound = (2 * (matrices + attention)) / 64;
    expect(plain.simulation.cycles).toBeGreaterThan(bound);
    expect(plain.simulation.cycles).toBeLessThan(1.15 * bound);
    expect(pim.simulation.cycles).toBeLessThan(bound / 3);
    expect(statistic(pim, 'dram', 'bytesRead')).toBeLessThan(statistic(plain, 'dram', 'bytesRead') / 100);
  });
});

describe('one matrix product over operand bits', () => {
  const peCycles = (result: ScheduleResult): number => statistic(result, 'core0.pe', 'peCycles');
  const vectors = 256 ** 3 / 4;
  const over = (passes: (bits: number) => number): number => Array.from({ length: 15 }, (_, i) => passes(i + 2)).reduce((a, b) => a + b, 0) * vectors;
  const byTwo = (bits: number): number => Math.ceil(bits / 2);

  it('takes cycles by the bits of the serial operands, over the axis of its suite', async () => {
    const jobs = loadSuite([path.join(folder, 'gemm-operand-bits.suite.yaml')]);
    const expected: Readonly<Record<string, number>> = {
      none: over(() => 1),
      weights: over(byTwo),
      inputs: over(byTwo),
      both: over((bits) => byTwo(bits) ** 2),
    };
    expect(jobs).toHaveLength(4);
    for (const job of jobs) {
      const result = await run(path.basename(job.file), job.set);
      expect(result.violations).toEqual([]);
      expect(peCycles(result)).toBe(expected[String(job.set['machine.core0.pe.with.serial'])]);
    }
  });

  it('is slower with every second bit more', async () => {
    const { simulation, estimate } = await run('gemm-operand-bits.yaml');
    const compute = simulation.layers.map((layer) => layer.computeCycles);
    expect(compute).toHaveLength(15);
    compute.forEach((cycles, i) => {
      const closedForm = 64 * 64 * byTwo(i + 2);
      expect(cycles).toBeGreaterThanOrEqual(closedForm);
      expect(cycles).toBeLessThan(1.05 * closedForm);
      expect(estimate?.layers[i]?.computeCycles).toBe(closedForm);
    });
  });
});
