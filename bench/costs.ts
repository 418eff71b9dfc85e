import { figures, type Sample, type Samples } from './measure/interleave.js';
import { medianRatio, pairwise, spreadOf, type Spread } from './measure/statistics.js';
import { UNIT_KEY, UNIT_LOAD } from './measure/unit.js';
import type { Ratio, Scope } from './report.js';

const SCOPES: readonly { readonly scope: Scope; readonly text: string }[] = [
  { scope: 'process', text: 'whole process' },
  { scope: 'runLoop', text: 'run loop' },
];

const IN_UNITS = 'million unit events';

/** End of the name of a cost that is given in the machine's unit. */
export const IN_UNITS_SUFFIX = ", in the machine's unit";

/** Events a CPU second of the unit's loop, round by round; empty where it could not be compiled. */
export function unitRates(samples: Samples): number[] {
  return figures(samples, UNIT_KEY, 'runLoop').map((seconds) => UNIT_LOAD.events / seconds);
}

/** CPU seconds of a contender in each scope that it was measured in, and the same in the machine's unit. */
export function costsOf(samples: Samples, key: string, label: string, suffix = ''): Record<string, Spread> {
  const costs: Record<string, Spread> = {};
  for (const { scope, text } of SCOPES) {
    const seconds = figures(samples, key, scope);
    if (seconds.length === 0) continue;
    costs[`${label}, ${text}${suffix}`] = spreadOf(seconds, 'CPU s');
    const inUnits = pairwise(seconds, unitRates(samples), (cost, rate) => (cost * rate) / 1e6);
    if (inUnits.length > 0) costs[`${label}, ${text}${suffix}${IN_UNITS_SUFFIX}`] = spreadOf(inUnits, IN_UNITS);
  }
  return costs;
}

/** Work a CPU second of the run loop. */
export function rateOf(samples: Samples, key: string, unit: string, scale = 1): Spread {
  const rates = pairwise(figures(samples, key, 'work'), figures(samples, key, 'runLoop'), (work, seconds) => work / seconds / scale);
  return spreadOf(rates, unit);
}

/** Two contenders of one run. */
export interface Comparison {
  readonly name: string;
  readonly own: string;
  readonly other: string;
  readonly against: string;
  readonly bar: number | null;
}

/** The ratio in each scope in which both were measured, taken for the same number of simulated cycles where both say theirs. */
export function ratiosOf(samples: Samples, { name, own, other, against, bar }: Comparison): Ratio[] {
  return SCOPES.flatMap(({ scope }) => {
    const mine = perCycle(samples, own, other, scope);
    const its = perCycle(samples, other, own, scope);
    if (mine.length === 0 || its.length === 0) return [];
    return [{ name, against, interleaved: true, scope, value: medianRatio(mine, its), bar }];
  });
}

function perCycle(samples: Samples, key: string, other: string, scope: Scope): number[] {
  const seconds = figures(samples, key, scope);
  const cycles = figures(samples, key, 'cycles');
  const bothSay = cycles.length > 0 && figures(samples, other, 'cycles').length > 0;
  return bothSay ? pairwise(seconds, cycles, (cost, count) => cost / count) : seconds;
}

/** The first figure of a contender: for what is the same in every round. */
export function firstOf(samples: Samples, key: string, figure: keyof Sample): number | undefined {
  return figures(samples, key, figure)[0];
}
