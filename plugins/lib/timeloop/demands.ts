import type { AuditSubject, CapacityDemand, ResourceDemand } from 'tessera-sim';
import { effectiveWords, type StorageLevel, type TimeloopMachine } from './machine.js';
import type { TimeloopMapping } from './mapping.js';
import { storedLevels } from './model.js';
import type { Problem } from './problem.js';
import { analyseTiles, type LevelTile, type LevelTiles } from './tiles.js';

export interface MappingDemands {
  readonly demands: readonly ResourceDemand[];
  readonly capacities: readonly CapacityDemand[];
}

/** What a mapping demands of the arithmetic, of the ports of each level and of its room, of one instance each. */
export function mappingDemands(problem: Problem, machine: TimeloopMachine, mapping: TimeloopMapping): MappingDemands {
  const tiles = analyseTiles(problem, mapping, machine.countsFirstFills);
  const demands: ResourceDemand[] = [
    {
      resource: machine.compute.name,
      kind: 'compute',
      amount: tiles.computes,
      unit: 'operations',
      perCycle: tiles.computeInstances,
      parts: `on ${tiles.computeInstances} of ${machine.compute.instances} instances`,
    },
  ];
  const capacities: CapacityDemand[] = [];
  for (const [level, tile] of storedLevels(tiles, machine)) {
    demands.push(...portDemands(level, tile, problem));
    const bytes = (words: number): number => (words * level.wordBits) / 8;
    if (level.sizeWords !== undefined)
      capacities.push({
        resource: level.name,
        bytes: bytes(tile.spaces.reduce((all, { tile: words }) => all + words, 0)),
        capacityBytes: bytes(effectiveWords(level)),
        parts: partsOf(tile, problem, ({ tile: words }) => words),
      });
  }
  return { demands, capacities };
}

const written = ({ fills, updates }: LevelTile): number => fills + updates;

function portDemands(level: StorageLevel, tile: LevelTiles, problem: Problem): ResourceDemand[] {
  const { name, readBandwidth, writeBandwidth, sharedBandwidth } = level;
  const port = (what: string, perCycle: number | undefined, words: (space: LevelTile) => number): ResourceDemand[] =>
    perCycle === undefined
      ? []
      : [
          {
            resource: `${name} ${what}`,
            kind: 'port',
            amount: tile.spaces.reduce((all, space) => all + words(space), 0),
            unit: 'words',
            perCycle,
            parts: partsOf(tile, problem, words),
          },
        ];
  return [
    ...port('read port', readBandwidth, ({ reads }) => reads),
    ...port('write port', writeBandwidth, written),
    ...port('shared port', sharedBandwidth, (space) => space.reads + written(space)),
  ];
}

function partsOf({ spaces }: LevelTiles, problem: Problem, words: (space: LevelTile) => number): string {
  return spaces.flatMap((space, index) => (space.kept ? [`${problem.dataSpaces[index]!.name} ${words(space).toLocaleString('en')}`] : [])).join(' + ');
}

/** A mapping with the cycles that were estimated for it. */
export function timeloopAudit(
  name: string,
  problem: Problem,
  machine: TimeloopMachine,
  mapping: TimeloopMapping,
  estimatedCycles: number | undefined,
): AuditSubject {
  return { name, estimator: 'timeloop', ...(estimatedCycles === undefined ? {} : { estimatedCycles }), ...mappingDemands(problem, machine, mapping) };
}
