/**
 * A value of an element, exact: a number, or a bigint for an integer beyond 2^53. Two doubles that no number format of 32 bits or fewer
 * can hold stand for what is no value; a plain array of numbers then stays an array of doubles.
 */
export type Scalar = number | bigint;

/** Nothing is there: never written, or released. A sum that is begun there starts at zero. */
export const ABSENT = -Number.MAX_VALUE;
/** Something is there that means nothing: made from what was absent, or changed while it was in use. */
export const FAULT = Number.MAX_VALUE;

export function isValue(value: Scalar): boolean {
  return value !== ABSENT && value !== FAULT;
}

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** The number of a bigint where that is exact. */
export function narrowed(value: bigint): Scalar {
  return value <= LARGEST && value >= -LARGEST ? Number(value) : value;
}

function asBigInt(value: Scalar): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
}

/** How sums and products of a layer are formed: of integers exactly, of reals as doubles. */
export interface Arithmetic {
  readonly isInteger: boolean;
  add(a: Scalar, b: Scalar): Scalar;
  multiply(a: Scalar, b: Scalar): Scalar;
}

export const INTEGERS: Arithmetic = {
  isInteger: true,
  add: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const sum = a + b;
      if (Number.isSafeInteger(sum) || !Number.isInteger(sum)) return sum;
    }
    return narrowed(asBigInt(a) + asBigInt(b));
  },
  multiply: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const product = a * b;
      if (Number.isSafeInteger(product) || !Number.isInteger(product)) return product;
    }
    return narrowed(asBigInt(a) * asBigInt(b));
  },
};

export const REALS: Arithmetic = {
  isInteger: false,
  add: (a, b) => Number(a) + Number(b),
  multiply: (a, b) => Number(a) * Number(b),
};
