/** Numbers of a span: start, end, label, operation. */
export const SPAN_STRIDE = 4;

export interface LanedSpans {
  /** Indices of spans, ordered by start. */
  readonly order: Uint32Array;
  /** Lane of each span, by its place in `order`. */
  readonly lanes: Uint32Array;
  readonly laneCount: number;
}

/**
 * Puts spans on lanes so that no two of one lane overlap, each on the first lane that is free: viewers nest what overlaps
 * on one track, which would show two bursts in flight as a call inside a call.
 */
export function assignLanes(spans: Float64Array): LanedSpans {
  const count = Math.floor(spans.length / SPAN_STRIDE);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const startOf = (i: number): number => spans[i * SPAN_STRIDE] ?? 0;
  order.sort((a, b) => startOf(a) - startOf(b) || a - b);
  const lanes = new Uint32Array(count);
  const freeAt: number[] = [];
  order.forEach((span, place) => {
    let lane = freeAt.findIndex((tick) => tick <= startOf(span));
    if (lane < 0) lane = freeAt.length;
    freeAt[lane] = spans[span * SPAN_STRIDE + 1] ?? 0;
    lanes[place] = lane;
  });
  return { order, lanes, laneCount: freeAt.length };
}
