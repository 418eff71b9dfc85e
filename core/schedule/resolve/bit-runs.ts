import type { Extent } from './extent.js';

/** More runs than this of one box are told as one from the first to the last. */
const MOST_RUNS = 256;

/** Runs of bits, ascending: low and high bound by turns. Used again and again. */
export interface BitRuns {
  readonly bounds: number[];
  /** Runs, of two bounds each. */
  count: number;
}

export function noRuns(): BitRuns {
  return { bounds: [], count: 0 };
}

/**
 * The contiguous runs of a box inside a dense row-major frame, in bits.
 *
 * @param start first bit of the frame, @param elementBits of one element, @param out takes the result
 */
export function runsOf(frame: Extent, box: Extent, start: number, elementBits: number, out: BitRuns): BitRuns {
  const { low, high } = box;
  const { bounds } = out;
  // Dimensions from `inner` on are contiguous.
  let inner = low.length - 1;
  let pitch = 1;
  while (inner > 0 && low[inner] === frame.low[inner] && high[inner] === frame.high[inner]) {
    pitch *= high[inner]! - low[inner]!;
    inner--;
  }
  const run = inner < 0 ? 1 : pitch * (high[inner]! - low[inner]!);
  let runs = 1;
  for (let d = 0; d < inner; d++) runs *= high[d]! - low[d]!;
  let first = offsetOf(frame, low);
  out.count = 1;
  bounds[0] = start + first * elementBits;
  bounds[1] = start + (first + run) * elementBits;
  if (runs > MOST_RUNS) {
    const last = high.map((end) => end - 1);
    bounds[1] = start + (offsetOf(frame, last) + 1) * elementBits;
  }
  if (runs === 1 || runs > MOST_RUNS) return out;
  const at = low.slice();
  // From one run to the next along the dimension next to the contiguous ones.
  pitch *= frame.high[inner]! - frame.low[inner]!;
  for (out.count = 1; out.count < runs; out.count++) {
    let d = inner - 1;
    first += pitch;
    if (++at[d]! >= high[d]!) {
      for (; d > 0 && at[d]! >= high[d]!; d--) {
        at[d] = low[d]!;
        at[d - 1]!++;
      }
      first = offsetOf(frame, at);
    }
    bounds[2 * out.count] = start + first * elementBits;
    bounds[2 * out.count + 1] = start + (first + run) * elementBits;
  }
  return out;
}

function offsetOf(frame: Extent, at: readonly number[]): number {
  let offset = 0;
  for (let d = 0; d < at.length; d++) offset = offset * (frame.high[d]! - frame.low[d]!) + at[d]! - frame.low[d]!;
  return offset;
}
