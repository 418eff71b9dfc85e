import type { ScheduleResult, Slowdown } from '../result/run-result.js';
import { averageComputeStack, COMPUTE_UNITS, stackCycles } from './stall-summary.js';
import type { ComputeUnit } from '../model/machine-facts.js';

/** What a plugin counts and says to slow a run down, and that the slower run has more (or less) of; summed over the plugin's blocks. */
export interface MechanismCause {
  readonly kind: 'mechanism';
  readonly plugin: string;
  readonly statistic: string;
  /** Of cycles: those of the faster run's clock, so that both are times. */
  readonly faster: number;
  readonly slower: number;
  readonly unit: string;
  /** The plugin's words: how it slows a run down. */
  readonly why: string;
}

/** A mechanism by which the slower of two runs became slower, with the figures that say so; not where the time was spent. */
export type SlowerCause =
  /** The two executed different schedules. */
  | { readonly kind: 'plan'; readonly fasterOperations: number; readonly slowerOperations: number }
  | MechanismCause
  /** The units of a kind were busy for longer with the same operations: cycles of the average one. */
  | { readonly kind: 'work'; readonly unit: ComputeUnit; readonly fasterCycles: number; readonly slowerCycles: number }
  /** The same operations read and write other addresses: other banks and rows. */
  | { readonly kind: 'layout' }
  /** The same operations began in another order: one that was quicker let others go first that had better waited. */
  | { readonly kind: 'order' };

/** A change of a figure by less says nothing. */
const LEAST_CHANGE = 0.01;
const MOST_MECHANISMS = 4;

/** Other schedules first, then more work and mechanisms by how much they changed, another order last. */
export function slowerCauses(faster: ScheduleResult, slower: ScheduleResult): SlowerCause[] {
  const mechanisms = mechanismCauses(faster, slower).slice(0, MOST_MECHANISMS);
  return [...planCauses(faster, slower), ...workCauses(faster, slower), ...mechanisms, ...sameOperations(faster, slower)];
}

function planCauses(faster: ScheduleResult, slower: ScheduleResult): SlowerCause[] {
  if (faster.executed === undefined || slower.executed === undefined || faster.executed.plan === slower.executed.plan) return [];
  return [{ kind: 'plan', fasterOperations: faster.operations.finished, slowerOperations: slower.operations.finished }];
}

/** What differs between two runs of the same operations. */
function sameOperations({ executed: faster }: ScheduleResult, { executed: slower }: ScheduleResult): SlowerCause[] {
  if (faster === undefined || slower === undefined || faster.plan !== slower.plan) return [];
  const layout = faster.layout === slower.layout ? [] : [{ kind: 'layout' as const }];
  return faster.order === slower.order ? layout : [...layout, { kind: 'order' }];
}

function workCauses(faster: ScheduleResult, slower: ScheduleResult): SlowerCause[] {
  const workOf = (result: ScheduleResult, unit: ComputeUnit): number => stackCycles(averageComputeStack(result, unit).filter(({ role }) => role === 'work'));
  return COMPUTE_UNITS.map((unit) => ({ kind: 'work' as const, unit, fasterCycles: workOf(faster, unit), slowerCycles: workOf(slower, unit) })).filter(
    ({ fasterCycles, slowerCycles }) => fasterCycles > 0 && slowerCycles > fasterCycles * (1 + LEAST_CHANGE),
  );
}

function mechanismCauses(faster: ScheduleResult, slower: ScheduleResult): MechanismCause[] {
  return Object.entries(slower.slowdowns ?? {})
    .flatMap(([plugin, declared]) => Object.entries(declared).flatMap(([statistic, slowdown]) => mechanismCause(faster, slower, plugin, statistic, slowdown)))
    .sort((a, b) => change(b) - change(a) || (a.statistic < b.statistic ? -1 : 1));
}

function mechanismCause(faster: ScheduleResult, slower: ScheduleResult, plugin: string, statistic: string, slowdown: Slowdown): MechanismCause[] {
  const [before, after] = [figureOf(faster, plugin, statistic, slowdown), figureOf(slower, plugin, statistic, slowdown)];
  if (before === undefined || after === undefined) return [];
  const cause = { kind: 'mechanism' as const, plugin, statistic, faster: before.value, slower: after.value, unit: before.unit, why: slowdown.why };
  return change(cause) >= LEAST_CHANGE ? [cause] : [];
}

/** Of the larger value: 0..1; negative where the slower run has less. */
function change({ faster, slower }: Pick<MechanismCause, 'faster' | 'slower'>): number {
  return faster === slower ? 0 : (slower - faster) / Math.max(faster, slower);
}

interface Figure {
  readonly value: number;
  readonly unit: string;
}

/** Over the blocks of a plugin. Cycles are told in ns, since the clocks of two runs may differ. */
function figureOf({ blocks }: ScheduleResult, plugin: string, statistic: string, { ratio }: Slowdown): Figure | undefined {
  const own = blocks.filter((block) => block.plugin === plugin && block.statistics[statistic] !== undefined);
  const unit = own[0]?.statistics[statistic]?.unit;
  if (unit === undefined) return undefined;
  const isTime = unit === 'cycles';
  const sum = (name: string): number =>
    own.reduce((total, { statistics, clockHz }) => total + (statistics[name]?.value ?? 0) * (isTime ? 1e9 / clockHz : 1), 0);
  if (ratio === undefined) return { value: sum(statistic), unit: isTime ? 'ns' : unit };
  const [numerator, denominator] = ratio;
  const parts = own.reduce((total, { statistics }) => total + (statistics[denominator]?.value ?? 0), 0);
  return { value: parts === 0 ? 0 : sum(numerator) / parts, unit: isTime ? 'ns' : unit };
}
