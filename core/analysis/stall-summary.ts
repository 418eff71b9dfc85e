import type { ComputeUnit } from '../model/machine-facts.js';
import type { BlockResult, ScheduleResult, StallResult } from '../result/run-result.js';

/** One class of a stall stack and its share of the run. */
export interface StallShare {
  readonly name: string;
  readonly cycles: number;
  /** 0..1 of the run. */
  readonly share: number;
}

/** Cycles of the reference clock that a stall stack covers: the run's length. */
export function stackCycles(stalls: readonly StallResult[]): number {
  return stalls.reduce((sum, { cycles }) => sum + cycles, 0);
}

/** Cycles of the reference clock in which the block did what it is there for. */
export function busyCycles({ stalls }: Pick<BlockResult, 'stalls'>): number {
  return stackCycles(stalls.filter(({ role }) => role === 'work'));
}

/** Shares that would read 0.0 % are not worth a word. */
const LEAST_SHARE = 0.0005;

/** The classes in which something kept the block from working. Largest first. */
export function waitingClasses({ stalls }: BlockResult): StallShare[] {
  const total = stackCycles(stalls);
  return stalls
    .filter(({ role, cycles }) => role === 'wait' && cycles >= total * LEAST_SHARE)
    .map(({ class: name, cycles }) => ({ name, cycles, share: total === 0 ? 0 : cycles / total }))
    .sort((a, b) => b.cycles - a.cycles || (a.name < b.name ? -1 : 1));
}

/** 0..1: busy cycles of a block over the run, as the result document has them. */
export function utilisation(result: ScheduleResult, path: string): number | undefined {
  const resource = result.simulation.resources.find((candidate) => candidate.resource === path);
  if (resource === undefined || result.simulation.cycles === 0) return undefined;
  return resource.busyCycles / result.simulation.cycles;
}

/** In the order in which they are told. */
export const COMPUTE_UNITS: readonly ComputeUnit[] = ['array', 'vector', 'pim'];

/** Blocks that execute operators. */
export function isCompute(block: BlockResult): boolean {
  return block.computes !== undefined;
}

/** How busy the blocks of one kind were on average. */
export interface MeanUtilisation {
  readonly unit: ComputeUnit;
  readonly blocks: number;
  /** 0..1 of the run. */
  readonly utilisation: number;
}

/** Mean utilisation of the blocks that compute, arrays apart from vector units and memories that compute: each works on layers of its own. */
export function computeUtilisations(result: ScheduleResult): MeanUtilisation[] {
  return COMPUTE_UNITS.flatMap((unit) => {
    const shares = blocksOf(result, unit).map(({ path }) => utilisation(result, path) ?? 0);
    return shares.length === 0 ? [] : [{ unit, blocks: shares.length, utilisation: shares.reduce((a, b) => a + b, 0) / shares.length }];
  });
}

/**
 * The stall stacks of the blocks that are such units, averaged, by class; empty when there are none. Since every stack
 * sums to the run's length, so does the average: differences between two runs add up exactly to the difference in cycles.
 */
export function averageComputeStack(result: ScheduleResult, unit: ComputeUnit): StallResult[] {
  const blocks = blocksOf(result, unit);
  const stack = new Map<string, StallResult>();
  for (const { stalls } of blocks) {
    for (const stall of stalls) {
      stack.set(stall.class, { ...stall, cycles: (stack.get(stall.class)?.cycles ?? 0) + stall.cycles / blocks.length });
    }
  }
  return [...stack.values()];
}

function blocksOf({ blocks }: ScheduleResult, unit: ComputeUnit): BlockResult[] {
  return blocks.filter(({ computes }) => computes === unit);
}
