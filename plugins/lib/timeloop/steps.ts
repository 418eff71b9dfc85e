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
  readonly extents: Extents;
}

/** How far the loops up to some place of a level reach, by dimension; never beyond the problem. */
interface Extents {
  /** Of all levels inside. */
  readonly inside: readonly number[];
  /** As `inside`, on the average over all tiles, where factors do not divide. */
  readonly meanInside: readonly number[];
  /** With the level's own loops in space. */
  readonly together: readonly number[];
  /** With all loops of the level. */
  readonly whole: readonly number[];
}

export interface Prepared {
  /** Innermost first. */
  readonly levels: readonly Level[];
  readonly computeCycles: number;
}

/** The loops of a mapping by level, with distances and extents. */
export function nestLevels(problem: Problem, mapping: TimeloopMapping): Prepared {
  checkSize(mapping);
  const dimensionOf = new Map(problem.dimensions.map((name, index) => [name, index]));
  const spaceNames = problem.dataSpaces.map(({ name }) => name);
  const means = meanSizes(problem, mapping);
  const reach = problem.dimensions.map(() => 1);
  const meanReach = problem.dimensions.map(() => 1);
  const levels: Level[] = [];
  const within = (): number[] => reach.map((extent, d) => Math.min(extent, problem.sizes[d]!));
  for (let m = mapping.levels.length - 1; m >= 0; m--) {
    const { name, keep, loops } = mapping.levels[m]!;
    const temporal: Step[] = [];
    const spatial: Step[] = [];
    const inside = within();
    const meanInside = [...meanReach];
    let together = inside;
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
      if (kind === 'spatial') together = within();
    }
    levels.push({
      name,
      keeps: spaceNames.map((space) => keep.includes(space)),
      temporal,
      spatial,
      extents: { inside, meanInside, together, whole: within() },
    });
  }
  if (levels.length === 0) throw new InputError({ path: 'mapping', message: 'the mapping has no levels', expected: 'one or more levels' });
  const temporalCycles = levels.reduce((all, { temporal }) => all * product(temporal), 1);
  return { levels, computeCycles: Math.round(temporalCycles) };
}

/**
 * Mean number of iterations of each loop. Of loops that divide it is their size; else what is left of the dimension in the last round counts
 * once: for a dimension of 1,024 with 13 outer steps of 80 the last one has 64.
 */
function meanSizes({ dimensions, sizes }: Problem, { levels }: TimeloopMapping): number[][] {
  const index = new Map(dimensions.map((name, d) => [name, d]));
  const visits = dimensions.map(() => 1);
  const means = levels.map(({ name, loops }) =>
    loops.map(({ dimension, size, last = size }) => {
      const d = index.get(dimension);
      if (d === undefined) throw new InputError({ path: `mapping.${name}`, message: `there is no dimension '${dimension}'`, expected: dimensions.join(', ') });
      const before = visits[d]!;
      visits[d] = before * size - (size - last);
      return visits[d]! / before;
    }),
  );
  visits.forEach((covered, d) => {
    if (covered < sizes[d]!) throw uncovered(dimensions[d]!, sizes[d]!, covered);
  });
  return means;
}

function uncovered(dimension: string, size: number, covered: number): InputError {
  return new InputError({
    path: 'mapping',
    message: `the loops over ${dimension} cover ${covered} of ${size}`,
    expected: `factors whose product is ${size} or more`,
  });
}

const MOST_LEVELS = 256;
const MOST_LOOPS = 1024;

/** The analysis takes the square of the loops. */
function checkSize({ levels }: TimeloopMapping): void {
  const loops = levels.reduce((all, level) => all + level.loops.length, 0);
  if (levels.length > MOST_LEVELS || loops > MOST_LOOPS)
    throw new InputError({
      path: 'mapping',
      message: `the mapping has ${levels.length} levels with ${loops} loops`,
      expected: `at most ${MOST_LEVELS} and ${MOST_LOOPS}`,
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

/** Widths of the axes of what loops of these extents touch. */
export function axesOf({ axes }: DataSpace, extents: readonly number[]): number[] {
  return axes.map((terms) => terms.reduce((width, { dimension, coefficient }) => width + Math.abs(coefficient) * (extents[dimension]! - 1), 1));
}

export function sizeOf(widths: readonly number[]): number {
  return widths.reduce((size, width) => size * width, 1);
}

/** How far one iteration of a loop moves the tile, along each axis. */
export function shiftOf(space: DataSpace, { dimension, stride }: Step): number[] {
  return space.axes.map((terms) => terms.reduce((shift, term) => (term.dimension === dimension ? shift + term.coefficient * stride : shift), 0));
}
