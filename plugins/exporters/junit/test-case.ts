import type { RunResult } from '../../../core/index.js';
import type { XmlElement } from './xml.js';

type Verdict = 'passed' | 'failure' | 'error' | 'skipped';

/** `error`: the simulated machine failed; `failure`: an expectation was missed; `skipped`: interrupted before its end. */
export function verdictOf(result: RunResult): Verdict {
  if (result.outcome === 'interrupted') return 'skipped';
  if (result.outcome !== 'finished' || result.violations.length > 0) return 'error';
  return result.expectations.every((expectation) => expectation.holds) ? 'passed' : 'failure';
}

/** A `<testcase>`: the scenario, its file as class, CPU time of the engine. */
export function testCase(result: RunResult, suiteName: string): XmlElement {
  const attributes = { name: result.scenario, classname: result.file ?? suiteName, time: result.engineCpuSeconds.toFixed(3) };
  const verdict = verdictOf(result);
  const children = verdict === 'passed' ? [] : [verdictElement(verdict, result)];
  return { name: 'testcase', attributes, children: [...children, measuredValues(result)] };
}

function verdictElement(verdict: Exclude<Verdict, 'passed'>, result: RunResult): XmlElement {
  const reasons = reasonsOf(result);
  const message = reasons[0] ?? result.outcome;
  if (verdict === 'skipped') return { name: 'skipped', attributes: { message: 'interrupted' } };
  const type = verdict === 'error' ? (result.outcome === 'finished' ? 'illegal-schedule' : result.outcome) : 'expectation';
  return { name: verdict, attributes: { message, type }, text: reasons.join('\n') };
}

function reasonsOf(result: RunResult): string[] {
  const missed = result.expectations.filter((expectation) => !expectation.holds);
  const waits = result.deadlock === undefined ? [] : result.deadlock.cycle.length > 0 ? result.deadlock.cycle : result.deadlock.waits;
  return [
    ...(result.outcome === 'finished' ? [] : [`the run ended early: ${result.outcome}`]),
    ...result.violations.map(({ rule, message }) => `${rule}: ${message}`),
    ...waits.map(({ who, whom, what }) => `${who} waits for ${whom}: ${what}`),
    ...missed.map(({ name, expected, actual }) => `${name}: expected ${expected}, measured ${actual}`),
  ];
}

function measuredValues({ simulation, digest }: RunResult): XmlElement {
  return { name: 'system-out', attributes: {}, text: `${simulation.cycles} cycles, ${simulation.seconds} s simulated, digest ${digest}` };
}
