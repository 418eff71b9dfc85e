import type { StateExchange } from '../kernel/state.js';

/** Counts in power-of-two subdivided bins (HDR style): relative error of a percentile at most 1/16, memory constant. */
export class Histogram {
  private static readonly subBits = 4;
  private readonly bins = new Float64Array(64 << Histogram.subBits);
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;

  /** Adds a value >= 0. */
  add(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.bins[binOf(value)]!++;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** Upper edge of the bin that holds the given fraction (0..1) of the values, never above the maximum. */
  percentile(fraction: number): number {
    if (this.count === 0) return 0;
    const wanted = Math.max(1, Math.ceil(fraction * this.count));
    let seen = 0;
    for (let bin = 0; bin < this.bins.length; bin++) {
      seen += this.bins[bin]!;
      if (seen >= wanted) return Math.min(this.max, upperEdge(bin));
    }
    return this.max;
  }

  state(s: StateExchange): void {
    s.numbers(this.bins);
    this.count = s.number(this.count);
    this.sum = s.number(this.sum);
    this.min = s.number(this.min);
    this.max = s.number(this.max);
  }
}

/** Values below 16 have bins of their own; above, each octave has 16. */
function binOf(value: number): number {
  if (value < 16) return value < 0 ? 0 : Math.floor(value);
  const octave = Math.floor(Math.log2(value));
  const within = Math.floor((value / 2 ** octave - 1) * 16);
  return (octave - 3) * 16 + within;
}

function upperEdge(bin: number): number {
  if (bin < 16) return bin;
  const octave = Math.floor(bin / 16) + 3;
  return 2 ** octave * (1 + ((bin % 16) + 1) / 16) - 1;
}
