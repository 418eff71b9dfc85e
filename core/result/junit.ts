/** JUnit XML as continuous integration reads it (the format of Apache Ant): one test case a run. */
import type { RunResult } from './run-result.js';
import { reasonsOf, verdictOf, type Verdict } from './verdict.js';
import { xmlDocument, type XmlElement } from '../text/xml.js';

/** `error`: the machine or the input failed; `failure`: an expectation was missed; `skipped`: interrupted before its end. */
export type TestOutcome = 'passed' | 'failure' | 'error' | 'skipped';

export interface TestCase {
  readonly name: string;
  /** What the case belongs to: the scenario's file. */
  readonly classname: string;
  readonly seconds: number;
  readonly outcome: TestOutcome;
  /** Of a failure or error: what kind, in a word. */
  readonly type?: string;
  /** Why it did not pass; the first one is its message. */
  readonly reasons: readonly string[];
  /** What was measured. */
  readonly output?: string;
}

const OUTCOME: Readonly<Record<Verdict, TestOutcome>> = { 'as-expected': 'passed', missed: 'failure', 'machine-failed': 'error', interrupted: 'skipped' };

/** The test case of a result; its time is the engine's CPU time. */
export function testCaseOf(result: RunResult): TestCase {
  const { name, file, engineCpuSeconds, digest } = result;
  const outcome = OUTCOME[verdictOf(result)];
  const type = outcome === 'failure' ? 'expectation' : result.outcome;
  return {
    name,
    classname: file ?? result.scenario,
    seconds: engineCpuSeconds,
    outcome,
    type,
    reasons: outcome === 'passed' ? [] : [...reasonsOf(result), ...waitsOf(result)],
    output: `${simulatedText(result)} simulated, digest ${digest}`,
  };
}

function simulatedText(result: RunResult): string {
  return result.kind === 'experiment' ? `${result.simulatedSeconds} s` : `${result.simulation.cycles} cycles, ${result.simulation.seconds} s`;
}

/** Of a deadlock: who waits for whom, the cycle when there is one. */
function waitsOf(result: RunResult): string[] {
  const deadlock = result.kind === 'schedule' ? result.deadlock : undefined;
  const waits = deadlock === undefined ? [] : deadlock.cycle.length > 0 ? deadlock.cycle : deadlock.waits;
  return waits.map(({ who, whom, what }) => `${who} waits for ${whom}: ${what}`);
}

/** The document of one suite. */
export function junitDocument(suiteName: string, cases: readonly TestCase[]): string {
  const count = (outcome: TestOutcome): number => cases.filter((candidate) => candidate.outcome === outcome).length;
  const seconds = cases.reduce((sum, candidate) => sum + candidate.seconds, 0);
  const attributes = {
    name: suiteName,
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds.toFixed(3),
  };
  const suite = { name: 'testsuite', attributes, children: cases.map(caseElement) };
  return xmlDocument({ name: 'testsuites', attributes, children: [suite] });
}

function caseElement(testCase: TestCase): XmlElement {
  const { name, classname, seconds, outcome, output } = testCase;
  const children = [
    ...(outcome === 'passed' ? [] : [outcomeElement(outcome, testCase)]),
    ...(output === undefined ? [] : [{ name: 'system-out', attributes: {}, text: output }]),
  ];
  return { name: 'testcase', attributes: { name, classname, time: seconds.toFixed(3) }, children };
}

function outcomeElement(outcome: Exclude<TestOutcome, 'passed'>, { type = outcome, reasons }: TestCase): XmlElement {
  if (outcome === 'skipped') return { name: 'skipped', attributes: { message: 'interrupted' } };
  return { name: outcome, attributes: { message: reasons[0] ?? type, type }, text: reasons.join('\n') };
}
