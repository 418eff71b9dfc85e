import { InputError } from 'tessera-sim';
import type { StorageLevel, TimeloopMachine } from './machine.js';
import { effectiveWords } from './machine.js';
import type { TimeloopMapping } from './mapping.js';
import type { Problem } from './problem.js';
import { analyseTiles, type LevelTile, type LevelTiles, type TileAnalysis } from './tiles.js';

export interface SpaceFigures extends LevelTile {
  readonly space: string;
  /** Of all instances; absent when no energy of the level is known. */
  readonly energyPj?: number;
}

export interface LevelFigures {
  readonly level: StorageLevel;
  readonly instances: number;
  /** Words of all tiles of one instance. */
  readonly utilizedWords: number;
  readonly cycles: number;
  /** Share of the speed of the arithmetic that the level's bandwidth allows. */
  readonly throttling: number;
  readonly spaces: readonly SpaceFigures[];
  readonly leakPj: number;
}

export interface TimeloopFigures {
  readonly cycles: number;
  readonly computeCycles: number;
  readonly computes: number;
  readonly computeInstances: number;
  /** Multiply-accumulates of the problem over those that all instances could do in the time. */
  readonly utilisation: number;
  readonly energyPj: number;
  /** Levels of which no energy is known: the total is without them. */
  readonly energyMissing: readonly string[];
  readonly areaUm2: number;
  readonly computePj: number;
  /** Outermost first; levels that hold nothing are left out. */
  readonly levels: readonly LevelFigures[];
}

/**
 * Timeloop's figures of a mapping: the run takes as long as its slowest part, the arithmetic or a level whose words divided by bandwidth take
 * longer; there is no start, no end, no contention. Throws InputError where the mapping does not fit the machine.
 */
export function evaluateMapping(problem: Problem, machine: TimeloopMachine, mapping: TimeloopMapping): TimeloopFigures {
  const tiles = analyseTiles(problem, mapping, machine.countsFirstFills);
  checkInstances(tiles.computeInstances, machine.compute.instances, machine.compute.name);
  const levels = storedLevels(tiles, machine).map(([level, tile]) => levelFigures(level, tile, problem, tiles.computeCycles));
  const cycles = levels.reduce((most, level) => Math.max(most, level.cycles), tiles.computeCycles);
  const leaks = levels.map((figures) => ({ ...figures, leakPj: (figures.level.leakPj ?? 0) * figures.level.instances * cycles }));
  const { compute } = machine;
  const computePj = (compute.energyPj ?? 0) * tiles.computes;
  return {
    cycles,
    computeCycles: tiles.computeCycles,
    computes: tiles.computes,
    computeInstances: tiles.computeInstances,
    utilisation: tiles.computes / (cycles * compute.instances),
    energyPj: computePj + leaks.reduce((all, { spaces, leakPj }) => all + leakPj + spaces.reduce((sum, { energyPj = 0 }) => sum + energyPj, 0), 0),
    energyMissing: [
      ...leaks.filter(({ level }) => level.energy === undefined).map(({ level }) => level.name),
      ...(compute.energyPj === undefined ? [compute.name] : []),
    ],
    areaUm2: (compute.areaUm2 ?? 0) * compute.instances + machine.levels.reduce((all, { areaUm2 = 0, instances }) => all + areaUm2 * instances, 0),
    computePj,
    levels: leaks,
  };
}

/** Levels of the mapping that hold something, with their storage. */
export function storedLevels(tiles: TileAnalysis, machine: TimeloopMachine): [StorageLevel, LevelTiles][] {
  const byName = new Map(machine.levels.map((level) => [level.name, level]));
  return tiles.levels.flatMap((tile): [StorageLevel, LevelTiles][] => {
    if (!tile.spaces.some(({ kept }) => kept)) return [];
    const level = byName.get(tile.name);
    if (level === undefined)
      throw new InputError({
        path: 'mapping',
        message: `the machine has no level '${tile.name}' that could keep data`,
        expected: [...byName.keys()].join(', '),
      });
    return [[level, tile]];
  });
}

function levelFigures(level: StorageLevel, { instances, spaces }: LevelTiles, problem: Problem, computeCycles: number): LevelFigures {
  checkInstances(instances, level.instances, level.name);
  const utilizedWords = spaces.reduce((all, { tile }) => all + tile, 0);
  if (utilizedWords > effectiveWords(level))
    throw new InputError({
      path: `mapping.${level.name}`,
      message: `the tiles take ${utilizedWords} words of ${level.name}`,
      expected: `at most ${effectiveWords(level)}`,
    });
  const throttling = throttlingOf(level, spaces, computeCycles);
  const used = Math.min(instances, Math.max(1, Math.floor(level.instances / level.clusterSize)));
  return {
    level,
    instances,
    utilizedWords,
    cycles: Math.ceil(computeCycles / throttling),
    throttling,
    leakPj: 0,
    spaces: spaces.map((tile, index): SpaceFigures => ({ ...tile, space: problem.dataSpaces[index]!.name, ...energyOf(level, tile, used) })),
  };
}

/** In the order of operations of the tool, so that the last cycle of a division comes out the same. */
function throttlingOf({ readBandwidth, writeBandwidth, sharedBandwidth }: StorageLevel, spaces: readonly LevelTile[], computeCycles: number): number {
  const read = spaces.reduce((all, { reads }) => all + reads / computeCycles, 0);
  const written = spaces.reduce((all, { fills, updates }) => all + (fills + updates) / computeCycles, 0);
  const limit = (bandwidth: number | undefined, demand: number): number => (bandwidth !== undefined && bandwidth < demand ? bandwidth / demand : 1);
  return Math.min(limit(readBandwidth, read), limit(writeBandwidth, written), limit(sharedBandwidth, read + written));
}

function energyOf({ energy, blockSize }: StorageLevel, { kept, reads, fills, updates }: LevelTile, clusters: number): { energyPj?: number } {
  if (energy === undefined) return {};
  const vectors = (words: number): number => Math.ceil(words / blockSize);
  return { energyPj: kept ? (vectors(reads) * energy.read + vectors(fills) * energy.fill + vectors(updates) * energy.update) * clusters : 0 };
}

function checkInstances(used: number, there: number, name: string): void {
  if (used > there * (1 + 1e-9))
    throw new InputError({ path: `mapping.${name}`, message: `the mapping uses ${used} instances of ${name}`, expected: `at most ${there}` });
}
