import { hashText, mixed } from './seeds.js';
import type { Scalar } from './scalar.js';
import type { OperatorSemantics, PointValues } from './semantics.js';

const TERM_BITS = 32;
/** Fits into any format of four bits, and is exact in every floating-point format but the smallest. */
const SHOWN = 16;

/**
 * Stands for an operator that has no meaning here: each point gives a number made of all that it reads and of where it is, and an output is
 * the sum of its points' numbers. Wrong, missing or exchanged inputs change it; tiles in any order do not.
 */
export function fingerprintOf(operator: string): OperatorSemantics {
  const seed = hashText(operator);
  return {
    arithmetic: 'integer',
    term: (point, output) => termOf(point, mixed(seed, output)),
    finish: (sum) => Number(BigInt.asUintN(TERM_BITS, BigInt(sum))) % SHOWN,
  };
}

function termOf(point: PointValues, seed: number): number {
  let hash = seed;
  for (let loop = 0; loop < point.loops.length; loop++) hash = mixed(hash, point.at(loop));
  for (let operand = 0; operand < point.names.length; operand++) for (const value of point.window(operand)) hash = mixed(hash, bitsOf(value));
  return hash;
}

const real = new Float64Array(1);
const words = new Uint32Array(real.buffer);

function bitsOf(value: Scalar): number {
  if (typeof value === 'bigint') return Number(BigInt.asUintN(TERM_BITS, value ^ (value >> 32n)));
  if (Number.isInteger(value)) return value % 2 ** TERM_BITS;
  // What differs beyond single precision is not told apart: sums of reals depend on their order there.
  real[0] = Math.fround(value);
  return mixed(words[0]!, words[1]!);
}
