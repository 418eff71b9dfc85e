import type { LoopNest } from '../../schedule/form/loop-nest.js';
import type { Box, Sizes } from '../../workload/box.js';
import type { NestOperand } from './nest-operand.js';
import { spaceOf, type NestSpace } from './space.js';
import { visitsOf } from './visits.js';

/** One operand in one memory of a nest. Counts are over all instances of the memory, elements over all counts. */
export interface StorageFacts {
  readonly operand: string;
  readonly level: number;
  /** As in the nest: `core{x}.l1`. */
  readonly memory: string;
  /** Level that fills it and takes its results; undefined for the outermost, where the operand is at home. */
  readonly parent: number | undefined;
  /** Instances of the memory: positions of the spatial loops outside. */
  readonly instances: number;
  /** Elements and bytes of the largest tile, in one instance. */
  readonly tileElements: number;
  readonly tileBytes: number;
  /** Tiles that come to lie here, one after another; a tile needed again at once is held and counts once. */
  readonly residencies: number;
  readonly residentElements: number;
  /** As `residencies`, those counted once that several instances hold at once: reads of the parent, or sums handed to it. */
  readonly sharedResidencies: number;
  readonly sharedElements: number;
  /** Instances that get one read of the parent (inputs) or whose sums become one (outputs), on average. */
  readonly spatialFactor: number;
  /**
   * Of an output: shared residencies that continue a sum begun before, and so get the partial sums back from the parent. Where
   * instances of the parent share a sum themselves, those beyond the first begin at zero: the count is then an upper bound.
   */
  readonly resumed: number;
  readonly resumedElements: number;
}

/** Elements that one memory gives and takes for one operand. */
export interface AccessFacts {
  readonly operand: string;
  readonly level: number;
  readonly memory: string;
  readonly reads: number;
  readonly writes: number;
}

export interface NestFacts {
  readonly storages: readonly StorageFacts[];
  readonly accesses: readonly AccessFacts[];
  /** Tiles that cores compute, and points of all of them. */
  readonly tiles: number;
  readonly points: number;
}

/**
 * Tile sizes, fills and traffic of a nest, exact, without walking it (see `visitsOf`). Operands move between a memory and
 * the next one outside that holds them. A tile that stays the same is not fetched again, one that several instances need
 * at once is read once, sums of several instances become one on the way out. Partial sums go out when their tile leaves
 * and come back when it is resumed.
 *
 * @param computeLevel first level whose loops belong to one tile operation: what cores read and write is counted by tiles
 */
export function nestFacts(nest: LoopNest, sizes: Sizes, operands: readonly NestOperand[], computeLevel = nest.levels.length - 1, part?: Box): NestFacts {
  const space = spaceOf(nest, sizes, part);
  const storages = operands.flatMap((operand) => storagesOf(nest, space, sizes, operand));
  const accesses = operands.flatMap((operand) => accessesOf(space, sizes, operand, storages, computeLevel));
  const points = space.low.reduce((product, low, dim) => product * (space.high[dim]! - low), 1);
  return { storages, accesses, tiles: tileCount(space, computeLevel), points };
}

/** Number of tiles at a level, empty spatial positions left out. */
function tileCount(space: NestSpace, level: number): number {
  let count = 1;
  for (let dim = 0; dim < space.names.length; dim++) {
    let extent = 1;
    for (const loop of space.loops) if (loop.dim === dim && loop.level >= level) extent *= loop.size;
    count *= Math.ceil((space.high[dim]! - space.low[dim]!) / extent);
  }
  return count;
}

function storagesOf(nest: LoopNest, space: NestSpace, sizes: Sizes, operand: NestOperand): StorageFacts[] {
  const levels = [...nest.levels.keys()].filter((level) => operand.name in nest.levels[level]!.storage);
  return levels.map((level, index) => {
    const parent = index === 0 ? undefined : levels[index - 1];
    const all = visitsOf(space, sizes, operand, { level });
    // The home is one, wherever the nest names it.
    const sharedFrom = index <= 1 ? 0 : (parent as number);
    const shared = visitsOf(space, sizes, operand, { level, sharedFrom });
    const first = operand.role === 'output' && parent !== undefined ? visitsOf(space, sizes, operand, { level, sharedFrom, firstOnly: true }) : shared;
    return {
      operand: operand.name,
      level,
      memory: nest.levels[level]!.storage[operand.name]!,
      parent,
      instances: space.loops.reduce((product, loop) => (loop.spatial && loop.level < level ? product * loop.size : product), 1),
      tileElements: all.largest,
      tileBytes: Math.ceil((all.largest * operand.storedBits) / 8),
      residencies: all.changes,
      residentElements: all.changeElements,
      sharedResidencies: shared.changes,
      sharedElements: shared.changeElements,
      spatialFactor: shared.changes === 0 ? 1 : all.changes / shared.changes,
      resumed: shared.changes - first.changes,
      resumedElements: shared.changeElements - first.changeElements,
    };
  });
}

function accessesOf(space: NestSpace, sizes: Sizes, operand: NestOperand, storages: readonly StorageFacts[], computeLevel: number): AccessFacts[] {
  const own = storages.filter((storage) => storage.operand === operand.name);
  return own.map(({ level, memory, parent, residentElements, resumedElements }, index) => {
    const inner = own[index + 1];
    const isOutput = operand.role === 'output';
    let reads = 0;
    let writes = 0;
    if (parent !== undefined) {
      if (isOutput) reads += residentElements;
      writes += isOutput ? resumedElements : residentElements;
    }
    if (inner !== undefined) {
      reads += isOutput ? inner.resumedElements : inner.sharedElements;
      if (isOutput) writes += inner.sharedElements;
    } else {
      const tiles = visitsOf(space, sizes, operand, { level: Math.max(level, computeLevel) });
      if (isOutput) {
        writes += tiles.stepElements;
        reads += tiles.stepElements - beginningElements(space, sizes, operand, level, computeLevel, parent, { residentElements, resumedElements });
      } else reads += tiles.stepElements;
    }
    return { operand: operand.name, level, memory, reads, writes };
  });
}

/** Elements that cores write without adding to what is there: at the beginning of each residency that resumes nothing. */
function beginningElements(
  space: NestSpace,
  sizes: Sizes,
  operand: NestOperand,
  level: number,
  computeLevel: number,
  parent: number | undefined,
  resident: { readonly residentElements: number; readonly resumedElements: number },
): number {
  if (parent !== undefined) return resident.residentElements - resident.resumedElements;
  // At home each element begins once, whoever computes it first.
  return visitsOf(space, sizes, operand, { level: Math.max(level, computeLevel), sharedFrom: 0, firstOnly: true }).stepElements;
}
