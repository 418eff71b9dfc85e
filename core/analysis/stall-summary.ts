import type { BlockResult, ScheduleResult } from '../result/run-result.js';

/** One class of a stall stack and its share of the run. */
export interface StallShare {
  readonly name: string;
  readonly cycles: number;
  /** 0..1 of the run. */
  readonly share: number;
}

/** Cycles of the reference clock that a block's stall stack covers: the run's length. */
export function stackCycles(block: BlockResult): number {
  return Object.values(block.stallCycles).reduce((sum, cycles) => sum + cycles, 0);
}

/** Shares that would read 0.0 % are not worth a word. */
const LEAST_SHARE = 0.0005;

/** Classes other than the resting one and `busy`: what kept the block from working. Largest first. */
export function waitingClasses(block: BlockResult): StallShare[] {
  const total = stackCycles(block);
  return Object.entries(block.stallCycles)
    .filter(([name, cycles], index) => index > 0 && name !== 'busy' && cycles >= total * LEAST_SHARE)
    .map(([name, cycles]) => ({ name, cycles, share: total === 0 ? 0 : cycles / total }))
    .sort((a, b) => b.cycles - a.cycles || (a.name < b.name ? -1 : 1));
}

/** 0..1: busy cycles of a block over the run, as the result document has them. */
export function utilisation(result: ScheduleResult, path: string): number | undefined {
  const resource = result.simulation.resources.find((candidate) => candidate.resource === path);
  if (resource === undefined || result.simulation.cycles === 0) return undefined;
  return resource.busyCycles / result.simulation.cycles;
}

/** Blocks that execute operators. */
export function isCompute(block: BlockResult): boolean {
  return block.kind === 'core' || block.kind === 'pim';
}

/** Mean utilisation of the blocks that compute, 0..1; undefined when there are none. */
export function meanComputeUtilisation(result: ScheduleResult): number | undefined {
  const cores = result.blocks.filter(isCompute).map(({ path }) => utilisation(result, path) ?? 0);
  return cores.length === 0 ? undefined : cores.reduce((a, b) => a + b, 0) / cores.length;
}

/**
 * The stall stacks of the blocks that compute, averaged, by class. Since every stack sums to the run's length, so does
 * the average: differences between two runs add up exactly to the difference in cycles.
 */
export function averageComputeStack(result: ScheduleResult): ReadonlyMap<string, number> {
  const cores = result.blocks.filter(isCompute);
  const stack = new Map<string, number>();
  for (const block of cores) {
    for (const [name, cycles] of Object.entries(block.stallCycles)) {
      stack.set(name, (stack.get(name) ?? 0) + cycles / cores.length);
    }
  }
  return stack;
}
