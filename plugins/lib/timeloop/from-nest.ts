import type { LoopNest } from 'tessera-sim';
import type { MappingLevel, TimeloopLoop, TimeloopMapping } from './mapping.js';

/** Timeloop's names of our loops, for layers that have all of a convolution's. */
const CONVOLUTION: Readonly<Record<string, string>> = { B: 'N', G: 'G', K: 'K', C: 'C', OX: 'P', OY: 'Q', FX: 'R', FY: 'S' };
const SPACES: Readonly<Record<string, string>> = { I: 'Inputs', W: 'Weights', O: 'Outputs' };

export interface NestNames {
  /** Timeloop's dimension of each loop. */
  readonly dimensions: ReadonlyMap<string, string>;
  /** Timeloop's data space of each operand. */
  readonly spaces: ReadonlyMap<string, string>;
}

/** Names for the loops and operands of a nest. */
export function namesOfNest({ levels }: LoopNest, loops: readonly string[] = []): NestNames {
  const all = [...new Set([...loops, ...levels.flatMap((level) => level.loops.map(({ loop }) => loop))])];
  const isConvolution = ['OX', 'OY', 'FX', 'FY', 'C'].every((name) => all.includes(name)) && all.every((name) => name in CONVOLUTION);
  const operands = [...new Set(levels.flatMap(({ storage }) => Object.keys(storage)))];
  return {
    dimensions: new Map(all.map((name) => [name, isConvolution ? CONVOLUTION[name]! : name])),
    spaces: new Map(operands.map((name) => [name, SPACES[name] ?? name])),
  };
}

/** A loop nest as a mapping of Timeloop: levels are named after their memory, those without one `inner1`, `inner2`, ... */
export function fromNest(nest: LoopNest, { dimensions, spaces }: NestNames): TimeloopMapping {
  const taken = new Map<string, number>();
  const unique = (name: string): string => {
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  };
  return {
    levels: nest.levels.map(({ storage, loops }, index): MappingLevel => {
      const [memory] = Object.values(storage);
      const ours = loops.map(({ loop, size, last, kind, axis }): TimeloopLoop => ({
        dimension: dimensions.get(loop)!,
        size,
        ...(last === undefined ? {} : { last }),
        kind,
        ...(kind === 'spatial' ? { axis: axis?.toUpperCase() === 'Y' ? 'Y' : 'X' } : {}),
      }));
      return {
        name: unique(memory ?? `inner${index}`),
        keep: Object.keys(storage).map((operand) => spaces.get(operand)!),
        loops: [...ours.filter(({ kind }) => kind === 'temporal'), ...ours.filter(({ kind }) => kind === 'spatial')],
      };
    }),
  };
}
