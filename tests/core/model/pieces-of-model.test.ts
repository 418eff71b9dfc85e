import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel, Phase } from '../../../core/kernel/index.js';
import { AgeArbiter, EnergyMeter, Histogram, makeArbiter, PriorityArbiter, Ring, RoundRobinArbiter, SpanProbe, StallStack } from '../../../core/model/index.js';

describe('arbiters', () => {
  it('round-robin serves every requester in turn', () => {
    const arbiter = new RoundRobinArbiter(3);
    expect([1, 2, 3, 4].map(() => arbiter.choose([true, true, true]))).toEqual([0, 1, 2, 0]);
    expect(arbiter.choose([true, false, false])).toBe(0);
    expect(arbiter.choose([false, false, false])).toBe(-1);
  });

  it('priority takes the highest, age the oldest, and ties go to the lowest index', () => {
    expect(new PriorityArbiter().choose([1, 1, 0, 1], [2, 5, 9, 5])).toBe(1);
    expect(new AgeArbiter().choose([1, 1, 0, 1], [7, 3, 1, 3])).toBe(1);
    expect(makeArbiter('age', 2).choose([0, 0], [1, 1])).toBe(-1);
  });
});

describe('StallStack', () => {
  it('sums to the length of the run whatever the block does', () => {
    const moves = fc.array(fc.record({ ticks: fc.integer({ min: 0, max: 50 }), to: fc.integer({ min: 0, max: 3 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(moves, (steps) => {
        const kernel = new Kernel();
        const stalls = new StallStack(kernel, ['idle', 'busy', 'wait-memory', 'wait-input']);
        let at = 0;
        const id = kernel.register('b', { onEvent: (code) => stalls.enter(code) });
        kernel.start();
        for (const step of steps) kernel.schedule(id, (at += step.ticks), Phase.compute, step.to, 0);
        kernel.run();
        stalls.finish(at + 10);
        expect(stalls.ticks.reduce((a, b) => a + b, 0)).toBe(at + 10);
      }),
    );
  });
});

describe('Histogram', () => {
  it('finds percentiles within a sixteenth and the mean exactly', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.9, 0.99, 1), (list, fraction) => {
        const histogram = new Histogram();
        for (const value of list) histogram.add(value);
        const sorted = [...list].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(fraction * list.length) - 1)]!;
        expect(histogram.percentile(fraction)).toBeGreaterThanOrEqual(exact);
        expect(histogram.percentile(fraction)).toBeLessThanOrEqual(exact * (1 + 1 / 16) + 1);
        expect(histogram.mean).toBeCloseTo(list.reduce((a, b) => a + b, 0) / list.length, 6);
      }),
    );
  });
});

describe('EnergyMeter', () => {
  it('adds actions times their energy and power times time', () => {
    const meter = new EnergyMeter({ mac: { energyPj: 0.5, unit: 'MAC' }, leakage: { powerMw: 2 } });
    meter.count(meter.action('mac'), 100);
    expect(meter.breakdownPj(1e-6)).toEqual({ mac: 50, leakage: 2000 });
  });

  it('counts an action without a figure at no cost, and refuses one that is not declared', () => {
    const meter = new EnergyMeter({ mac: { energyPj: undefined, unit: 'MAC' } });
    meter.count(meter.action('mac'), 100);
    expect(meter.breakdownPj(1)).toEqual({ mac: 0 });
    expect(() => meter.action('add')).toThrow("no action 'add' is declared; the plugin's `actions` has mac");
  });
});

describe('Ring and probes', () => {
  it('is first in, first out, and bounded', () => {
    const ring = new Ring<number>(2);
    ring.push(1);
    ring.push(2);
    expect(() => ring.push(3)).toThrow(RangeError);
    expect([ring.shift(), ring.shift(), ring.shift()]).toEqual([1, 2, undefined]);
  });

  it('is inactive until somebody listens', () => {
    const probe = new SpanProbe('b.work');
    expect(probe.active).toBe(false);
    const seen: number[] = [];
    probe.listen((start, end) => void seen.push(start, end));
    if (probe.active) probe.emit(1, 2, 0, -1);
    expect(seen).toEqual([1, 2]);
  });
});
