import { junitDocument, type TestCase } from '../core/result/junit.js';
import type { SuiteEntry } from '../core/suite/run-suite.js';
import { fromHere } from './base-command.js';

/** JUnit XML of a suite: its runs by the names they have there, with the time that each took; bad input is an error. */
export function junitXml(entries: readonly SuiteEntry[], suiteName: string): string {
  return junitDocument(suiteName, entries.map(testCase));
}

function testCase({ name, file, verdict, reasons, wallSeconds, testCase: known }: SuiteEntry): TestCase {
  const withoutResult = { outcome: verdict === 'interrupted' ? 'skipped' : 'error', type: verdict, reasons } as const;
  const told: Pick<TestCase, 'outcome' | 'type' | 'reasons' | 'output'> = known ?? withoutResult;
  return { ...told, name, classname: fromHere(file), seconds: wallSeconds, reasons: told.reasons.map(fromHere) };
}
