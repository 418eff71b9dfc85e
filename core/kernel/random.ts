/**
 * Named random stream (xoshiro128**, Blackman & Vigna 2018, seeded through a 32-bit mix of seed and name).
 * Two streams of different names are independent; the same (seed, name) always gives the same numbers.
 */
export class RandomStream {
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  constructor(seed: number, name: string) {
    const mix = seedMixer(seed, name);
    this.s0 = mix();
    this.s1 = mix();
    this.s2 = mix();
    this.s3 = mix() | 1;
  }

  /** The generator's state: four 32-bit words. */
  get words(): number[] {
    return [this.s0, this.s1, this.s2, this.s3];
  }

  set words([s0 = 0, s1 = 0, s2 = 0, s3 = 1]: number[]) {
    [this.s0, this.s1, this.s2, this.s3] = [s0 | 0, s1 | 0, s2 | 0, s3 | 0];
  }

  /** Uniform 32-bit unsigned integer. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.s1, 5), 7), 9) >>> 0;
    const t = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= t;
    this.s3 = rotateLeft(this.s3, 11);
    return result;
  }

  /** Uniform in [0, 1) with 32 bits of resolution. */
  uniform(): number {
    return this.uint32() * 2 ** -32;
  }

  /** Uniform integer in [0, bound); unbiased. `bound` is 1 .. 2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % bound;
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** FNV-1a over the name and both halves of the seed, then the finaliser of MurmurHash3 for each word drawn. */
function seedMixer(seed: number, name: string): () => number {
  let state = 0x811c9dc5;
  const absorb = (word: number): void => {
    state = Math.imul(state ^ word, 0x01000193);
  };
  for (let index = 0; index < name.length; index++) absorb(name.charCodeAt(index));
  absorb(seed | 0);
  absorb(Math.floor(seed / 2 ** 32) | 0);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  };
}
