import type { LoopNest } from '../../schedule/form/loop-nest.js';
import { wholeBox, type Box, type Interval, type Sizes } from '../../workload/box.js';

/** A loop of a nest with its names resolved. */
export interface FlatLoop {
  /** Index of the layer's loop in `NestSpace.names`. */
  readonly dim: number;
  readonly size: number;
  /** How far one step moves along the layer's loop: the product of the sizes of the loops of the same name inside. */
  readonly stride: number;
  readonly spatial: boolean;
  readonly axis: string | undefined;
  readonly level: number;
}

/** The part of a layer's iteration space that a nest walks, with its loops in one list, outermost first. */
export interface NestSpace {
  readonly names: readonly string[];
  /** First and one past the last value of each loop. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly loops: readonly FlatLoop[];
  readonly levels: number;
}

/** @param part where the walk begins and ends; the whole of `sizes` when absent */
export function spaceOf(nest: LoopNest, sizes: Sizes, part: Box = wholeBox(sizes)): NestSpace {
  const names = Object.keys(sizes);
  const strides = names.map(() => 1);
  const loops: FlatLoop[] = [];
  for (let level = nest.levels.length - 1; level >= 0; level--) {
    const own = nest.levels[level]!.loops;
    for (let i = own.length - 1; i >= 0; i--) {
      const { loop, size, kind, axis } = own[i]!;
      const dim = names.indexOf(loop);
      if (dim < 0 || size === 1) continue;
      loops.push({ dim, size, stride: strides[dim]!, spatial: kind === 'spatial', axis, level });
      strides[dim]! *= size;
    }
  }
  const interval = (name: string, i: 0 | 1): number => (part[name] ?? ([0, sizes[name]!] as const))[i];
  return {
    names,
    low: names.map((name) => interval(name, 0)),
    high: names.map((name) => interval(name, 1)),
    loops: loops.reverse(),
    levels: nest.levels.length,
  };
}

/** Size of the tile along each loop, by dimension index, that the loops of `level` and of those inside make. */
export function extentsAt(space: NestSpace, level: number): number[] {
  const extents = space.names.map(() => 1);
  for (const loop of space.loops) if (loop.level >= level) extents[loop.dim]! *= loop.size;
  return extents;
}

/** The tile that begins at `at`, clipped to the space. */
export function boxAt(space: NestSpace, at: readonly number[], extents: readonly number[]): Box {
  const box: Record<string, Interval> = {};
  for (let d = 0; d < at.length; d++) box[space.names[d]!] = [at[d]!, Math.min(space.high[d]!, at[d]! + extents[d]!)];
  return box;
}

/** Whether a point lies inside the space: steps beyond (of an imperfect factor) do not take place. */
export function isInside(space: NestSpace, at: readonly number[]): boolean {
  for (let d = 0; d < at.length; d++) if (at[d]! >= space.high[d]!) return false;
  return true;
}
