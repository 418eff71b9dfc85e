import { reasonsOf, verdictOf, type RunResult, type Verdict } from 'tessera-sim';
import type { XmlElement } from './xml.js';

type TestOutcome = 'passed' | 'failure' | 'error' | 'skipped';

const OUTCOME: Readonly<Record<Verdict, TestOutcome>> = { 'as-expected': 'passed', missed: 'failure', 'machine-failed': 'error', interrupted: 'skipped' };

/** `error`: the simulated machine failed; `failure`: an expectation was missed; `skipped`: interrupted before its end. */
export function testOutcomeOf(result: RunResult): TestOutcome {
  return OUTCOME[verdictOf(result)];
}

/** A `<testcase>`: the scenario, its file as class, CPU time of the engine. */
export function testCase(result: RunResult, suiteName: string): XmlElement {
  const attributes = { name: result.scenario, classname: result.file ?? suiteName, time: result.engineCpuSeconds.toFixed(3) };
  const outcome = testOutcomeOf(result);
  const children = outcome === 'passed' ? [] : [outcomeElement(outcome, result)];
  return { name: 'testcase', attributes, children: [...children, measuredValues(result)] };
}

function outcomeElement(outcome: Exclude<TestOutcome, 'passed'>, result: RunResult): XmlElement {
  if (outcome === 'skipped') return { name: 'skipped', attributes: { message: 'interrupted' } };
  const reasons = [...reasonsOf(result), ...waitsOf(result)];
  const type = outcome === 'failure' ? 'expectation' : result.outcome === 'finished' ? 'illegal-schedule' : result.outcome;
  return { name: outcome, attributes: { message: reasons[0] ?? result.outcome, type }, text: reasons.join('\n') };
}

/** Of a deadlock: who waits for whom, the cycle when there is one. */
function waitsOf({ deadlock }: RunResult): string[] {
  const waits = deadlock === undefined ? [] : deadlock.cycle.length > 0 ? deadlock.cycle : deadlock.waits;
  return waits.map(({ who, whom, what }) => `${who} waits for ${whom}: ${what}`);
}

function measuredValues({ simulation, digest }: RunResult): XmlElement {
  return { name: 'system-out', attributes: {}, text: `${simulation.cycles} cycles, ${simulation.seconds} s simulated, digest ${digest}` };
}
