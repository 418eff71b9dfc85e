import { expect, it } from 'vitest';
import { givenCyclesPlugin } from '../../../../plugins/cores/given-cycles/index.js';
import { runCore, type ComputeSketch } from '../support/compute-bench.js';

const tile = (more: Partial<ComputeSketch> = {}): ComputeSketch => ({ operator: 'gemm', loops: { OX: 16, K: 16, C: 16 }, reads: {}, writes: {}, ...more });

it('a tile without stated cycles takes its points over the rate, rounded up', () => {
  expect(runCore(givenCyclesPlugin, { macsPerCycle: 256 }, [tile()]).cycles[0]).toBe(16);
  expect(runCore(givenCyclesPlugin, { macsPerCycle: 1000 }, [tile()]).cycles[0]).toBe(5);
});

it('a tile with stated cycles takes them', () => {
  expect(runCore(givenCyclesPlugin, {}, [tile({ with: { cycles: 430.2 } })]).cycles[0]).toBe(431);
});
