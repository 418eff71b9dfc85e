import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUnit, readQuantity, unitExamples } from '../../../core/document/units.js';

describe('units', () => {
  it.each([
    ['1 GHz', 'Hz', 1e9],
    ['0.1 GHz', 'Hz', 1e8],
    ['877 MHz', 'Hz', 877e6],
    ['512 KiB', 'B', 524288],
    ['512KiB', 'bytes', 524288],
    ['64 kB', 'B', 64000],
    ['16 B', 'bits', 128],
    ['128 bit', 'B', 16],
    ['8%', 'fraction', 0.08],
    ['8 %', 'fraction', 0.08],
    ['3 us', 'ns', 3000],
    ['2.5 nJ', 'pJ', 2500],
    ['16 GB/s', 'B/s', 16e9],
    ['2 pJ/B', 'pJ/bit', 0.25],
    ['32 GT/s', 'GT/s', 32],
    ['1_000', 'cycles', 1000],
    ['12', 'B', 12],
    ['-3', 'cycles', -3],
    ['5 PEs', 'PEs', 5],
  ])('%s in %s is %d', (text, unit, value) => {
    expect(readQuantity(text, unit)).toEqual({ value });
  });

  it.each([
    ['512 KHz', 'B'],
    ['1 ns', 'cycles'],
    ['8 %', 'B'],
    ['3 furlongs', 'B'],
    ['1 GB/s', 'B'],
  ])('%s is no %s', (text, unit) => {
    expect(readQuantity(text, unit)).toMatchObject({ problem: 'wrong-unit' });
  });

  it.each(['', 'many', '1e', '1 2', '--3 B'])("'%s' is not a number", (text) => {
    const reading = readQuantity(text, 'B');
    expect('problem' in reading).toBe(true);
  });

  it('a number written with its unit and read back is itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom('B', 'Hz', 'pJ', 'cycles', 'ns'), (value, unit) => {
        expect(readQuantity(`${value} ${unit}`, unit)).toEqual({ value });
      }),
    );
  });

  it('suggests units that are accepted', () => {
    for (const unit of ['B', 'Hz', 'pJ', 'fraction', 'ps']) {
      for (const example of unitExamples(unit)) expect(readQuantity(`1 ${example}`, unit), example).toHaveProperty('value');
    }
    expect(parseUnit('constructor')).toBeUndefined();
  });
});
