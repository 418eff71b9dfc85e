import type { NumberFormat } from '../workload/number-format.js';
import { isIntegerFormat, toFormat } from './formats.js';
import type { Scalar } from './scalar.js';

/** Values of integers stay within so many bits, so that sums of many products keep their meaning in 32 bits. */
const MOST_BITS = 8;

/**
 * The values of an input or constant, the same in every run: integers over the whole range of their format, eight bits at most; reals are
 * multiples of 1/8 of at most eight bits, so that sums of their products are exact in a double, whatever their order.
 *
 * @param count elements, in the order of the tensor's dimensions
 */
export function seededValues(tensor: string, count: number, format: NumberFormat): Scalar[] {
  const seed = hashText(tensor);
  return Array.from({ length: count }, (_, index) => valueOf(mixed(seed, index), format));
}

function valueOf(random: number, format: NumberFormat): Scalar {
  const bits = Math.min(MOST_BITS, Math.max(1, Math.floor(format.bits)));
  if (!isIntegerFormat(format)) return toFormat(((random & 0xff) - 0x80) / 8, format, true);
  if (format.kind === 'ternary') return (random % 3) - 1;
  // A truth value is one of two, whatever it is stored in.
  const within = format.name === 'bool' ? random & 1 : random & ((1 << bits) - 1);
  return format.kind === 'int' ? within - (1 << (bits - 1)) : within;
}

/** FNV-1a. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Two numbers into one of 32 bits (the finaliser of MurmurHash3). */
export function mixed(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
