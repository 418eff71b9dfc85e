import type { NumberFormat } from '../workload/number-format.js';
import { narrowed, type Scalar } from './scalar.js';

/** A binary floating-point format: stored bits of the mantissa, exponent of the smallest normal number, largest finite number. */
interface FloatShape {
  readonly mantissaBits: number;
  readonly leastExponent: number;
  readonly largest: number;
  /** What is too large becomes the largest number instead of infinity. */
  readonly saturates?: boolean;
}

/** IEEE 754; OCP 8-bit Floating Point Specification 1.0 and Microscaling Formats 1.0, with saturating conversion. */
const FLOATS: Readonly<Record<string, FloatShape>> = {
  tf32: { mantissaBits: 10, leastExponent: -126, largest: (2 - 2 ** -10) * 2 ** 127 },
  fp16: { mantissaBits: 10, leastExponent: -14, largest: 65504 },
  bf16: { mantissaBits: 7, leastExponent: -126, largest: (2 - 2 ** -7) * 2 ** 127 },
  'fp8-e4m3': { mantissaBits: 3, leastExponent: -6, largest: 448, saturates: true },
  'fp8-e5m2': { mantissaBits: 2, leastExponent: -14, largest: 57344, saturates: true },
  'fp6-e3m2': { mantissaBits: 2, leastExponent: -2, largest: 28, saturates: true },
  'fp6-e2m3': { mantissaBits: 3, leastExponent: 0, largest: 7.5, saturates: true },
  'fp4-e2m1': { mantissaBits: 1, leastExponent: 0, largest: 6, saturates: true },
};

export function isIntegerFormat({ kind }: NumberFormat): boolean {
  return kind === 'int' || kind === 'uint' || kind === 'ternary';
}

/** The integer of a format that two's complement of its width leaves. Exact for any width. */
export function wrap(value: Scalar, { kind, bits }: NumberFormat): Scalar {
  const width = Math.ceil(bits);
  if (kind === 'ternary') return value > 0 ? 1 : value < 0 ? -1 : 0;
  if (typeof value === 'number' && width <= 32 && Number.isSafeInteger(value)) {
    const size = 2 ** width;
    const low = ((value % size) + size) % size;
    return kind === 'int' && low >= size / 2 ? low - size : low;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return value;
  const exact = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
  return narrowed(kind === 'int' ? BigInt.asIntN(width, exact) : BigInt.asUintN(width, exact));
}

/**
 * A value as a tensor of the format holds it. An integer result wraps (no scale is known that it could be divided by); a real one is rounded
 * to the nearest, ties to even, and saturates in integers. Block formats keep their elements: their scales are taken as 1.
 *
 * @param isReal the value was computed with reals
 */
export function toFormat(value: Scalar, format: NumberFormat, isReal: boolean): Scalar {
  if (isIntegerFormat(format)) return isReal ? saturated(Number(value), format) : wrap(value, format);
  const real = Number(value);
  if (format.name === 'fp64' || !Number.isFinite(real)) return real;
  const shape = FLOATS[format.name];
  return shape === undefined ? Math.fround(real) : rounded(real, shape);
}

function saturated(value: number, { kind, bits }: NumberFormat): Scalar {
  if (Number.isNaN(value)) return 0;
  const width = BigInt(Math.ceil(bits));
  const [low, high] = kind === 'ternary' ? [-1n, 1n] : kind === 'int' ? [-(1n << (width - 1n)), (1n << (width - 1n)) - 1n] : [0n, (1n << width) - 1n];
  if (value >= Number(high)) return narrowed(high);
  if (value <= Number(low)) return narrowed(low);
  return toEven(value);
}

function rounded(value: number, { mantissaBits, leastExponent, largest, saturates }: FloatShape): number {
  if (value === 0) return value;
  const step = 2 ** (Math.max(exponentOf(value), leastExponent) - mantissaBits);
  const nearest = toEven(value / step) * step;
  if (Math.abs(nearest) <= largest) return nearest;
  return Math.sign(value) * (saturates === true ? largest : Infinity);
}

function exponentOf(value: number): number {
  const size = Math.abs(value);
  const guess = Math.floor(Math.log2(size));
  return 2 ** guess > size ? guess - 1 : 2 ** (guess + 1) <= size ? guess + 1 : guess;
}

/** To the nearest integer, ties to even. */
function toEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}
