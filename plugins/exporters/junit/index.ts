import { definePlugin, type ExportedFile, type RunResult } from 'tessera-sim';
import { testCase, testOutcomeOf } from './test-case.js';
import { xmlDocument } from './xml.js';

interface JunitConfig {
  readonly suiteName: string;
}

export const junitPlugin = definePlugin<JunitConfig>({
  kind: 'exporter',
  name: 'junit',
  version: '1.0.0',
  summary: 'JUnit XML for continuous integration: a test case a scenario, a failure for a missed expectation, an error for a failed machine',
  sources: ['The JUnit XML format as Apache Ant writes and common CI servers read it'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      suiteName: { type: 'string', minLength: 1, default: 'tessera', description: 'Name of the test suite' },
    },
  },
  needsTrace: false,
  export: (results, { suiteName }) => [junitFile(results, suiteName)],
});

function junitFile(results: readonly RunResult[], suiteName: string): ExportedFile {
  const outcomes = results.map(testOutcomeOf);
  const count = (outcome: string): number => outcomes.filter((candidate) => candidate === outcome).length;
  const seconds = results.reduce((sum, result) => sum + result.engineCpuSeconds, 0);
  const totals = { tests: results.length, failures: count('failure'), errors: count('error'), skipped: count('skipped'), time: seconds.toFixed(3) };
  const suite = { name: 'testsuite', attributes: { name: suiteName, ...totals }, children: results.map((result) => testCase(result, suiteName)) };
  return { name: 'junit.xml', content: xmlDocument({ name: 'testsuites', attributes: { name: suiteName, ...totals }, children: [suite] }) };
}

export default junitPlugin;
