import { encodeNonFinite } from '../document/non-finite.js';
import type { FunctionalResult } from '../functional/functional-result.js';
import type { RunResult, ScheduleResult } from './run-result.js';

export type Verdict = 'as-expected' | 'missed' | 'machine-failed' | 'interrupted';

/** What a result means for its user: did the machine fail, was the run cut short, was an expectation missed? */
export function verdictOf(result: RunResult): Verdict {
  if (result.outcome === 'interrupted') return 'interrupted';
  if (result.outcome !== 'finished') return 'machine-failed';
  return result.expectations.every((expectation) => expectation.holds) ? 'as-expected' : 'missed';
}

/** Why a result is not as expected, one sentence each; empty when it is. */
export function reasonsOf(result: RunResult): string[] {
  return [...violationReasons(result), ...valueReasons(result), ...outcomeReasons(result), ...missedExpectations(result)];
}

/** Empty when the run came to its end. */
export function outcomeReasons(result: RunResult): string[] {
  const cause = causeOfEnd(result);
  return cause === undefined
    ? []
    : [`the run ended early: ${cause}; what was simulated until then is a partial result, held against no estimate and no expectation`];
}

function causeOfEnd(result: RunResult): string | undefined {
  if (result.outcome === 'interrupted') return 'interrupted';
  if (result.kind === 'schedule' && result.deadlock !== undefined) return 'deadlock, nothing can proceed';
  return result.bound === undefined ? undefined : `limits.${result.bound} was reached`;
}

function violationReasons(result: RunResult): string[] {
  if (result.kind === 'experiment') return [];
  const shown = result.violations.slice(0, 10).map(({ rule, message }) => `illegal schedule: ${rule}: ${message}`);
  return result.violationCount > shown.length ? [...shown, `and ${result.violationCount - shown.length} more violations`] : shown;
}

function valueReasons(result: RunResult): string[] {
  return result.kind === 'experiment' || result.functional?.equal !== false ? [] : [`wrong values: ${differenceText(result.functional)}`];
}

/** How many elements of the outputs are wrong, and one of them in full. */
export function differenceText({ compared, wrong, firstDifference: first }: FunctionalResult): string {
  const count = `${wrong} of ${compared} elements of the outputs differ from the reference`;
  if (first === undefined) return count;
  const place = Object.entries(first.index).map(([dim, at]) => `${dim} ${at}`);
  const layer = first.layer === undefined ? '' : `, of layer '${first.layer}'`;
  const writer = first.operation === undefined ? '' : `, last written by operation ${first.operation}`;
  return `${count}; first '${first.tensor}' (${place.join(', ')})${layer}: expected ${first.expected}, got ${first.got}${writer}`;
}

export function missedExpectations({ expectations }: RunResult): string[] {
  return expectations.filter(({ holds }) => !holds).map(({ name, expected, actual }) => `expected ${name} ${expected}, but it is ${actual}`);
}

/** The result as a JSON document: numbers that JSON cannot write as texts, and no trace and no schedule, which exporters write in forms of their own. */
export function resultDocument(result: RunResult): Readonly<Record<string, unknown>> {
  const { trace: _trace, schedule: _schedule, ...document } = result as ScheduleResult;
  return encodeNonFinite(document) as Readonly<Record<string, unknown>>;
}
