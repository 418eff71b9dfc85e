import { estimateError } from './comparison.js';
import { formatCount, formatPercent } from '../text/format.js';
import { isPartial } from '../result/partial.js';
import type { ScheduleResult } from '../result/run-result.js';

export interface Validation {
  readonly holds: boolean;
  /** (estimate - simulation) / simulation. */
  readonly error: number;
  readonly tolerance: number;
  /** Sentences for what does not hold, and the verdict. */
  readonly reasons: readonly string[];
}

/** Holds the estimate of a result against its simulation and against physical bounds. */
export function validationOf(result: ScheduleResult, tolerance: number): Validation {
  const { boundViolations } = result;
  const error = estimateError(result);
  if (error === undefined) {
    const isPart = result.estimate !== undefined && isPartial(result);
    const reason = isPart ? 'the estimate is of the whole run, of which only a part was simulated: they are not compared' : 'there is no estimate';
    return { holds: false, error: NaN, tolerance, reasons: [reason] };
  }
  const isWithin = Math.abs(error) <= tolerance;
  const reasons = boundViolations.map(
    ({ layer, resource, bound, boundCycles, estimatedCycles }) =>
      `impossible: ${layer ?? 'the run'} is estimated at ${formatCount(Math.round(estimatedCycles))} cycles, but ${resource} needs ${formatCount(Math.ceil(boundCycles))} (${bound})`,
  );
  const percent = (share: number): string => formatPercent(share, 2);
  if (!Number.isFinite(error)) return { holds: false, error, tolerance, reasons: [...reasons, 'the simulation took no time: no estimate is near it'] };
  reasons.push(
    `the estimate is ${percent(Math.abs(error))} ${error < 0 ? 'below' : 'above'} the simulation, ${isWithin ? 'within' : 'outside'} the tolerance of ${percent(tolerance)}`,
  );
  return { holds: isWithin && boundViolations.length === 0, error, tolerance, reasons };
}
