/**
 * The lagged Fibonacci generators of Knuth, The Art of Computer Programming 2, 3rd ed., section 3.6 (`ran_array`, and its
 * variant on fractions `ranf_array`, seeding of 2002). BookSim2 draws everything from one pair of them, so a replay of its
 * runs needs the same numbers in the same order.
 */
const LONG_LAG = 100;
const SHORT_LAG = 37;
/** Numbers that are made at once; only the first `LONG_LAG` of them are used (the recommended discard). */
const BLOCK = 1009;
/** Streams of different seeds are at least 2^70 numbers apart. */
const SEPARATION = 70;
const SEED_MASK = 2 ** 30 - 1;
const BUFFER = 2 * LONG_LAG - 1;

/** One sequence: a state of `LONG_LAG` numbers and the block that is being used up. The arithmetic is a subclass's. */
abstract class LaggedFibonacci {
  protected readonly block = new Float64Array(BLOCK + LONG_LAG);
  private used = LONG_LAG;

  /** First value of the seeding buffer. */
  protected abstract start(seed: number): number;
  /** Cyclic shift by one bit: the next value of the seeding buffer. */
  protected abstract shift(value: number): number;
  /** What makes an entry of the seeding buffer odd. */
  protected abstract readonly one: number;
  protected abstract combine(older: number, newer: number): number;
  /** Continue the sequence in `block` from place `LONG_LAG` up to `end`: a loop of its own in each arithmetic, because it is hot. */
  protected abstract extend(end: number): void;

  protected seed(seed: number): void {
    const buffer = this.seedBuffer(seed);
    for (let at = 0; at < LONG_LAG; at++) this.block[(at + LONG_LAG - SHORT_LAG) % LONG_LAG] = buffer[at]!;
    for (let round = 0; round < 10; round++) this.advance(BUFFER);
    this.block.copyWithin(BLOCK, 0, LONG_LAG);
  }

  next(): number {
    if (this.used === LONG_LAG) {
      this.block.copyWithin(0, BLOCK, BLOCK + LONG_LAG);
      this.extend(BLOCK + LONG_LAG);
      this.used = 0;
    }
    return this.block[this.used++]!;
  }

  /** Replace the first `LONG_LAG` numbers by those `count` places further on. */
  private advance(count: number): void {
    this.extend(count + LONG_LAG);
    this.block.copyWithin(0, count, count + LONG_LAG);
  }

  /** The polynomial z^(2^70 * seed) modulo z^100 + z^37 + 1, by squaring: where the sequence of this seed begins. */
  private seedBuffer(seed: number): Float64Array {
    const buffer = new Float64Array(BUFFER);
    let value = this.start(seed);
    for (let at = 0; at < LONG_LAG; at++) {
      buffer[at] = value;
      value = this.shift(value);
    }
    buffer[1]! += this.one;
    let bits = seed & SEED_MASK;
    for (let squarings = SEPARATION - 1; squarings > 0;) {
      this.square(buffer);
      if ((bits & 1) === 1) this.timesZ(buffer);
      if (bits !== 0) bits >>= 1;
      else squarings--;
    }
    return buffer;
  }

  private square(buffer: Float64Array): void {
    for (let at = LONG_LAG - 1; at > 0; at--) {
      buffer[2 * at] = buffer[at]!;
      buffer[2 * at - 1] = 0;
    }
    for (let at = BUFFER - 1; at >= LONG_LAG; at--) {
      const folded = at - LONG_LAG + SHORT_LAG;
      buffer[folded] = this.combine(buffer[folded]!, buffer[at]!);
      buffer[at - LONG_LAG] = this.combine(buffer[at - LONG_LAG]!, buffer[at]!);
    }
  }

  private timesZ(buffer: Float64Array): void {
    buffer.copyWithin(1, 0, LONG_LAG);
    buffer[0] = buffer[LONG_LAG]!;
    buffer[SHORT_LAG] = this.combine(buffer[SHORT_LAG]!, buffer[LONG_LAG]!);
  }
}

const MODULUS = 2 ** 30;

/** Whole numbers below 2^30, by subtraction. */
export class WholeFibonacci extends LaggedFibonacci {
  protected readonly one = 1;

  constructor(seed: number) {
    super();
    this.seed(seed);
  }

  protected start(seed: number): number {
    return (seed + 2) & (MODULUS - 2);
  }

  protected shift(value: number): number {
    return 2 * value >= MODULUS ? 2 * value - MODULUS + 2 : 2 * value;
  }

  protected combine(older: number, newer: number): number {
    return (older - newer) & (MODULUS - 1);
  }

  protected extend(end: number): void {
    const { block } = this;
    for (let at = LONG_LAG; at < end; at++) block[at] = (block[at - LONG_LAG]! - block[at - SHORT_LAG]!) & (MODULUS - 1);
  }
}

const ULP = 2 ** -52;

/** Fractions in [0, 1), by addition modulo 1. */
export class FractionFibonacci extends LaggedFibonacci {
  protected readonly one = ULP;

  constructor(seed: number) {
    super();
    this.seed(seed);
  }

  protected start(seed: number): number {
    return 2 * ULP * ((seed & SEED_MASK) + 2);
  }

  protected shift(value: number): number {
    return 2 * value >= 1 ? 2 * value - (1 - 2 * ULP) : 2 * value;
  }

  protected combine(older: number, newer: number): number {
    const sum = older + newer;
    return sum - (sum | 0);
  }

  protected extend(end: number): void {
    const { block } = this;
    for (let at = LONG_LAG; at < end; at++) {
      const sum = block[at - LONG_LAG]! + block[at - SHORT_LAG]!;
      // Without a branch, which nothing could predict.
      block[at] = sum - (sum | 0);
    }
  }
}

/** The pair of generators that one seed starts. */
export class KnuthRandom {
  private readonly whole: WholeFibonacci;
  private readonly fraction: FractionFibonacci;

  constructor(seed: number) {
    this.whole = new WholeFibonacci(seed);
    this.fraction = new FractionFibonacci(seed);
  }

  /** A whole number in [0, bound), bound at most 2^30. */
  below(bound: number): number {
    return this.whole.next() % bound;
  }

  /** A fraction in [0, 1). */
  uniform(): number {
    return this.fraction.next();
  }
}
