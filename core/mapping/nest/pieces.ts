import type { Box } from '../../workload/box.js';

/** A region in pieces of about the same size, along its outermost dimension that is long enough; whole when none is. */
export function piecesOf(box: Box, count: number): Box[] {
  const along = Object.keys(box).find((dim) => box[dim]![1] - box[dim]![0] >= count);
  if (count < 2 || along === undefined) return [box];
  const [low, high] = box[along]!;
  const end = (piece: number): number => low + Math.floor(((high - low) * piece) / count);
  return Array.from({ length: count }, (_, piece) => ({ ...box, [along]: [end(piece), end(piece + 1)] as const }));
}
