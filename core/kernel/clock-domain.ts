import { MAX_TICK, TICKS_PER_SECOND } from './time.js';

/**
 * Turns cycles of one clock into ticks without drift: cycle n lies at round(n * period), rounded once from the exact
 * rational period, so that 877 MHz and 1,200 MHz stay in step with 1,000 MHz for ever.
 */
export class ClockDomain {
  /** Shortest distance between two edges, in ticks. */
  readonly minPeriodTicks: number;
  private readonly numerator: number;
  private readonly denominator: number;

  /** @param frequencyHz positive integer, at most 1 THz (one tick a cycle). */
  constructor(
    readonly name: string,
    readonly frequencyHz: number,
  ) {
    if (!Number.isInteger(frequencyHz) || frequencyHz <= 0 || frequencyHz > TICKS_PER_SECOND) {
      throw new RangeError(`clock '${name}': ${frequencyHz} Hz is not an integer between 1 and 1e12`);
    }
    const divisor = greatestCommonDivisor(TICKS_PER_SECOND, frequencyHz);
    this.numerator = TICKS_PER_SECOND / divisor;
    this.denominator = frequencyHz / divisor;
    this.minPeriodTicks = Math.floor(this.numerator / this.denominator);
  }

  /** Mean period in ticks; a fraction when the frequency does not divide 1 THz. */
  get periodTicks(): number {
    return this.numerator / this.denominator;
  }

  /** Tick of the edge that begins cycle `cycle` (an integer >= 0). */
  tickOf(cycle: number): number {
    if (this.denominator === 1) return cycle * this.numerator;
    const whole = Math.floor(cycle / this.denominator);
    const rest = cycle - whole * this.denominator;
    return whole * this.numerator + Math.round((rest * this.numerator) / this.denominator);
  }

  /** Index of the last cycle whose edge is at or before `tick`. */
  cycleAt(tick: number): number {
    if (this.denominator === 1) return Math.floor(tick / this.numerator);
    let cycle = Math.floor((tick / this.numerator) * this.denominator);
    while (this.tickOf(cycle) > tick) cycle--;
    while (this.tickOf(cycle + 1) <= tick) cycle++;
    return cycle;
  }

  /** Index of the first cycle whose edge is at or after `tick`. */
  cycleAtOrAfter(tick: number): number {
    if (this.denominator === 1) return Math.ceil(tick / this.numerator);
    const cycle = this.cycleAt(tick);
    return this.tickOf(cycle) === tick ? cycle : cycle + 1;
  }

  /** First edge at or after `tick`. */
  edgeAtOrAfter(tick: number): number {
    if (this.denominator === 1) return Math.ceil(tick / this.numerator) * this.numerator;
    return this.tickOf(this.cycleAtOrAfter(tick));
  }

  /** The edge `cycles` whole cycles after the first edge at or after `tick`. */
  after(tick: number, cycles: number): number {
    if (this.denominator === 1) return (Math.ceil(tick / this.numerator) + cycles) * this.numerator;
    return this.tickOf(this.cycleAtOrAfter(tick) + cycles);
  }

  /** Ticks as a (fractional) number of cycles, for reports. */
  cyclesIn(ticks: number): number {
    return (ticks * this.denominator) / this.numerator;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Throws when a time is not an exact, reachable tick. */
export function assertTick(tick: number, what: string): void {
  if (!Number.isInteger(tick) || tick < 0 || tick > MAX_TICK) {
    throw new RangeError(`${what}: ${tick} is not an integer tick below 2^53 (about 2.5 hours of simulated time)`);
  }
}
