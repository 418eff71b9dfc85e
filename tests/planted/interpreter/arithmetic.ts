/**
 * Values are numbers modulo a prime below 2^26, so that products are exact in a double: two different computations agree by accident in
 * one of 67 million cases. Sums in any order are equal, as those of integers are.
 */
export const PRIME = 67_108_859;

export const add = (a: number, b: number): number => (a + b) % PRIME;
export const multiply = (a: number, b: number): number => (a * b) % PRIME;

/** A fixed value, seemingly at random, for a few whole numbers. */
export function hash(...words: readonly number[]): number {
  let h = 0x811c9dc5;
  for (const word of words) {
    h = Math.imul(h ^ (word | 0), 0x01000193);
    h ^= h >>> 15;
    h = Math.imul(h, 0x2c1b3c6d);
    h ^= h >>> 13;
  }
  return 1 + ((h >>> 0) % (PRIME - 1));
}

export function hashText(text: string): number {
  let h = 7;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return hash(h);
}
