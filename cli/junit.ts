import type { SuiteEntry } from '../core/suite/run-suite.js';
import { fromHere } from './base-command.js';

/** JUnit XML as CI systems read it: a missed expectation is a failure, bad input or a failed machine an error. */
export function junitXml(entries: readonly SuiteEntry[], suiteName: string): string {
  const failures = entries.filter((entry) => entry.verdict === 'missed').length;
  const errors = entries.filter((entry) => !['as-expected', 'missed'].includes(entry.verdict)).length;
  const seconds = entries.reduce((sum, entry) => sum + entry.wallSeconds, 0);
  const totals = `tests="${entries.length}" failures="${failures}" errors="${errors}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${escapeXml(suiteName)}" ${totals}>`,
    ...entries.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(entry: SuiteEntry): string {
  const open = `    <testcase name="${escapeXml(entry.name)}" classname="${escapeXml(fromHere(entry.file))}" time="${entry.wallSeconds.toFixed(3)}"`;
  if (entry.verdict === 'as-expected') return `${open}/>`;
  const element = entry.verdict === 'missed' ? 'failure' : 'error';
  const reasons = entry.reasons.map(fromHere);
  const first = reasons[0] ?? entry.verdict;
  return `${open}>\n      <${element} type="${entry.verdict}" message="${escapeXml(first)}">${escapeXml(reasons.join('\n'))}</${element}>\n    </testcase>`;
}

/** Control characters have no form in XML 1.0 and are left out. */
function escapeXml(text: string): string {
  return text
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
