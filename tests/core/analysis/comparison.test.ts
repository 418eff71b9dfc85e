import { describe, expect, it } from 'vitest';
import { comparePerformance, compareValue, estimateError, PERCENT, relativeError, type Performance } from '../../../core/index.js';
import { comparisonDocument } from '../../../core/analysis/comparison-document.js';

const side = (cycles: number, extra: Partial<Performance> = {}): Performance => ({ cycles, seconds: cycles * 1e-9, layers: [], resources: [], ...extra });
const layer = (name: string, cycles: number, computeCycles: number, bytes = {}) => ({ layer: name, operator: 'conv', macs: 1, cycles, computeCycles, bytes });

describe('comparisonDocument', () => {
  it('compares the energies that both sides know', () => {
    const [a, b] = [side(10, { energyPj: 200 }), side(10, { energyPj: 150 })];
    expect(comparisonDocument(a, b, 'a', 'b').energy).toEqual({ energyPjA: 200, energyPjB: 150, difference: -0.25 });
    expect(comparisonDocument(a, side(10), 'a', 'b').energy).toBeUndefined();
  });
});

describe('relativeError', () => {
  it.each([
    [80, 100, -0.2],
    [120, 100, 0.2],
    [-80, -100, 0.2],
    [-120, -100, -0.2],
    [0, 100, -1],
    [0, 0, 0],
    [5, 0, Infinity],
    [-5, 0, -Infinity],
    [NaN, 1, NaN],
    [1, NaN, NaN],
  ])('of %d against %d is %d', (value, reference, expected) => expect(relativeError(value, reference)).toBe(expected));

  it('is exact in per cent', () => {
    expect(relativeError(107, 100, PERCENT)).toBe(7);
    expect(relativeError(107, 100) * 100).not.toBe(7);
  });

  it('is undefined, not wrong, without an estimate', () => {
    expect(estimateError({ simulation: side(100) })).toBeUndefined();
    expect(estimateError({ simulation: side(100), estimate: side(80) })).toBe(-0.2);
  });
});

describe('comparePerformance', () => {
  it('signs the error: negative when the value is below the reference', () => {
    expect(comparePerformance(side(80), side(100)).cycles).toEqual({ value: 80, reference: 100, difference: -20, relativeError: -0.2 });
    expect(compareValue(undefined, 5)).toEqual({ value: undefined, reference: 5, difference: undefined, relativeError: undefined });
  });

  it('splits each layer into computing and waiting', () => {
    const estimate = side(0, { layers: [layer('a', 60, 50, { dram: 10 })] });
    const simulation = side(0, { layers: [layer('a', 100, 50, { dram: 10, l1: 3 })] });
    const [compared] = comparePerformance(estimate, simulation).layers;
    expect(compared?.computeCycles.relativeError).toBe(0);
    expect(compared?.waitingCycles).toMatchObject({ value: 10, reference: 50, relativeError: -0.8 });
    expect(compared?.bytes).toEqual({ dram: { value: 10, reference: 10, difference: 0, relativeError: 0 } });
  });

  it('keeps the order of the reference, then lists what only the other side has, and names both', () => {
    const estimate = side(0, { layers: [layer('a', 1, 1), layer('b', 1, 1)], resources: [{ resource: 'dram', kind: 'memory', busyCycles: 4 }] });
    const simulation = side(0, {
      layers: [layer('c', 1, 1), layer('b', 2, 1)],
      resources: [
        { resource: 'dram', kind: 'memory', busyCycles: 8 },
        { resource: 'l1', kind: 'memory', busyCycles: 1 },
      ],
    });
    const comparison = comparePerformance(estimate, simulation);
    expect(comparison.layers.map(({ layer: name, cycles }) => [name, cycles.value, cycles.reference])).toEqual([
      ['c', undefined, 1],
      ['b', 1, 2],
      ['a', 1, undefined],
    ]);
    expect([comparison.onlyInValue, comparison.onlyInReference]).toEqual([
      { layers: ['a'], resources: [] },
      { layers: ['c'], resources: ['l1'] },
    ]);
    expect(comparison.resources[0]?.busyCycles.relativeError).toBe(-0.5);
    expect(comparison.energyPj.difference).toBeUndefined();
  });
});

describe('document of `tessera compare`', () => {
  it('takes A for the reference and leaves out what a side does not know', () => {
    const a = side(100, { layers: [layer('a', 10, 1), layer('b', 20, 1)] });
    const b = side(150, { layers: [layer('b', 30, 1), layer('c', 1, 1)] });
    expect(JSON.parse(JSON.stringify(comparisonDocument(a, b, 'one', 'two')))).toEqual({
      titleA: 'one',
      titleB: 'two',
      total: { cyclesA: 100, cyclesB: 150, difference: 0.5 },
      layers: [
        { layer: 'a', operator: 'conv', cyclesA: 10 },
        { layer: 'b', operator: 'conv', cyclesA: 20, cyclesB: 30, difference: 0.5 },
        { layer: 'c', operator: 'conv', cyclesB: 1 },
      ],
    });
  });
});
