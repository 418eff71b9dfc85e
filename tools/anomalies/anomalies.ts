import { compareRuns } from '../../core/analysis/faster-run.js';
import type { SlowerCause } from '../../core/analysis/slower-causes.js';
import { InputError } from '../../core/errors.js';
import type { ScheduleResult } from '../../core/result/run-result.js';
import { CHANGES, LEAST_SLOWDOWN, type Change } from './changes.js';
import { confirmedBy, suspects } from './confirm.js';
import { drawCase, type RandomCase } from './machines.js';
import { plan, simulate, type Planned } from './runs.js';

/** One case before and after a change. */
export interface Pair {
  readonly index: number;
  readonly drawn: RandomCase;
  readonly change: Change;
  /** Whose schedule the changed machine ran: its own mapper's, or that of the machine as it was. */
  readonly schedule: 'own' | 'same';
  /** Whether the mapper made other operations for the changed machine, or the same on other addresses; by the operations themselves. */
  readonly replanned: boolean;
  readonly relaid: boolean;
  readonly before: ScheduleResult;
  readonly after: ScheduleResult;
  /** By how much it went the wrong way; negative when it went the right way. */
  readonly slowdown: number;
  /** What the comparison of the two results says; only of anomalies. */
  readonly causes: readonly SlowerCause[];
  /**
   * Of anomalies, what a counterfactual shows: `the plan` when the former schedule is not slower on the changed machine (of more work: when
   * another split of the mapper's is not slower), or the plugins without whose mechanisms it is gone, or `the plan and` those when the former
   * schedule is slower too, but less so. Undefined: nothing that was tried.
   */
  readonly confirmed?: string;
}

export { LEAST_SLOWDOWN };

/**
 * Runs a case as it was drawn and after every change: with the schedule that the mapper makes then, and, when that is another one, with the
 * former schedule too, so that the machine's part and the mapper's can be told apart. Changes that leave no schedule give no pair.
 */
export async function* pairsOf(seed: number, index: number): AsyncGenerator<Pair> {
  const drawn = drawCase(seed, index);
  const base = await planned(drawn);
  if (base === undefined) return;
  const before = await simulate(base);
  for (const change of CHANGES) {
    const changed = change.apply(drawn);
    const next = changed === undefined ? undefined : await planned(changed);
    if (next === undefined) continue;
    const replanned = next.operations !== base.operations;
    const relaid = next.places !== base.places;
    const pairOf = (schedule: Pair['schedule'], after: ScheduleResult, confirmed?: string): Pair => {
      const slowdown = slowdownOf(change, before, after);
      const causes = slowdown > LEAST_SLOWDOWN ? causesOf(before, after) : [];
      return { index, drawn, change, schedule, replanned, relaid, before, after, slowdown, causes, ...(confirmed === undefined ? {} : { confirmed }) };
    };
    const own = await simulate(next);
    const isOther = (replanned || relaid) && change.expects === 'faster';
    const same = isOther ? await simulate(next, base) : own;
    const machineEffect = await effectOf(change, drawn, changed!, base, before, same);
    yield pairOf('own', own, change.expects === 'slower' ? await otherPlan(change, drawn, before, own) : ofBoth(change, before, own, same, machineEffect));
    if (isOther) yield pairOf('same', same, machineEffect);
  }
}

/** Of a slowdown with the mapper's own schedule: its plan as far as the former one (`same`, with its cause) is faster. */
function ofBoth(change: Change, before: ScheduleResult, own: ScheduleResult, same: ScheduleResult, machineEffect?: string): string | undefined {
  const [byOwn, bySame] = [own, same].map((after) => slowdownOf(change, before, after)) as [number, number];
  if (byOwn <= LEAST_SLOWDOWN) return undefined;
  if (bySame <= LEAST_SLOWDOWN) return 'the plan';
  return machineEffect !== undefined && byOwn - bySame > LEAST_SLOWDOWN ? `the plan and ${machineEffect}` : machineEffect;
}

/** Less work that takes longer: whether the mapper, told how to deal it out, has a plan that does not. */
async function otherPlan(change: Change, drawn: RandomCase, before: ScheduleResult, after: ScheduleResult): Promise<string | undefined> {
  if (slowdownOf(change, before, after) <= LEAST_SLOWDOWN) return undefined;
  for (const split of ['K', 'OY', 'OX']) {
    const other = await planned(drawn, { 'mapper.with.split': split });
    if (other !== undefined && slowdownOf(change, await simulate(other), after) <= LEAST_SLOWDOWN) return 'the plan';
  }
  return undefined;
}

/** Of a slowdown with one schedule: the mechanism that a counterfactual shows. */
async function effectOf(
  change: Change,
  drawn: RandomCase,
  changed: RandomCase,
  base: Planned,
  before: ScheduleResult,
  after: ScheduleResult,
): Promise<string | undefined> {
  if (change.expects !== 'faster' || slowdownOf(change, before, after) <= LEAST_SLOWDOWN) return undefined;
  return confirmedBy(drawn, changed, base, suspects(causesOf(before, after), drawn));
}

async function planned(drawn: RandomCase, set: Readonly<Record<string, unknown>> = {}): Promise<Planned | undefined> {
  try {
    return await plan(drawn, set);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function slowdownOf({ expects }: Change, before: ScheduleResult, after: ScheduleResult): number {
  const ratio = after.simulation.seconds / before.simulation.seconds;
  return (expects === 'faster' ? ratio : 1 / ratio) - 1;
}

function causesOf(before: ScheduleResult, after: ScheduleResult): readonly SlowerCause[] {
  return compareRuns([before, after])[0]?.causes ?? [];
}
