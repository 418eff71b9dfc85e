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
  const reasons: string[] = [];
  if (result.outcome !== 'finished') reasons.push(`the run ended early: ${OUTCOME_WORDS[result.outcome]}; what was simulated until then is a partial result`);
  for (const violation of result.violations.slice(0, 10)) reasons.push(`illegal schedule: ${violation.rule}: ${violation.message}`);
  if (result.violations.length > 10) reasons.push(`and ${result.violations.length - 10} more violations`);
  for (const { name, expected, actual, holds } of result.expectations) {
    if (!holds) reasons.push(`expected ${name} ${expected}, but it is ${actual}`);
  }
  return reasons;
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
