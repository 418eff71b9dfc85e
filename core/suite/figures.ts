import { estimateError } from '../analysis/comparison.js';
import type { Figure } from '../plugin/suite-plugins.js';
import type { RunResult } from '../result/run-result.js';

/** The figures of a run under the names that `expect` has for them: totals of a schedule, all metrics of an experiment. */
export function figuresOf(result: RunResult): Record<string, Figure> {
  if (result.kind === 'experiment') {
    return Object.fromEntries(Object.entries(result.metrics).map(([name, value]) => [name, { value, unit: result.units?.[name] ?? '' }]));
  }
  const { cycles, seconds, energyPj } = result.simulation;
  const error = estimateError(result);
  return {
    cycles: { value: cycles, unit: 'cycles' },
    seconds: { value: seconds, unit: 's' },
    ...(energyPj === undefined ? {} : { energyPj: { value: energyPj, unit: 'pJ' } }),
    ...(error === undefined ? {} : { estimateError: { value: error, unit: 'fraction' } }),
  };
}
