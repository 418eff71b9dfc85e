import type { RunResult } from './run-result.js';

export type Verdict = 'as-expected' | 'missed' | 'machine-failed' | 'interrupted';

/** What a result means for its user: did the machine fail, was the run cut short, was an expectation missed? */
export function verdictOf(result: RunResult): Verdict {
  if (result.outcome === 'interrupted') return 'interrupted';
  if (result.outcome !== 'finished' || result.violations.length > 0) return 'machine-failed';
  return result.expectations.every((expectation) => expectation.holds) ? 'as-expected' : 'missed';
}

/** Why a result is not as expected, one sentence each; empty when it is. */
export function reasonsOf(result: RunResult): string[] {
  return [...outcomeReasons(result), ...violationReasons(result), ...missedExpectations(result)];
}

/** Empty when the run came to its end. */
export function outcomeReasons({ outcome }: RunResult): string[] {
  return outcome === 'finished' ? [] : [`the run ended early: ${OUTCOME_WORDS[outcome]}; what was simulated until then is a partial result`];
}

function violationReasons({ violations }: RunResult): string[] {
  const told = violations.slice(0, 10).map(({ rule, message }) => `illegal schedule: ${rule}: ${message}`);
  return violations.length > told.length ? [...told, `and ${violations.length - told.length} more violations`] : told;
}

export function missedExpectations({ expectations }: RunResult): string[] {
  return expectations.filter(({ holds }) => !holds).map(({ name, expected, actual }) => `expected ${name} ${expected}, but it is ${actual}`);
}

const OUTCOME_WORDS: Readonly<Record<RunResult['outcome'], string>> = {
  finished: 'finished',
  deadlock: 'deadlock, nothing can proceed',
  'time-bound': 'limits.maxCycles was reached',
  'event-bound': 'limits.maxEvents was reached',
  'wall-bound': 'limits.maxWallSeconds was reached',
  interrupted: 'interrupted',
};

/** The result as a JSON document: all but the trace, which exporters write in forms of its own. */
export function resultDocument(result: RunResult): Omit<RunResult, 'trace'> {
  const { trace: _, ...document } = result;
  return document;
}
