import { estimateError } from './expectations.js';
import type { RunResult } from './run-result.js';

export interface Validation {
  readonly holds: boolean;
  /** (estimate - simulation) / simulation. */
  readonly error: number;
  readonly tolerance: number;
  /** Sentences for what does not hold, and the verdict. */
  readonly reasons: readonly string[];
}

/** Holds the estimate of a result against its simulation and against physical bounds. */
export function validationOf(result: RunResult, tolerance: number): Validation {
  const { estimate, simulation, boundViolations } = result;
  if (estimate === undefined) return { holds: false, error: NaN, tolerance, reasons: ['there is no estimate'] };
  const error = estimateError(simulation, estimate);
  const isWithin = Math.abs(error) <= tolerance;
  const reasons = boundViolations.map(
    ({ layer, resource, bound, boundCycles, estimatedCycles }) =>
      `impossible: ${layer ?? 'the run'} is estimated at ${Math.round(estimatedCycles)} cycles, but ${resource} needs ${Math.ceil(boundCycles)} (${bound})`,
  );
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  reasons.push(`the estimate is ${percent(Math.abs(error))} ${error < 0 ? 'below' : 'above'} the simulation, ${isWithin ? 'within' : 'outside'} the tolerance of ${percent(tolerance)}`);
  return { holds: isWithin && boundViolations.length === 0, error, tolerance, reasons };
}
