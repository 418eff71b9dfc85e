import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFormat, wrap } from '../../../core/functional/formats.js';
import { INTEGERS } from '../../../core/functional/scalar.js';
import { standardFormats } from '../../../core/workload/number-format.js';

const format = (name: string) => standardFormats.get(name);

describe('values in number formats', () => {
  it.each([
    ['int8', 128, -128],
    ['int8', -129, 127],
    ['uint8', -1, 255],
    ['int4', 9, -7],
    ['int1', 1, -1],
    ['int64', 2n ** 63n, -(2n ** 63n)],
    ['uint64', -1, 2n ** 64n - 1n],
    ['int32', 2 ** 40 + 5, 5],
    ['ternary', -7, -1],
  ])('%s wraps %s to %s', (name, value, expected) => {
    expect(wrap(value, format(name))).toBe(expected);
    expect(toFormat(value, format(name), false)).toBe(expected);
  });

  it.each([
    ['int8', 127.5, 127],
    ['int8', -1000, -128],
    ['int8', 2.5, 2],
    ['int8', 3.5, 4],
    ['uint4', -0.5, 0],
    ['uint4', 99, 15],
    ['int8', NaN, 0],
  ])('%s takes the real %s as %s', (name, value, expected) => {
    expect(toFormat(value, format(name), true)).toBe(expected);
  });

  it.each([
    ['fp16', 2049, 2048],
    ['fp16', 2051, 2052],
    ['fp16', 65520, Infinity],
    ['fp16', 2 ** -25, 0],
    ['bf16', 257, 256],
    ['bf16', 259, 260],
    ['fp8-e4m3', 17, 16],
    ['fp8-e4m3', 1000, 448],
    ['fp8-e4m3', 2 ** -9, 2 ** -9],
    ['fp8-e5m2', 9, 8],
    ['fp8-e5m2', -1e9, -57344],
    ['fp4-e2m1', 5, 4],
    ['fp4-e2m1', 0.25, 0],
    ['fp4-e2m1', 0.3, 0.5],
    ['fp64', 0.1, 0.1],
  ])('%s holds %s as %s', (name, value, expected) => {
    expect(toFormat(value, format(name), true)).toBe(expected);
  });

  it('holds single precision as the machine does', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => toFormat(value, format('fp32'), true) === Math.fround(value)));
  });

  it('rounds to values that stay what they are', () => {
    for (const name of ['fp16', 'bf16', 'tf32', 'fp8-e4m3', 'fp8-e5m2', 'fp6-e3m2', 'fp6-e2m3', 'fp4-e2m1'])
      fc.assert(
        fc.property(fc.double({ noNaN: true, min: -1e5, max: 1e5 }), (value) => {
          const once = toFormat(value, format(name), true);
          return Object.is(toFormat(once, format(name), true), once);
        }),
      );
  });

  it('adds and multiplies integers beyond 2^53 exactly', () => {
    const big = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
    fc.assert(fc.property(big, big, (a, b) => BigInt(INTEGERS.add(a, b)) === a + b && BigInt(INTEGERS.multiply(a, b)) === a * b));
    expect(INTEGERS.multiply(2 ** 31 - 1, 2 ** 31 + 1)).toBe(2n ** 62n - 1n);
    expect(INTEGERS.add(Number.MAX_SAFE_INTEGER, 2)).toBe(BigInt(Number.MAX_SAFE_INTEGER) + 2n);
  });
});
