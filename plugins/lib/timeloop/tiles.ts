import { InputError } from 'tessera-sim';
import type { TimeloopMapping } from './mapping.js';
import type { DataSpace, Problem } from './problem.js';

/** What one tiling level does for one data space; amounts are words of one instance over the whole run. */
export interface LevelTile {
  /** False: the data space passes by. */
  readonly kept: boolean;
  /** Words of the tile. */
  readonly tile: number;
  /** Words that the instance sees in all, as Timeloop counts its share. */
  readonly partition: number;
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  readonly temporalReductions: number;
}

export interface LevelTiles {
  readonly name: string;
  /** Instances that the mapping uses. */
  readonly instances: number;
  /** By data space, in the problem's order. */
  readonly spaces: readonly LevelTile[];
}

export interface TileAnalysis {
  /** Steps of the loops in time. */
  readonly computeCycles: number;
  /** Instances of the arithmetic in use, and operations in all (those of padded loops too). */
  readonly computeInstances: number;
  readonly computes: number;
  /** Outermost first, as in the mapping. */
  readonly levels: readonly LevelTiles[];
}

/** A loop with numbers for names. */
interface Step {
  readonly dimension: number;
  readonly size: number;
  /** Mean number of iterations: `size`, or less for imperfect factors. */
  readonly mean: number;
  /** Distance of two iterations along the dimension. */
  readonly stride: number;
}

interface Level {
  readonly name: string;
  readonly keeps: readonly boolean[];
  /** Innermost first. */
  readonly temporal: readonly Step[];
  readonly spatial: readonly Step[];
}

/** Transfers out of a level to its children: words that leave it, each received by `multicast` children. */
interface Access {
  readonly multicast: number;
  words: number;
}

interface Movement {
  tile: number;
  partition: number;
  accesses: Access[];
  fanout: number;
  /** Words of the parent's accesses that reach one instance. */
  share: number;
}

/** Elements of a spatial array that are compared one by one where several dimensions move along one axis. */
const MOST_ELEMENTS = 2 ** 20;

/**
 * Timeloop's analysis of a loop nest: which words each level passes to the next. A tile that moves keeps what it shares with itself one step
 * before, if it moves along one axis in the way in which it moved last; else it is brought anew. Copies for several instances that are the same
 * words are one read (multicast), sums of several instances one update.
 */
export function analyseTiles(problem: Problem, mapping: TimeloopMapping): TileAnalysis {
  const { levels, tileMeans, computeCycles } = prepare(problem, mapping);
  const instances = instancesOf(levels);
  const computeInstances = instances[0]! * product(levels[0]!.spatial);
  const movements = problem.dataSpaces.map((space, index) => spaceMovement(space, index, levels, tileMeans, computeCycles));
  const tiled = levels.map((level, l): LevelTiles => ({
    name: level.name,
    instances: instances[l]!,
    spaces: movements.map((chain) => chain[l]!),
  }));
  return { computeCycles, computeInstances, computes: computeCycles * computeInstances, levels: tiled.reverse() };
}

function product(loops: readonly Step[]): number {
  return loops.reduce((all, { mean }) => all * mean, 1);
}

/** Instances of each level in use, innermost level first. */
function instancesOf(levels: readonly Level[]): number[] {
  const instances = levels.map(() => 1);
  for (let l = levels.length - 2; l >= 0; l--) instances[l] = instances[l + 1]! * levels[l + 1]!.spatial.reduce((all, { size }) => all * size, 1);
  return instances;
}

interface Prepared {
  /** Innermost first. */
  readonly levels: readonly Level[];
  /** For each level the mean extent of its tile over each dimension, relative to the full one; 1 where all factors divide. */
  readonly tileMeans: readonly (readonly number[])[];
  readonly computeCycles: number;
}

function prepare(problem: Problem, mapping: TimeloopMapping): Prepared {
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
      const { dimension: dimensionName, size, kind } = loops[i]!;
      const dimension = dimensionOf.get(dimensionName)!;
      const mean = means[m]![i]!;
      if (kind === 'spatial' && temporal.length > 0)
        throw new InputError({
          path: `mapping.${name}`,
          message: 'a loop in space lies outside of loops in time of its level',
          expected: 'loops in time first',
        });
      if (size > 1) (kind === 'spatial' ? spatial : temporal).push({ dimension, size, mean, stride: reach[dimension]! });
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

/** The data space at all levels, innermost first. */
function spaceMovement(
  space: DataSpace,
  index: number,
  levels: readonly Level[],
  tileMeans: readonly (readonly number[])[],
  computeCycles: number,
): LevelTile[] {
  const chain = levels.map((level, l): Movement => {
    const inner = l === 0 ? undefined : axesOf(space, levels, l, false);
    const words = inner === undefined ? computeCycles : temporalWords(space, inner, levels, l, tileMeans[l - 1]!);
    return {
      tile: sizeOf(axesOf(space, levels, l + 1, false)),
      partition: 0,
      accesses: multicasts(space, level.spatial, words),
      fanout: product(level.spatial),
      share: 0,
    };
  });
  setPartitions(space, levels, chain);
  for (let l = 0; l < chain.length - 1; l++) chain[l]!.share = weighted(chain[l + 1]!) / chain[l + 1]!.fanout;
  const kept = levels.map(({ keeps }) => keeps[index]!);
  if (!kept.some(Boolean)) throw new InputError({ path: 'mapping', message: `no level keeps ${space.name}`, expected: 'at least the outermost level' });
  passBy(chain, kept);
  return countAccesses(space, chain, kept);
}

/** Widths of the axes of what the loops of the levels below `count` touch; with `andSpatial` also those in space of that level. */
function axesOf(space: DataSpace, levels: readonly Level[], count: number, andSpatial: boolean): number[] {
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

function sizeOf(widths: readonly number[]): number {
  return widths.reduce((size, width) => size * width, 1);
}

/** How far one iteration of a loop moves the tile, along each axis. */
function shiftOf(space: DataSpace, { dimension, stride }: Step): number[] {
  return space.axes.map((terms) => terms.reduce((shift, term) => (term.dimension === dimension ? shift + term.coefficient * stride : shift), 0));
}

/**
 * Words that come to one instance of the level below `l` over the run. The walk is Timeloop's: of each loop the first iteration, and the second
 * one for all the others; so between two rounds of an inner loop the tile moves back by one step of it, not by all.
 */
function temporalWords(space: DataSpace, widths: readonly number[], levels: readonly Level[], l: number, means: readonly number[]): number {
  const loops: Step[] = [];
  for (let k = l; k < levels.length; k++) loops.push(...levels[k]!.temporal);
  const full = sizeOf(widths);
  let outer = loops.reduce((all, { mean }) => all * mean, 1);
  let words = full;
  const back = widths.map(() => 0);
  let first: readonly number[] | undefined;
  for (const loop of loops) {
    outer /= loop.mean;
    const shift = shiftOf(space, loop);
    const move = shift.map((step, axis) => step - back[axis]!);
    const sameAsFirst = first === undefined || move.every((step, axis) => step === first![axis]);
    words += (loop.mean - 1) * outer * (sameAsFirst ? newWords(widths, move, full) : full);
    first ??= move;
    for (let axis = 0; axis < back.length; axis++) back[axis]! += shift[axis]!;
  }
  return words * meanShare(space, means);
}

/** Words of a tile that its predecessor did not have, when it moved by `move`. */
function newWords(widths: readonly number[], move: readonly number[], full: number): number {
  let moved = -1;
  for (let axis = 0; axis < widths.length; axis++) {
    if (move[axis] === 0) continue;
    if (moved >= 0 || Math.abs(move[axis]!) >= widths[axis]!) return full;
    moved = axis;
  }
  return moved < 0 ? 0 : (full / widths[moved]!) * Math.abs(move[moved]!);
}

/** Mean size of tiles relative to the full one, where factors do not divide. */
function meanShare(space: DataSpace, means: readonly number[]): number {
  let share = 1;
  for (const terms of space.axes) if (terms.length === 1) share *= means[terms[0]!.dimension]!;
  return share;
}

/** Words that leave the level for all children of one instance, `words` to each, by how many children take the same ones. */
function multicasts(space: DataSpace, spatial: readonly Step[], words: number): Access[] {
  if (spatial.length === 0) return [{ multicast: 1, words }];
  const relevant: Step[] = [];
  let copies = 1;
  for (const loop of spatial) {
    if (shiftOf(space, loop).some((shift) => shift !== 0)) relevant.push(loop);
    else copies *= loop.mean;
  }
  if (!sharesAxis(space, relevant)) return [{ multicast: copies, words: words * product(relevant) }];
  return [...offsetCounts(space, relevant)].map(([matches, groups]) => ({ multicast: matches * copies, words: words * groups }));
}

/** Whether two of the loops over different dimensions move the tile along one axis, so that offsets can coincide. */
function sharesAxis(space: DataSpace, loops: readonly Step[]): boolean {
  return space.axes.some((terms) => {
    const dimensions = new Set(loops.filter(({ dimension }) => terms.some((term) => term.dimension === dimension)).map(({ dimension }) => dimension));
    return dimensions.size > 1;
  });
}

/** How many groups of elements there are whose tiles are the same, by the size of the group. */
function offsetCounts(space: DataSpace, loops: readonly Step[]): Map<number, number> {
  const elements = loops.reduce((all, { size }) => all * size, 1);
  if (elements > MOST_ELEMENTS) throw new InputError({ path: 'mapping', message: `the array has ${elements} elements`, expected: `at most ${MOST_ELEMENTS}` });
  let offsets: number[][] = [space.axes.map(() => 0)];
  for (const loop of loops) {
    const shift = shiftOf(space, loop);
    offsets = Array.from({ length: loop.size }, (_, i) => offsets.map((offset) => offset.map((value, axis) => value + i * shift[axis]!))).flat();
  }
  const matches = new Map<string, number>();
  for (const offset of offsets) matches.set(offset.join(), (matches.get(offset.join()) ?? 0) + 1);
  const groups = new Map<number, number>();
  for (const count of matches.values()) groups.set(count, (groups.get(count) ?? 0) + 1);
  return groups;
}

/** Shares of the tensor: of the outermost level all of it; of each inner one that part of its parent's which its tile is of all tiles at once. */
function setPartitions(space: DataSpace, levels: readonly Level[], chain: readonly Movement[]): void {
  let partition = chain.at(-1)!.tile;
  chain.at(-1)!.partition = partition;
  for (let l = chain.length - 2; l >= 0; l--) {
    const together = levels[l + 1]!.spatial.length > 0 ? sizeOf(axesOf(space, levels, l + 1, true)) : chain[l]!.tile;
    partition = Math.floor((partition * chain[l]!.tile) / together);
    chain[l]!.partition = partition;
  }
}

const total = ({ accesses }: Movement): number => accesses.reduce((all, { words }) => all + words, 0);
const weighted = ({ accesses }: Movement): number => accesses.reduce((all, { words, multicast }) => all + words * multicast, 0);

/** A level that does not keep the data space: its accesses become those of the level outside, as often as its children made them. */
function passBy(chain: readonly Movement[], kept: readonly boolean[]): void {
  for (let l = 0; l < chain.length; l++) {
    if (kept[l]!) continue;
    const outer = chain[l + 1];
    if (outer !== undefined) {
      const reached = weighted(outer);
      const factor = reached === 0 ? 0 : (total(chain[l]!) * outer.fanout) / reached;
      for (const access of outer.accesses) access.words *= factor;
    }
    chain[l]!.share = 0;
  }
}

function countAccesses({ readWrite }: DataSpace, chain: readonly Movement[], kept: readonly boolean[]): LevelTile[] {
  const outermost = kept.lastIndexOf(true);
  return chain.map((movement, l): LevelTile => {
    if (!kept[l]!) return { kept: false, tile: 0, partition: 0, reads: 0, fills: 0, updates: 0, temporalReductions: 0 };
    const { tile, partition } = movement;
    const words = total(movement);
    const share = l === outermost ? 0 : movement.share;
    if (!readWrite) return { kept: true, tile, partition, reads: Math.round(words), fills: Math.round(share), updates: 0, temporalReductions: 0 };
    // The first update of a word finds nothing to add to: neither a read nor a fill.
    const again = Math.max(0, Math.round(words - partition));
    return {
      kept: true,
      tile,
      partition,
      reads: again,
      fills: Math.max(0, l === outermost ? 0 : Math.round(share - partition)),
      updates: Math.round(words),
      temporalReductions: again,
    };
  });
}
