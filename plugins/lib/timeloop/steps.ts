import { InputError } from 'tessera-sim';
import type { TimeloopMapping } from './mapping.js';
import type { DataSpace, Problem } from './problem.js';

/** A loop with numbers for names. */
export interface Step {
  readonly dimension: number;
  readonly size: number;
  /** Mean number of iterations: `size`, or less for imperfect factors. */
  readonly mean: number;
  /** Distance of two iterations along the dimension. */
  readonly stride: number;
  /** Of a loop in space. */
  readonly axis: 'X' | 'Y';
}

export interface Level {
  readonly name: string;
  readonly keeps: readonly boolean[];
  /** Innermost first. */
  readonly temporal: readonly Step[];
  readonly spatial: readonly Step[];
}

export interface Prepared {
  /** Innermost first. */
  readonly levels: readonly Level[];
  /** For each level the mean extent of its tile over each dimension, relative to the full one; 1 where all factors divide. */
  readonly tileMeans: readonly (readonly number[])[];
  readonly computeCycles: number;
}

/** The loops of a mapping by level, with distances, and how full tiles are on the whole. */
export function nestLevels(problem: Problem, mapping: TimeloopMapping): Prepared {
  const dimensionOf = new Map(problem.dimensions.map((name, index) => [name, index]));
  const spaceNames = problem.dataSpaces.map(({ name }) => name);
  const means = meanSizes(problem, mapping);
  const reach = problem.dimensions.map(() => 1);
  const meanReach = problem.dimensions.map(() => 1);
  const levels: Level[] = [];
  const tileMeans: number[][] = [];
  for (let m = mapping.levels.length - 1; m >= 0; m--) {
    const { name, keep, loops } = mapping.levels[m]!;
    const temporal: Step[] = [];
    const spatial: Step[] = [];
    for (let i = loops.length - 1; i >= 0; i--) {
      const { dimension: dimensionName, size, kind, axis = 'X' } = loops[i]!;
      const dimension = dimensionOf.get(dimensionName)!;
      const mean = means[m]![i]!;
      if (kind === 'spatial' && temporal.length > 0)
        throw new InputError({
          path: `mapping.${name}`,
          message: 'a loop in space lies outside of loops in time of its level',
          expected: 'loops in time first',
        });
      if (size > 1) (kind === 'spatial' ? spatial : temporal).push({ dimension, size, mean, stride: reach[dimension]!, axis });
      reach[dimension]! *= size;
      meanReach[dimension]! *= mean;
    }
    levels.push({ name, keeps: spaceNames.map((space) => keep.includes(space)), temporal, spatial });
    tileMeans.push(meanReach.map((mean, d) => mean / reach[d]!));
  }
  if (levels.length === 0) throw new InputError({ path: 'mapping', message: 'the mapping has no levels', expected: 'one or more levels' });
  const temporalCycles = levels.reduce((all, { temporal }) => all * product(temporal), 1);
  return { levels, tileMeans, computeCycles: Math.round(temporalCycles) };
}

/**
 * Mean number of iterations of each loop. Of loops that divide it is their size; else what is left of the dimension in the last round counts
 * once: for a dimension of 1,024 with 13 outer steps of 80 the last one has 64.
 */
function meanSizes(problem: Problem, mapping: TimeloopMapping): number[][] {
  const means = mapping.levels.map(({ loops }) => loops.map(({ size }) => size));
  problem.dimensions.forEach((dimension, d) => {
    const nest = mapping.levels.flatMap(({ loops }, m) => loops.flatMap((loop, i) => (loop.dimension === dimension ? [{ ...loop, m, i }] : [])));
    const covered = nest.reduce((all, { size, last = size }) => all * size - (size - last), 1);
    const full = nest.reduce((all, { size }) => all * size, 1);
    if ((nest.some(({ last }) => last !== undefined) ? covered : full) < problem.sizes[d]!) throw uncovered(dimension, problem.sizes[d]!, covered);
    let visits = 1;
    let before = 1;
    for (const { size, last = size, m, i } of nest) {
      visits = visits * size - (size - last);
      means[m]![i] = visits / before;
      before = visits;
    }
  });
  for (const { name, loops } of mapping.levels)
    for (const { dimension } of loops)
      if (!problem.dimensions.includes(dimension))
        throw new InputError({ path: `mapping.${name}`, message: `there is no dimension '${dimension}'`, expected: problem.dimensions.join(', ') });
  return means;
}

function uncovered(dimension: string, size: number, covered: number): InputError {
  return new InputError({
    path: 'mapping',
    message: `the loops over ${dimension} cover ${covered} of ${size}`,
    expected: `factors whose product is ${size} or more`,
  });
}

/** Instances of each level in use, innermost level first. */
export function instancesOf(levels: readonly Level[]): number[] {
  const instances = levels.map(() => 1);
  for (let l = levels.length - 2; l >= 0; l--) instances[l] = instances[l + 1]! * levels[l + 1]!.spatial.reduce((all, { size }) => all * size, 1);
  return instances;
}

export function product(loops: readonly Step[]): number {
  return loops.reduce((all, { mean }) => all * mean, 1);
}

/** Widths of the axes of what the loops of the levels below `count` touch; with `andSpatial` also those in space of that level. */
export function axesOf(space: DataSpace, levels: readonly Level[], count: number, andSpatial: boolean): number[] {
  return space.axes.map((terms) => {
    let width = 1;
    for (const { dimension, coefficient } of terms) {
      let reach = 1;
      for (let l = 0; l < count; l++) {
        for (const loop of levels[l]!.temporal) if (loop.dimension === dimension) reach *= loop.size;
        for (const loop of levels[l]!.spatial) if (loop.dimension === dimension) reach *= loop.size;
      }
      if (andSpatial) for (const loop of levels[count]!.spatial) if (loop.dimension === dimension) reach *= loop.size;
      width += Math.abs(coefficient) * (reach - 1);
    }
    return width;
  });
}

export function sizeOf(widths: readonly number[]): number {
  return widths.reduce((size, width) => size * width, 1);
}

/** How far one iteration of a loop moves the tile, along each axis. */
export function shiftOf(space: DataSpace, { dimension, stride }: Step): number[] {
  return space.axes.map((terms) => terms.reduce((shift, term) => (term.dimension === dimension ? shift + term.coefficient * stride : shift), 0));
}

/** Mean size of tiles relative to the full one, where factors do not divide. */
export function meanShare(space: DataSpace, means: readonly number[]): number {
  let share = 1;
  for (const terms of space.axes) if (terms.length === 1) share *= means[terms[0]!.dimension]!;
  return share;
}
