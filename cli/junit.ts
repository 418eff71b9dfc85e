import { junitDocument, testCaseOf, type TestCase } from '../core/result/junit.js';
import type { SuiteEntry } from '../core/suite/run-suite.js';
import { fromHere } from './base-command.js';

/** JUnit XML of a suite: its runs by the names they have there, with the time that each took; bad input is an error. */
export function junitXml(entries: readonly SuiteEntry[], suiteName: string): string {
  return junitDocument(suiteName, entries.map(testCase));
}

function testCase({ name, file, verdict, reasons, wallSeconds, result }: SuiteEntry): TestCase {
  const known: Pick<TestCase, 'outcome' | 'type' | 'reasons' | 'output'> =
    result === undefined ? { outcome: 'error', type: verdict, reasons } : testCaseOf(result);
  return { ...known, name, classname: fromHere(file), seconds: wallSeconds, reasons: known.reasons.map(fromHere) };
}
