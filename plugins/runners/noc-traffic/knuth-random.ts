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

/** The arithmetic in which a generator works: a modulus to stay below, and how two numbers of the sequence make the next. */
interface Ring {
  /** First value of the seeding buffer. */
  start(seed: number): number;
  /** Cyclic shift by one bit: the next value of the seeding buffer. */
  shift(value: number): number;
  /** Added to one entry of the buffer, to make it odd. */
  readonly one: number;
  combine(older: number, newer: number): number;
}

const MODULUS = 2 ** 30;

const wholeNumbers: Ring = {
  start: (seed) => (seed + 2) & (MODULUS - 2),
  shift: (value) => (2 * value >= MODULUS ? 2 * value - MODULUS + 2 : 2 * value),
  one: 1,
  combine: (older, newer) => (older - newer) & (MODULUS - 1),
};

const ULP = 2 ** -52;

const fractions: Ring = {
  start: (seed) => 2 * ULP * ((seed & SEED_MASK) + 2),
  shift: (value) => (2 * value >= 1 ? 2 * value - (1 - 2 * ULP) : 2 * value),
  one: ULP,
  combine: (older, newer) => (older + newer) % 1,
};

/** One sequence: a state of `LONG_LAG` numbers and the block that is being used up. */
class LaggedFibonacci {
  private readonly state = new Float64Array(LONG_LAG);
  private readonly block = new Float64Array(BLOCK);
  private used = LONG_LAG;

  constructor(private readonly ring: Ring, seed: number) {
    const buffer = this.seedBuffer(seed);
    for (let at = 0; at < LONG_LAG; at++) this.state[(at + LONG_LAG - SHORT_LAG) % LONG_LAG] = buffer[at]!;
    for (let round = 0; round < 10; round++) this.fill(BUFFER);
  }

  next(): number {
    if (this.used === LONG_LAG) {
      this.fill(BLOCK);
      this.used = 0;
    }
    return this.block[this.used++]!;
  }

  /** The next `count` numbers of the sequence into the block, and the state after them. */
  private fill(count: number): void {
    const { block, state, ring } = this;
    block.set(state);
    for (let at = LONG_LAG; at < count; at++) block[at] = ring.combine(block[at - LONG_LAG]!, block[at - SHORT_LAG]!);
    for (let at = 0; at < LONG_LAG; at++) {
      const newer = at < SHORT_LAG ? block[count + at - SHORT_LAG]! : state[at - SHORT_LAG]!;
      state[at] = ring.combine(block[count + at - LONG_LAG]!, newer);
    }
  }

  /** The polynomial z^(2^70 * seed) modulo z^100 + z^37 + 1, by squaring: where the sequence of this seed begins. */
  private seedBuffer(seed: number): Float64Array {
    const { ring } = this;
    const buffer = new Float64Array(BUFFER);
    let value = ring.start(seed);
    for (let at = 0; at < LONG_LAG; at++) {
      buffer[at] = value;
      value = ring.shift(value);
    }
    buffer[1]! += ring.one;
    let bits = seed & SEED_MASK;
    for (let squarings = SEPARATION - 1; squarings > 0; ) {
      this.square(buffer);
      if ((bits & 1) === 1) this.timesZ(buffer);
      if (bits !== 0) bits >>= 1;
      else squarings--;
    }
    return buffer;
  }

  private square(buffer: Float64Array): void {
    const { ring } = this;
    for (let at = LONG_LAG - 1; at > 0; at--) {
      buffer[2 * at] = buffer[at]!;
      buffer[2 * at - 1] = 0;
    }
    for (let at = BUFFER - 1; at >= LONG_LAG; at--) {
      const folded = at - LONG_LAG + SHORT_LAG;
      buffer[folded] = ring.combine(buffer[folded]!, buffer[at]!);
      buffer[at - LONG_LAG] = ring.combine(buffer[at - LONG_LAG]!, buffer[at]!);
    }
  }

  private timesZ(buffer: Float64Array): void {
    buffer.copyWithin(1, 0, LONG_LAG);
    buffer[0] = buffer[LONG_LAG]!;
    buffer[SHORT_LAG] = this.ring.combine(buffer[SHORT_LAG]!, buffer[LONG_LAG]!);
  }
}

/** The pair of generators that one seed starts. */
export class KnuthRandom {
  private readonly whole: LaggedFibonacci;
  private readonly fraction: LaggedFibonacci;

  constructor(seed: number) {
    this.whole = new LaggedFibonacci(wholeNumbers, seed);
    this.fraction = new LaggedFibonacci(fractions, seed);
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
