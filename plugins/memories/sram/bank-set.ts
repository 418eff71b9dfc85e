/** Sets of up to 32 banks as the bits of one integer: a claim is an `or`, a conflict an `and`. */
export const MOST_BANKS_OF_A_SET = 32;

/** `count` consecutive banks from `first` on, around the ring of `banks` banks; `count` <= `banks` <= 32. */
export function consecutiveBanks(first: number, count: number, banks: number): number {
  const ones = lowBits(count);
  // A shift by 32 is one by 0, so the part that wraps around exists only where the first bank is not bank 0.
  return first === 0 ? ones : ((ones << first) | (ones >>> (banks - first))) & lowBits(banks);
}

/** Number of banks in the set. */
export function bankCount(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Lowest bank of a set that is not empty. */
export function lowestBank(set: number): number {
  return 31 - Math.clz32(set & -set);
}

function lowBits(count: number): number {
  return count === 32 ? -1 : (1 << count) - 1;
}

/**
 * Whether any `lanes` consecutive words of a burst lie in banks that all differ, with low-order interleaving: rows of
 * `rowWords` words, `pitchWords` apart. True for all beats of the burst, wherever in a row they begin.
 */
export function spreadsOverBanks(rowWords: number, pitchWords: number, lanes: number, banks: number): boolean {
  if (lanes > banks) return false;
  // Of two rows at most: the second must begin so far behind the end of the first that `lanes` banks fit around the ring.
  if (rowWords >= lanes) return remainder(pitchWords - rowWords, banks) <= banks - lanes;
  for (let first = 0; first < rowWords; first++) {
    for (let apart = 1; apart < lanes; apart++) {
      const column = (first + apart) % rowWords;
      const row = Math.floor((first + apart) / rowWords);
      if (remainder(row * pitchWords + column - first, banks) === 0) return false;
    }
  }
  return true;
}

function remainder(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}
