/** Bit-set helpers of the allocators: round-robin choices on request masks. */

/** Index of the lowest set bit of a non-zero mask. */
export function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

/**
 * First set bit at or after `from` (0 .. 32), wrapping to the lowest one: a round-robin arbiter whose pointer is `from`.
 * `mask` is not zero. A shift by 32 is a shift by 0 in JavaScript, which is the wrap that a pointer of 32 needs.
 */
export function firstBitFrom(mask: number, from: number): number {
  const high = mask & (-1 << from);
  const pick = high !== 0 ? high : mask;
  return 31 - Math.clz32(pick & -pick);
}

/** The same over `words` consecutive words of a table; -1 when all are zero. */
export function firstBitFromWords(table: Int32Array, at: number, words: number, from: number): number {
  const startWord = from >> 5;
  if (startWord < words) {
    const high = table[at + startWord]! & (-1 << (from & 31));
    if (high !== 0) return (startWord << 5) + lowestBit(high);
  }
  for (let word = startWord + 1; word < words; word++) {
    if (table[at + word] !== 0) return (word << 5) + lowestBit(table[at + word]!);
  }
  const last = Math.min(startWord, words - 1);
  for (let word = 0; word <= last; word++) {
    if (table[at + word] !== 0) return (word << 5) + lowestBit(table[at + word]!);
  }
  return -1;
}

/** Bits `first` .. `last`, both included, last <= 31. */
export function bitRange(first: number, last: number): number {
  const upTo = last === 31 ? -1 : (1 << (last + 1)) - 1;
  return upTo & (-1 << first);
}
