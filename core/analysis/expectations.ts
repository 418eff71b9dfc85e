import type { SourcePlace } from '../errors.js';
import { estimateError, relativeError } from './comparison.js';
import type { Estimate, Performance } from '../result/performance.js';
import type { BlockResult, ExpectationResult, MemoryResult } from '../result/run-result.js';

/** What the user expects of one metric of the result; several bounds may be given. */
export interface Expectation {
  /** `cycles`, `seconds`, `energyPj`, `estimateError`, or any metric of an experiment. */
  readonly metric: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly equals?: number;
  /** With `near`: largest relative distance from it. Alone: largest absolute value. A fraction, 0.08 for 8 %. */
  readonly within?: number;
  readonly near?: number;
  readonly place: SourcePlace;
}

export interface MeasuredValues {
  readonly simulation?: Performance;
  readonly estimate?: Estimate | undefined;
  readonly blocks?: readonly BlockResult[];
  readonly memories?: readonly MemoryResult[];
  readonly operations?: { readonly finished: number };
  readonly violations?: number;
  /** An experiment's own metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * The value of a metric: `cycles`, `seconds`, `energyPj`, `estimateError`, `operations`, `violations`, `<memory>.peakBytes`,
 * `<block>.<statistic>`, or an experiment's own. NaN when there is no such metric: it then holds no expectation.
 */
export function metricValue(name: string, values: MeasuredValues): number {
  const own = values.metrics !== undefined && Object.hasOwn(values.metrics, name) ? values.metrics[name] : undefined;
  if (own !== undefined) return own;
  const { simulation, estimate } = values;
  if (simulation !== undefined) {
    if (name === 'cycles' || name === 'seconds') return simulation[name];
    if (name === 'energyPj') return simulation.energyPj ?? NaN;
    if (name === 'estimateError') return estimateError({ simulation, estimate }) ?? NaN;
  }
  if (name === 'operations') return values.operations?.finished ?? NaN;
  if (name === 'violations') return values.violations ?? NaN;
  return blockMetric(name, values);
}

function blockMetric(name: string, values: MeasuredValues): number {
  const dot = name.lastIndexOf('.');
  if (dot < 0) return NaN;
  const [path, field] = [name.slice(0, dot), name.slice(dot + 1)];
  if (field === 'peakBytes') return values.memories?.find((memory) => memory.path === path)?.peakBytes ?? NaN;
  return values.blocks?.find((block) => block.path === path)?.statistics[field]?.value ?? NaN;
}

/** Compares each expectation with what was measured. */
export function evaluateExpectations(expectations: readonly Expectation[], values: MeasuredValues): ExpectationResult[] {
  return expectations.flatMap((expectation) => {
    const actual = metricValue(expectation.metric, values);
    const { metric, atMost, atLeast, equals, within, near } = expectation;
    const results: ExpectationResult[] = [];
    if (atMost !== undefined) results.push({ name: `${metric}.atMost`, expected: `<= ${atMost}`, actual, holds: actual <= atMost });
    if (atLeast !== undefined) results.push({ name: `${metric}.atLeast`, expected: `>= ${atLeast}`, actual, holds: actual >= atLeast });
    if (equals !== undefined) results.push({ name: `${metric}.equals`, expected: `= ${equals}`, actual, holds: actual === equals });
    if (near !== undefined) {
      const distance = Math.abs(relativeError(actual, near));
      results.push({ name: `${metric}.near`, expected: `${near} within ${within ?? 0}`, actual, holds: distance <= (within ?? 0) });
    } else if (within !== undefined) {
      results.push({ name: `${metric}.within`, expected: `within +-${within}`, actual, holds: Math.abs(actual) <= within });
    }
    return results;
  });
}
