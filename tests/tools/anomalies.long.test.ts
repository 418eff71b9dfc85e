import { describe, expect, it } from 'vitest';
import type { MechanismCause, SlowerCause } from '../../core/analysis/slower-causes.js';
import type { ScheduleResult } from '../../core/result/run-result.js';
import { LEAST_SLOWDOWN, pairsOf, type Pair } from '../../tools/anomalies/anomalies.js';

/** `node dist/tools/anomalies/main.js` takes 300. */
const MACHINES = 30;

describe('more of a resource', () => {
  it('is never slower by more than a percent without a cause that is true and one that a counterfactual confirms', async () => {
    const anomalies: Pair[] = [];
    for (let index = 0; index < MACHINES; index++) {
      for await (const pair of pairsOf(1, index)) {
        // What the result says of the plan is what the mapper's operations say.
        expect(pair.before.executed!.plan !== pair.after.executed!.plan, nameOf(pair)).toBe(pair.schedule === 'own' && pair.replanned);
        if (pair.slowdown > LEAST_SLOWDOWN) anomalies.push(pair);
      }
    }
    expect(anomalies.length).toBeGreaterThan(5);
    expect(anomalies.filter(({ causes }) => causes.length === 0).map(nameOf)).toEqual([]);
    expect(anomalies.filter(({ confirmed }) => confirmed === undefined).map(nameOf)).toEqual([]);
    // A counterfactual that clears the plan agrees with the result's own note.
    const byPlan = anomalies.filter(({ confirmed }) => confirmed === 'the plan');
    expect(byPlan.length).toBeGreaterThan(3);
    for (const pair of byPlan)
      expect(
        pair.causes.map(({ kind }) => kind),
        nameOf(pair),
      ).toSatisfy((kinds: string[]) => kinds.includes('plan') || kinds.includes('layout'));
    for (const pair of anomalies) for (const cause of pair.causes) expect(isTrue(cause, pair), `${nameOf(pair)}: ${JSON.stringify(cause)}`).toBe(true);
  }, 900_000);
});

function nameOf({ index, change, schedule }: Pair): string {
  return `${index}: ${change.name}, ${schedule} schedule`;
}

function isTrue(cause: SlowerCause, pair: Pair): boolean {
  const [faster, slower] = pair.change.expects === 'faster' ? [pair.before, pair.after] : [pair.after, pair.before];
  switch (cause.kind) {
    case 'plan':
      return pair.schedule === 'own' && pair.replanned;
    case 'layout':
      return pair.schedule === 'own' && pair.relaid;
    case 'order':
      return !(pair.schedule === 'own' && pair.replanned) && faster.digests.timing !== slower.digests.timing;
    case 'work':
      return working(slower) > working(faster);
    case 'mechanism':
      return figure(slower, cause) > figure(faster, cause);
  }
}

/** Cycles of work of all arrays, each over its own machine's number of them. */
function working({ blocks }: ScheduleResult): number {
  const arrays = blocks.filter(({ plugin }) => plugin === 'systolic');
  return arrays.reduce((sum, { stalls }) => sum + (stalls.find(({ class: name }) => name === 'busy')?.cycles ?? 0), 0) / arrays.length;
}

/** From the blocks themselves: bytes a burst, and sums of all else, with cycles as times. */
function figure({ blocks }: ScheduleResult, { plugin, statistic, unit }: MechanismCause): number {
  const own = blocks.filter((block) => block.plugin === plugin);
  const sum = (name: string): number => own.reduce((total, { statistics }) => total + statistics[name]!.value, 0);
  if (statistic === 'meanBurstBytes' || statistic === 'meanReadBytes') return sum('bytesRead') / sum('readBursts');
  if (statistic === 'meanLatencyCycles') return (sum('latencyCycles') / sum('answers')) * (1 / own[0]!.clockHz);
  return unit === 'ns' ? sum(statistic) / own[0]!.clockHz : sum(statistic);
}
