/** One round of a 32-bit hash (the finaliser of MurmurHash3, Appleby 2011). Takes the lower 32 bits of `word`. */
export function mix(hash: number, word: number): number {
  let h = hash ^ word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
