import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin, TileShape } from '../../../../core/index.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import { ClockDomain } from '../../../../core/index.js';
import { systolicPlugin } from '../../../../plugins/cores/systolic/index.js';
import { gemm, runCore } from '../support/compute-bench.js';

const dataflow = fc.constantFrom('weight-stationary', 'output-stationary', 'input-stationary');
const arrays = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  columns: fc.integer({ min: 1, max: 40 }),
  dataflow,
  overlapFill: fc.boolean(),
  overlapDrain: fc.boolean(),
});
const size = fc.integer({ min: 1, max: 200 });

/** Written down a second time, fold by fold, from the definition of each overlap. */
function byHand(
  array: { rows: number; columns: number; dataflow: string; overlapFill: boolean; overlapDrain: boolean },
  folds: number,
  stream: number,
): number {
  const isOutput = array.dataflow === 'output-stationary';
  const fill = isOutput ? 0 : array.rows;
  const drain = array.rows + array.columns - 2;
  let filled = fill;
  let end = 0;
  let earliest = 0;
  for (let fold = 0; fold < folds; fold++) {
    const start = Math.max(filled, earliest);
    end = start + stream + drain;
    const free = array.overlapDrain ? start + stream : end;
    filled = (array.overlapFill ? start : free) + fill;
    earliest = Math.max(free, isOutput && array.overlapDrain ? start + array.rows : 0);
  }
  return end;
}

function foldsOf(array: { rows: number; columns: number; dataflow: string }, m: number, n: number, k: number): { folds: number; stream: number } {
  const { rows, columns } = array;
  if (array.dataflow === 'output-stationary') return { folds: Math.ceil(m / rows) * Math.ceil(n / columns), stream: k };
  if (array.dataflow === 'weight-stationary') return { folds: Math.ceil(k / rows) * Math.ceil(n / columns), stream: m };
  return { folds: Math.ceil(k / rows) * Math.ceil(m / columns), stream: n };
}

describe('systolic without a memory', () => {
  it('takes exactly the closed form, whatever the shape', () => {
    fc.assert(
      fc.property(arrays, size, size, size, (array, m, n, k) => {
        const { folds, stream } = foldsOf(array, m, n, k);
        const { cycles, stalls, endCycle } = runCore(systolicPlugin, array, [gemm(m, n, k)]);
        expect(cycles[0]).toBe(byHand(array, folds, stream));
        expect(stalls['busy']).toBe(endCycle);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the fold lengths of the SCALE-Sim table', () => {
    const take = (flow: string): number | undefined => runCore(systolicPlugin, { rows: 8, columns: 4, dataflow: flow }, [gemm(8, 4, 8)]).cycles[0];
    expect(take('output-stationary')).toBe(8 + 8 + 4 - 2);
    expect(take('weight-stationary')).toBe(8 + 2 * 8 + 4 - 2);
    expect(runCore(systolicPlugin, { rows: 8, columns: 4, dataflow: 'input-stationary' }, [gemm(4, 10, 8)]).cycles[0]).toBe(10 + 2 * 8 + 4 - 2);
  });

  it('runs groups one after another and operations back to back', () => {
    const one = { operator: 'conv', loops: { OY: 5, OX: 7, FY: 3, FX: 3 } };
    const depthwise = { operator: 'conv', loops: { ...one.loops, G: 6 } };
    const { cycles, endCycle, statistics } = runCore(systolicPlugin, { rows: 16, columns: 16 }, [one, depthwise]);
    expect(cycles).toEqual([35 + 2 * 16 + 14, 6 * (35 + 2 * 16 + 14)]);
    expect(endCycle).toBe(7 * (35 + 2 * 16 + 14));
    expect(statistics['macs']).toBe(7 * 35 * 9);
  });

  it('counts the batch as rows for weights and as groups for two activations', () => {
    const loops = { B: 3, OY: 4, K: 8, C: 8 };
    const weights = runCore(systolicPlugin, { rows: 8, columns: 8 }, [{ operator: 'matmul', loops, reads: { I: 96, W: 64 } }]);
    const activations = runCore(systolicPlugin, { rows: 8, columns: 8 }, [{ operator: 'matmul', loops, reads: { I: 96, I2: 192 } }]);
    expect(weights.cycles).toEqual([12 + 16 + 6]);
    expect(activations.cycles).toEqual([3 * (4 + 16 + 6)]);
  });

  it('describes the same closed form', () => {
    fc.assert(
      fc.property(arrays, size, size, size, (array, m, n, k) => {
        const plugin = systolicPlugin as BlockPlugin;
        const config = completeConfig(plugin.configSchema, array, 'pe');
        const facts = plugin.describe({ path: 'pe', clock: new ClockDomain('core', 1e9), config, ...noExtensions });
        const tile: TileShape = { operator: 'gemm', loops: { OY: m, K: n, C: k }, bits: { W: 8, I: 8, O: 32 }, formats: {} };
        if (facts.kind !== 'core') throw new Error('not a core');
        const simulated = runCore(systolicPlugin, array, [gemm(m, n, k)]).cycles[0];
        expect(facts.tileCycles(tile)).toBe(simulated);
        expect(facts.peakMacsPerCycle * facts.tileCycles(tile)).toBeGreaterThanOrEqual(m * n * k);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses an operator that it does not know', () => {
    expect(() => runCore(systolicPlugin, {}, [{ operator: 'fft' }])).toThrow(/does not execute operator 'fft'/);
    expect(() => runCore(systolicPlugin, { vectorLanes: 0 }, [{ operator: 'softmax' }])).toThrow(/softmax/);
  });
});
