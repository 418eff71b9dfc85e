import type { BlockResult, ScheduleResult } from '../result/run-result.js';
import { averageComputeStack, isCompute } from './stall-summary.js';

/** What a class of the cores' stall stacks adds to the difference between two runs. */
export interface StackDifference {
  readonly name: string;
  /** Cycles per core on average; positive: the slower run spends more. */
  readonly cycles: number;
}

/** A class of one block that is not a core, in both runs. */
export interface BlockDifference {
  readonly block: string;
  readonly name: string;
  readonly fasterCycles: number;
  readonly slowerCycles: number;
}

export interface TrafficDifference {
  readonly memory: string;
  readonly fasterBytes: number;
  readonly slowerBytes: number;
}

/** What can be said of two runs: which is faster, that neither is, or nothing, since one was cut short. */
export type SpeedVerdict = 'faster' | 'equal' | 'unfinished';

/** One reason of a difference, with its numbers; cycles of the reference clocks. */
export type SpeedReason =
  | {
      readonly kind: 'cores';
      /** The largest differences of the average core's stack; positive: the slower run spends more. */
      readonly classes: readonly StackDifference[];
      /** What the other classes add up to; absent when all are listed. */
      readonly otherCycles?: number;
      /** All together: how much longer the slower run takes. */
      readonly sumCycles: number;
    }
  | ({ readonly kind: 'block' } & BlockDifference)
  | ({ readonly kind: 'traffic' } & TrafficDifference);

/** Why `slower` takes longer than `faster`. */
export interface RunComparison {
  readonly faster: ScheduleResult;
  readonly slower: ScheduleResult;
  readonly verdict: SpeedVerdict;
  /** slower / faster, in seconds (the machines' clocks may differ). */
  readonly speedup: number;
  /** 1 - faster / slower, in seconds: the share of the time that is saved. */
  readonly savedShare: number;
  readonly differenceCycles: number;
  /** Sums to `differenceCycles` when every run has cores; largest first. */
  readonly stack: readonly StackDifference[];
  readonly blocks: readonly BlockDifference[];
  readonly traffic: readonly TrafficDifference[];
  /** The largest of all of these, cores first; empty when a run did not finish. */
  readonly reasons: readonly SpeedReason[];
}

/** The run that takes the least simulated time; the first of equals. Only finished runs compete when there are any. */
export function fastestOf(results: readonly ScheduleResult[]): ScheduleResult | undefined {
  const finished = results.filter((result) => result.outcome === 'finished');
  return (finished.length > 0 ? finished : results).reduce<ScheduleResult | undefined>(
    (best, result) => (best === undefined || result.simulation.seconds < best.simulation.seconds ? result : best),
    undefined,
  );
}

/** Among runs of one workload, the fastest against each of the others, in the order given. */
export function compareRuns(results: readonly ScheduleResult[]): RunComparison[] {
  return sameWorkloads(results).flatMap((group) => {
    const faster = fastestOf(group);
    if (faster === undefined) return [];
    return group.filter((result) => result !== faster).map((slower) => compareTwo(faster, slower));
  });
}

/** Runs that did the same work, as far as their layers tell: which is faster makes sense only among them. */
function sameWorkloads(results: readonly ScheduleResult[]): ScheduleResult[][] {
  const groups: ScheduleResult[][] = [];
  for (const result of results) {
    const group = groups.find(([first]) => first !== undefined && shareLayers(first, result));
    if (group === undefined) groups.push([result]);
    else group.push(result);
  }
  return groups;
}

/** Half of the layers at least: a run that was cut short, or a mapper that fuses layers, may lack some. */
function shareLayers(a: ScheduleResult, b: ScheduleResult): boolean {
  const [few, many] = [layerNames(a), layerNames(b)].sort((x, y) => x.size - y.size) as [ReadonlySet<string>, ReadonlySet<string>];
  if (many.size === 0) return true;
  if (few.size === 0) return false;
  return [...few].filter((name) => many.has(name)).length * 2 >= few.size;
}

function layerNames(result: ScheduleResult): ReadonlySet<string> {
  return new Set([...result.simulation.layers, ...(result.estimate?.layers ?? [])].map((layer) => layer.layer));
}

function compareTwo(faster: ScheduleResult, slower: ScheduleResult): RunComparison {
  const [fastSeconds, slowSeconds] = [faster.simulation.seconds, slower.simulation.seconds];
  const verdict = verdictOn(faster, slower);
  const differences = {
    differenceCycles: slower.simulation.cycles - faster.simulation.cycles,
    stack: stackDifferences(faster, slower),
    blocks: blockDifferences(faster, slower),
    traffic: trafficDifferences(faster, slower),
  };
  return {
    faster,
    slower,
    verdict,
    speedup: fastSeconds === 0 ? NaN : slowSeconds / fastSeconds,
    savedShare: 1 - fastSeconds / slowSeconds,
    ...differences,
    reasons: verdict === 'unfinished' ? [] : largestReasons(differences),
  };
}

function verdictOn(faster: ScheduleResult, slower: ScheduleResult): SpeedVerdict {
  if (faster.outcome !== 'finished' || slower.outcome !== 'finished') return 'unfinished';
  return faster.simulation.seconds === slower.simulation.seconds ? 'equal' : 'faster';
}

const MOST_CLASSES = 4;
const MOST_BLOCKS = 4;
const MOST_MEMORIES = 2;

function largestReasons({ differenceCycles, stack, blocks, traffic }: Pick<RunComparison, 'differenceCycles' | 'stack' | 'blocks' | 'traffic'>): SpeedReason[] {
  const rest = stack.slice(MOST_CLASSES);
  const other = rest.length === 0 ? {} : { otherCycles: rest.reduce((sum, { cycles }) => sum + cycles, 0) };
  const cores: SpeedReason[] = stack.length === 0 ? [] : [{ kind: 'cores', classes: stack.slice(0, MOST_CLASSES), ...other, sumCycles: differenceCycles }];
  return [
    ...cores,
    ...blocks.slice(0, MOST_BLOCKS).map((difference) => ({ kind: 'block' as const, ...difference })),
    ...traffic.slice(0, MOST_MEMORIES).map((difference) => ({ kind: 'traffic' as const, ...difference })),
  ];
}

function stackDifferences(faster: ScheduleResult, slower: ScheduleResult): StackDifference[] {
  const [before, after] = [averageComputeStack(faster), averageComputeStack(slower)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .map((name) => ({ name, cycles: (after.get(name) ?? 0) - (before.get(name) ?? 0) }))
    .filter(({ cycles }) => cycles !== 0)
    .sort((a, b) => Math.abs(b.cycles) - Math.abs(a.cycles) || (a.name < b.name ? -1 : 1));
}

/** Everything but rest of the blocks that feed the cores, where the two runs differ, largest difference first. */
function blockDifferences(faster: ScheduleResult, slower: ScheduleResult): BlockDifference[] {
  const fasterBlocks = new Map(faster.blocks.map((block) => [block.path, block]));
  return slower.blocks
    .filter((block) => !isCompute(block) && fasterBlocks.has(block.path))
    .flatMap((block) => classDifferences(fasterBlocks.get(block.path)!, block))
    .sort((a, b) => change(b) - change(a) || (a.block < b.block ? -1 : a.block > b.block ? 1 : a.name < b.name ? -1 : 1));
}

function classDifferences(faster: BlockResult, slower: BlockResult): BlockDifference[] {
  const resting = Object.keys(slower.stallCycles)[0];
  return Object.keys(slower.stallCycles)
    .filter((name) => name !== resting)
    .map((name) => ({
      block: slower.path,
      name,
      fasterCycles: faster.stallCycles[name] ?? 0,
      slowerCycles: slower.stallCycles[name] ?? 0,
    }))
    .filter((difference) => change(difference) > 0);
}

function change(difference: BlockDifference): number {
  return Math.abs(difference.slowerCycles - difference.fasterCycles);
}

function trafficDifferences(faster: ScheduleResult, slower: ScheduleResult): TrafficDifference[] {
  const fasterBytes = new Map(faster.memories.map((memory) => [memory.path, memory.bytesRead + memory.bytesWritten]));
  return slower.memories
    .filter((memory) => fasterBytes.has(memory.path))
    .map((memory) => ({
      memory: memory.path,
      fasterBytes: fasterBytes.get(memory.path) ?? 0,
      slowerBytes: memory.bytesRead + memory.bytesWritten,
    }))
    .filter((entry) => entry.fasterBytes !== entry.slowerBytes)
    .sort((a, b) => Math.abs(b.slowerBytes - b.fasterBytes) - Math.abs(a.slowerBytes - a.fasterBytes) || (a.memory < b.memory ? -1 : 1));
}
