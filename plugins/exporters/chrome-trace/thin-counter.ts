import type { TimeWindow } from 'tessera-sim/exporters';

/** Values that stay of a stretch. */
const OF_A_STRETCH = 3;

/**
 * Ticks and values of a counter in a window, in turn. When there are more than `limit`, time is cut into a third as many
 * stretches, and of each the least value, the largest and the last one stay: peaks are seen, and the curve goes on where it should.
 */
export function thinCounter(counter: Float64Array, { fromTick, untilTick }: TimeWindow, limit: number): number[] {
  const inside: number[] = [];
  for (let i = 0; i + 1 < counter.length; i += 2) {
    const tick = counter[i] ?? 0;
    if (tick >= fromTick && tick < untilTick) inside.push(tick, counter[i + 1] ?? 0);
  }
  if (inside.length / 2 <= limit) return inside;
  const [first, last] = [inside[0] ?? 0, inside[inside.length - 2] ?? 0];
  const width = (last - first + 1) / Math.floor(limit / OF_A_STRETCH);
  const kept: number[] = [];
  for (let i = 0; i < inside.length;) {
    const until = first + (Math.floor(((inside[i] ?? 0) - first) / width) + 1) * width;
    let [least, largest, end] = [i, i, i];
    for (; i < inside.length && (inside[i] ?? 0) < until; i += 2) {
      const value = inside[i + 1] ?? 0;
      if (value < (inside[least + 1] ?? 0)) least = i;
      if (value > (inside[largest + 1] ?? 0)) largest = i;
      end = i;
    }
    for (const at of new Set([Math.min(least, largest), Math.max(least, largest), end])) kept.push(inside[at] ?? 0, inside[at + 1] ?? 0);
  }
  return kept;
}
