import { describe, expect, it } from 'vitest';
import { comparePerformance, compareValue, type Performance } from '../../../core/index.js';

const side = (cycles: number, extra: Partial<Performance> = {}): Performance => ({ cycles, seconds: cycles * 1e-9, layers: [], resources: [], ...extra });
const layer = (name: string, cycles: number, computeCycles: number, bytes = {}) => ({ layer: name, operator: 'conv', macs: 1, cycles, computeCycles, bytes });

describe('comparePerformance', () => {
  it('signs the error: negative when the estimate was too optimistic', () => {
    expect(comparePerformance(side(80), side(100)).cycles).toEqual({ estimated: 80, simulated: 100, difference: -20, relativeError: -0.2 });
    expect(compareValue(5, 0).relativeError).toBeUndefined();
    expect(compareValue(0, 0).relativeError).toBe(0);
  });

  it('splits each layer into computing and waiting', () => {
    const estimate = side(0, { layers: [layer('a', 60, 50, { dram: 10 })] });
    const simulation = side(0, { layers: [layer('a', 100, 50, { dram: 10, l1: 3 })] });
    const [compared] = comparePerformance(estimate, simulation).layers;
    expect(compared?.computeCycles.relativeError).toBe(0);
    expect(compared?.waitingCycles).toMatchObject({ estimated: 10, simulated: 50, relativeError: -0.8 });
    expect(compared?.bytes).toEqual({ dram: { estimated: 10, simulated: 10, difference: 0, relativeError: 0 } });
  });

  it('lists what only one side knows', () => {
    const estimate = side(0, { layers: [layer('a', 1, 1), layer('b', 1, 1)], resources: [{ resource: 'dram', kind: 'memory', busyCycles: 4 }] });
    const simulation = side(0, { layers: [layer('b', 1, 1), layer('c', 1, 1)], resources: [{ resource: 'dram', kind: 'memory', busyCycles: 8 }] });
    const comparison = comparePerformance(estimate, simulation);
    expect(comparison.layers.map(({ layer: name }) => name)).toEqual(['b']);
    expect([comparison.onlyEstimated, comparison.onlySimulated]).toEqual([['a'], ['c']]);
    expect(comparison.resources[0]?.busyCycles.relativeError).toBe(-0.5);
    expect(comparison.energyPj).toBeUndefined();
  });
});
