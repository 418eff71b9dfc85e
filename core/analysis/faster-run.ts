import type { ComputeUnit } from '../model/machine-facts.js';
import type { StallRole } from '../model/stall-class.js';
import type { BlockResult, ScheduleResult, StallResult } from '../result/run-result.js';
import { slowerCauses, type SlowerCause } from './slower-causes.js';
import { averageComputeStack, COMPUTE_UNITS, isCompute } from './stall-summary.js';

/** What a class of the stall stacks of arrays (or of vector units) adds to the difference between two runs. */
export interface StackDifference {
  readonly name: string;
  readonly role: StallRole;
  /** Cycles per unit on average; positive: the slower run spends more. */
  readonly cycles: number;
}

/** The average stacks of one kind of compute unit, in two runs. */
export interface UnitDifference {
  readonly unit: ComputeUnit;
  /** Sum to the difference of the runs' lengths; largest first. */
  readonly classes: readonly StackDifference[];
}

/** A class of one block that does not compute, in both runs. */
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
      readonly unit: ComputeUnit;
      /** The largest differences of the average unit's stack; positive: the slower run spends more. */
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
  /** Of each kind of compute unit that both runs have. */
  readonly stacks: readonly UnitDifference[];
  readonly blocks: readonly BlockDifference[];
  readonly traffic: readonly TrafficDifference[];
  /** The largest of all of these, cores first: where the time went. Empty when a run did not finish. */
  readonly reasons: readonly SpeedReason[];
  /** By which mechanisms, as far as counters tell. Empty when neither is slower. */
  readonly causes: readonly SlowerCause[];
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
    stacks: stackDifferences(faster, slower),
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
    causes: verdict === 'faster' ? slowerCauses(faster, slower) : [],
  };
}

function verdictOn(faster: ScheduleResult, slower: ScheduleResult): SpeedVerdict {
  if (faster.outcome !== 'finished' || slower.outcome !== 'finished') return 'unfinished';
  return faster.simulation.seconds === slower.simulation.seconds ? 'equal' : 'faster';
}

const MOST_CLASSES = 4;
const MOST_BLOCKS = 4;
const MOST_MEMORIES = 2;

function largestReasons({
  differenceCycles,
  stacks,
  blocks,
  traffic,
}: Pick<RunComparison, 'differenceCycles' | 'stacks' | 'blocks' | 'traffic'>): SpeedReason[] {
  return [
    ...stacks.map((stack) => unitReason(stack, differenceCycles)),
    ...blocks.slice(0, MOST_BLOCKS).map((difference) => ({ kind: 'block' as const, ...difference })),
    ...traffic.slice(0, MOST_MEMORIES).map((difference) => ({ kind: 'traffic' as const, ...difference })),
  ];
}

function unitReason({ unit, classes }: UnitDifference, sumCycles: number): SpeedReason {
  const rest = classes.slice(MOST_CLASSES);
  const other = rest.length === 0 ? {} : { otherCycles: rest.reduce((sum, { cycles }) => sum + cycles, 0) };
  return { kind: 'cores', unit, classes: classes.slice(0, MOST_CLASSES), ...other, sumCycles };
}

function stackDifferences(faster: ScheduleResult, slower: ScheduleResult): UnitDifference[] {
  return COMPUTE_UNITS.flatMap((unit) => {
    const [before, after] = [averageComputeStack(faster, unit), averageComputeStack(slower, unit)];
    const classes = before.length === 0 || after.length === 0 ? [] : differencesOf(before, after);
    return classes.length === 0 ? [] : [{ unit, classes }];
  });
}

function differencesOf(before: readonly StallResult[], after: readonly StallResult[]): StackDifference[] {
  const roles = new Map([...before, ...after].map((stall) => [stall.class, stall.role]));
  return [...roles]
    .map(([name, role]) => ({ name, role, cycles: cyclesIn(after, name) - cyclesIn(before, name) }))
    .filter(({ cycles }) => cycles !== 0)
    .sort((a, b) => Math.abs(b.cycles) - Math.abs(a.cycles) || (a.name < b.name ? -1 : 1));
}

function cyclesIn(stalls: readonly StallResult[], name: string): number {
  return stalls.find((stall) => stall.class === name)?.cycles ?? 0;
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
  return slower.stalls
    .filter(({ role }) => role !== 'rest')
    .map(({ class: name, cycles }) => ({ block: slower.path, name, fasterCycles: cyclesIn(faster.stalls, name), slowerCycles: cycles }))
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
