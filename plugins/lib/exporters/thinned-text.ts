import { formatCount, formatSeconds } from 'tessera-sim';

/** How much of what happened is drawn. */
export interface Thinned {
  readonly recordedSpans: number;
  readonly keptSpans: number;
  /** 0 when every span is there. */
  readonly mergedBelowTicks: number;
}

/** `1 in 8 spans kept: neighbours within 12.3 ns are one`; undefined when all are there. */
export function thinnedNote({ recordedSpans, keptSpans, mergedBelowTicks }: Thinned): string | undefined {
  if (mergedBelowTicks === 0) return undefined;
  const share = recordedSpans / Math.max(1, keptSpans);
  const kept = share < 1.05 ? `nearly all ${formatCount(recordedSpans)} spans kept` : `1 in ${formatCount(share, share < 10 ? 1 : 0)} spans kept`;
  return `${kept}: neighbours within ${formatSeconds(mergedBelowTicks / 1e12)} are one`;
}
