import { InputError } from 'tessera-sim';
import { transfersOf, type Access } from './array.js';
import type { TimeloopMapping } from './mapping.js';
import { movesOf } from './moves.js';
import type { DataSpace, Problem } from './problem.js';
import { axesOf, instancesOf, nestLevels, product, sizeOf, type Level } from './steps.js';

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

interface Movement {
  tile: number;
  partition: number;
  accesses: Access[];
  /** Words that children pass to one another. */
  links: number;
  /** Words that one instance gets from, and gives to, others of its level. */
  peers: number;
  fanout: number;
  /** Words of the parent's accesses that reach one instance. */
  share: number;
}

/**
 * Timeloop's analysis of a loop nest: which words each level passes to the next. A tile that moves keeps what it shares with itself one step
 * before, if it moves along one axis in the way in which it moved last; else it is brought anew. Copies for several instances that are the same
 * words are one read (multicast), sums of several instances one update.
 */
export function analyseTiles(problem: Problem, mapping: TimeloopMapping, countsFirstFills = false): TileAnalysis {
  const { levels, computeCycles } = nestLevels(problem, mapping);
  const instances = instancesOf(levels);
  const computeInstances = instances[0]! * product(levels[0]!.spatial);
  const movements = problem.dataSpaces.map((space, index) => spaceMovement(space, index, levels, countsFirstFills));
  const tiled = levels.map((level, l): LevelTiles => ({
    name: level.name,
    instances: instances[l]!,
    spaces: movements.map((chain) => chain[l]!),
  }));
  return { computeCycles, computeInstances, computes: computeCycles * computeInstances, levels: tiled.reverse() };
}

/** The data space at all levels, innermost first. */
function spaceMovement(space: DataSpace, index: number, levels: readonly Level[], countsFirstFills: boolean): LevelTile[] {
  const chain = levels.map((level, l): Movement => {
    const widths = axesOf(space, level.extents.inside);
    const moves = movesOf(space, widths, levels, l);
    const share = sizeOf(axesOf(space, level.extents.meanInside)) / sizeOf(widths);
    const { accesses, links } = transfersOf(space, moves, level.spatial, share);
    return { tile: sizeOf(axesOf(space, level.extents.whole)), partition: 0, accesses, links, peers: 0, fanout: product(level.spatial), share: 0 };
  });
  setPartitions(space, levels, chain);
  for (let l = 0; l < chain.length - 1; l++) chain[l]!.share = weighted(chain[l + 1]!) / chain[l + 1]!.fanout;
  const kept = levels.map(({ keeps }) => keeps[index]!);
  if (!kept.some(Boolean)) throw new InputError({ path: 'mapping', message: `no level keeps ${space.name}`, expected: 'at least the outermost level' });
  passBy(chain, kept);
  const instances = instancesOf(levels);
  for (let l = chain.length - 1; l > 0; l--) chain[l - 1]!.peers += chain[l]!.links / instances[l - 1]!;
  return countAccesses(space, chain, kept, countsFirstFills);
}

/** Shares of the tensor: of the outermost level all of it; of each inner one that part of its parent's which its tile is of all tiles at once. */
function setPartitions(space: DataSpace, levels: readonly Level[], chain: readonly Movement[]): void {
  let partition = chain.at(-1)!.tile;
  chain.at(-1)!.partition = partition;
  for (let l = chain.length - 2; l >= 0; l--) {
    const together = levels[l + 1]!.spatial.length > 0 ? sizeOf(axesOf(space, levels[l + 1]!.extents.together)) : chain[l]!.tile;
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
      outer.links = 0;
      const reached = weighted(outer);
      const factor = reached === 0 ? 0 : (total(chain[l]!) * outer.fanout) / reached;
      for (const access of outer.accesses) access.words *= factor;
    }
    chain[l]!.share = 0;
  }
}

function countAccesses({ readWrite }: DataSpace, chain: readonly Movement[], kept: readonly boolean[], countsFirstFills: boolean): LevelTile[] {
  const outermost = kept.lastIndexOf(true);
  return chain.map((movement, l): LevelTile => {
    if (!kept[l]!) return { kept: false, tile: 0, partition: 0, reads: 0, fills: 0, updates: 0, temporalReductions: 0 };
    const { tile, partition } = movement;
    const words = total(movement);
    const share = (l === outermost ? 0 : movement.share) + movement.peers;
    const read = words + movement.peers;
    if (!readWrite) return { kept: true, tile, partition, reads: Math.round(read), fills: Math.round(share), updates: 0, temporalReductions: 0 };
    // The first update of a word finds nothing to add to: it needs no read, and, from version 0.4 on, no fill.
    const again = Math.max(0, Math.round(read - partition));
    return {
      kept: true,
      tile,
      partition,
      reads: again,
      fills: Math.max(0, l === outermost ? 0 : Math.round(countsFirstFills ? share : share - partition)),
      updates: Math.round(words),
      temporalReductions: again,
    };
  });
}
