import type { ResolvedRegion } from '../schedule/resolve/operation.js';

/** Where the bytes of a region lie in its memory. */
export type Placement = Pick<ResolvedRegion, 'address' | 'rowBytes' | 'rows' | 'pitchBytes' | 'planes' | 'planePitchBytes'>;

/** Bits of a memory from `low` to before `high`. */
export interface BitSpan {
  readonly low: number;
  readonly high: number;
}

/** A region's first bit is known to the byte: elements of less than one may lie up to this much later. */
const UNKNOWN_BITS = 7;

/** The contiguous bits of a region, row by row. */
export function spansOf({ address, rowBytes, rows, pitchBytes, planes, planePitchBytes }: Placement): BitSpan[] {
  const spans: BitSpan[] = [];
  for (let plane = 0; plane < planes; plane++)
    for (let row = 0; row < rows; row++) {
      const low = 8 * (address + plane * planePitchBytes + row * pitchBytes);
      spans.push({ low, high: low + 8 * rowBytes });
    }
  return spans;
}

/** The first bit of each of a region's elements, by its number in the region. @param elements of the region */
export function firstBitOf(placement: Placement, elements: number, bitsPerElement: number): (index: number) => number {
  const { address, rows, pitchBytes, planes, planePitchBytes } = placement;
  const perRow = Math.max(1, elements / (rows * planes));
  return (index) => {
    const row = Math.floor(index / perRow);
    const start = address + Math.floor(row / rows) * planePitchBytes + (row % rows) * pitchBytes;
    return 8 * start + (index % perRow) * bitsPerElement;
  };
}

/** Whether an element surely lies over one of the spans. */
export function isHit(spans: readonly BitSpan[], firstBit: number, bitsPerElement: number): boolean {
  const end = firstBit + bitsPerElement;
  if (bitsPerElement % 8 === 0) return spans.some(({ low, high }) => firstBit < high && low < end);
  return spans.some(({ low, high }) => low <= firstBit - UNKNOWN_BITS && end + UNKNOWN_BITS <= high);
}
