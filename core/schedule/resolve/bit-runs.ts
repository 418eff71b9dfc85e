import type { Extent } from './extent.js';

/** More runs than this of one box are told as one from the first to the last. */
const MOST_RUNS = 256;

/**
 * The contiguous runs of a box inside a dense row-major frame, in elements from the start of the frame, ascending.
 *
 * @param visit gets the first element of a run and the one behind its last
 */
export function forEachRun(frame: Extent, box: Extent, visit: (first: number, end: number) => void): void {
  const rank = frame.low.length;
  // Dimensions from `inner` on are contiguous.
  let inner = rank - 1;
  while (inner > 0 && box.low[inner] === frame.low[inner] && box.high[inner] === frame.high[inner]) inner--;
  let run = 1;
  for (let d = Math.max(inner, 0); d < rank; d++) run *= box.high[d]! - box.low[d]!;
  let runs = 1;
  for (let d = 0; d < inner; d++) runs *= box.high[d]! - box.low[d]!;
  const at = box.low.slice();
  if (runs > MOST_RUNS) {
    const last = box.high.map((high) => high - 1);
    visit(offsetOf(frame, at), offsetOf(frame, last) + 1);
    return;
  }
  for (let count = 0; count < runs; count++) {
    const first = offsetOf(frame, at);
    visit(first, first + run);
    for (let d = inner - 1; d >= 0; d--) {
      if (++at[d]! < box.high[d]!) break;
      at[d] = box.low[d]!;
    }
  }
}

function offsetOf(frame: Extent, at: readonly number[]): number {
  let offset = 0;
  for (let d = 0; d < at.length; d++) offset = offset * (frame.high[d]! - frame.low[d]!) + at[d]! - frame.low[d]!;
  return offset;
}
