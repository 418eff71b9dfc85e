import { wholeBox, type Box, type Interval } from 'tessera-sim';
import { engineFor, nearestWorkers, type Engine, type Worker } from './hardware.js';
import type { MappedLayer } from './mapped-layer.js';
import { splitInterval } from './tiling.js';

/** A part of a layer's iteration space and the worker that computes it. */
export interface Share {
  readonly worker: Worker;
  readonly part: Box;
}

/** How a layer is divided among cores: along one loop, or along two as a grid. */
export interface Split {
  readonly shares: readonly Share[];
  /** Pieces along each divided loop. */
  readonly pieces: Readonly<Record<string, number>>;
}

/** Along how many pieces each loop is divided; the product is at most the number of cores. */
type Grid = Readonly<Record<string, number>>;

/** The ways to divide a layer, fewest cores first. */
export function splitsOf(layer: MappedLayer, workers: readonly Worker[], loops: readonly string[]): Split[] {
  const splits = new Map<string, Split>();
  for (const grid of [{}, ...countsUpTo(workers.length).flatMap((count) => gridsOf(layer, loops, count))]) {
    const split = dividedBy(layer, workers, grid);
    const key = Object.entries(split.pieces).map(([loop, count]) => `${loop}:${count}`);
    if (!splits.has(key.join())) splits.set(key.join(), split);
  }
  return [...splits.values()].sort((a, b) => a.shares.length - b.shares.length);
}

/** 2, 4, 8, ... and all. */
function countsUpTo(most: number): number[] {
  const counts: number[] = [];
  for (let count = 2; count < most; count *= 2) counts.push(count);
  return most > 1 ? [...counts, most] : [];
}

/** One loop in `count` pieces, or K and the loop with the most steps beside it as a grid. */
function gridsOf(layer: MappedLayer, loops: readonly string[], count: number): Grid[] {
  const grids: Grid[] = loops.map((loop) => ({ [loop]: count }));
  const others = loops.filter((loop) => loop !== 'K');
  if (!loops.includes('K') || others.length === 0) return grids;
  const along = others.reduce((best, loop) => ((layer.loops[loop] ?? 1) > (layer.loops[best] ?? 1) ? loop : best));
  for (let columns = 2; columns <= count / 2; columns *= 2) grids.push({ K: columns, [along]: Math.floor(count / columns) });
  return grids;
}

/** K is dealt out in whole array columns where there are enough. */
export function dividedBy(layer: MappedLayer, workers: readonly Worker[], grid: Grid): Split {
  const whole = wholeBox(layer.loops);
  const { columns } = (engineFor(workers[0] as Worker, layer) as Engine).facts;
  let parts = [whole];
  const pieces: Record<string, number> = {};
  for (const [loop, count] of Object.entries(grid)) {
    const interval = whole[loop] as Interval;
    const grain = loop === 'K' && layer.class === 'mac' && interval[1] >= columns * count ? columns : 1;
    const cut = splitInterval(interval, count, grain);
    if (cut.length > 1) pieces[loop] = cut.length;
    parts = parts.flatMap((part) => cut.map((piece) => ({ ...part, [loop]: piece })));
  }
  const taking = nearestWorkers(workers, parts.length);
  return { shares: parts.map((part, index) => ({ worker: taking[index] as Worker, part })), pieces };
}
