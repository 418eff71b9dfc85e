/** The middle of a list; of an even number of values the mean of the two in the middle. Throws on an empty list. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('no values to take the median of');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Lowest, middle and highest of several runs, in `unit`. */
export interface Spread {
  readonly unit: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[], unit: string): Spread {
  return { unit, min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

/**
 * Values of one round beside each other: `combine(a, b)` of the first runs, the second runs, and so on. Two runs of one round
 * saw nearly the same machine, two of different rounds perhaps not. A list that was run once only stands beside the other's first run.
 */
export function pairwise(a: readonly number[], b: readonly number[], combine: (a: number, b: number) => number): number[] {
  const rounds = Math.min(a.length, b.length);
  return Array.from({ length: rounds }, (_, round) => combine(a[round] as number, b[round] as number));
}

/** How many times more the other takes: median of other / own, round by round. Above 1 our own is the faster one. */
export function medianRatio(own: readonly number[], other: readonly number[]): number {
  return median(pairwise(own, other, (mine, its) => its / mine));
}
