export const INTERLEAVINGS = ['low-order', 'xor', 'high-order'] as const;
export type Interleaving = (typeof INTERLEAVINGS)[number];

/**
 * In which bank a word lies.
 * - `low-order`: word mod banks; consecutive words in consecutive banks.
 * - `xor`: the low address bits XORed with the next ones, so that a stride of `banks` words does not fall on one bank
 *   (Rau, "Pseudo-randomly interleaved memory", ISCA 1991, in its simplest form). Needs a power of two of banks.
 * - `high-order`: each bank holds one contiguous stretch.
 */
export class BankMap {
  private readonly bankBits: number;
  private readonly mask: number;

  constructor(
    readonly interleaving: Interleaving,
    readonly banks: number,
    private readonly wordsPerBank: number,
  ) {
    this.bankBits = Math.log2(banks);
    this.mask = banks - 1;
    if (interleaving === 'xor' && !Number.isInteger(this.bankBits)) throw new RangeError('xor interleaving needs a power of two of banks');
  }

  bankOf(word: number): number {
    switch (this.interleaving) {
      case 'low-order':
        return word % this.banks;
      case 'xor':
        return (word & this.mask) ^ ((word >>> this.bankBits) & this.mask);
      case 'high-order':
        return Math.floor(word / this.wordsPerBank) % this.banks;
    }
  }
}
