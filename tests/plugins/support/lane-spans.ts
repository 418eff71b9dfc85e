import type { SpanProbe } from '../../../core/index.js';

export interface LaneSpan {
  readonly start: number;
  readonly end: number;
}

/** The spans of a probe, in the order in which they began; filled while the machine runs. */
export function spansOf(probe: SpanProbe): LaneSpan[] {
  const spans: LaneSpan[] = [];
  probe.listen((start, end) => void spans.push({ start, end }));
  return spans;
}

/** Positions of the spans that do not begin where the one before ended: empty when the lanes are never idle in between. */
export function gaps(spans: readonly LaneSpan[]): number[] {
  return spans.flatMap(({ start }, index) => (index > 0 && start !== spans[index - 1]!.end ? [index] : []));
}
