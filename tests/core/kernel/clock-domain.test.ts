import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockDomain } from '../../../core/kernel/index.js';

describe('ClockDomain', () => {
  it('keeps 1,000, 877 and 1,200 MHz in step for an hour of simulated time', () => {
    for (const megahertz of [1000, 877, 1200]) {
      const clock = new ClockDomain('c', megahertz * 1e6);
      expect(clock.tickOf(megahertz * 1e6)).toBe(1e12);
      expect(clock.tickOf(megahertz * 1e6 * 3600)).toBe(3600e12);
    }
  });

  it('rounds every edge once from the exact period', () => {
    const clock = new ClockDomain('c', 877e6);
    for (const cycle of [1, 2, 3, 876, 877, 1_000_003]) {
      const exact = (BigInt(cycle) * 1_000_000n * 2n + 877n) / (877n * 2n);
      expect(clock.tickOf(cycle)).toBe(Number(exact));
    }
  });

  it('finds the cycle of a tick and the edge after it', () => {
    const frequency = fc.integer({ min: 1, max: 4_000_000_000 });
    fc.assert(
      fc.property(frequency, fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 50 }), (hertz, cycle, cycles) => {
        const clock = new ClockDomain('c', hertz);
        if (clock.tickOf(cycle + cycles + 1) > Number.MAX_SAFE_INTEGER) return;
        const tick = clock.tickOf(cycle);
        expect(clock.cycleAt(tick)).toBe(cycle);
        expect(clock.edgeAtOrAfter(tick)).toBe(tick);
        expect(clock.after(tick, cycles)).toBe(clock.tickOf(cycle + cycles));
        if (clock.tickOf(cycle + 1) > tick + 1) expect(clock.edgeAtOrAfter(tick + 1)).toBe(clock.tickOf(cycle + 1));
      }),
    );
  });

  it('refuses frequencies that have no exact tick', () => {
    for (const bad of [0, -1, 1.5, NaN, 2e12]) expect(() => new ClockDomain('c', bad)).toThrow(RangeError);
  });
});
