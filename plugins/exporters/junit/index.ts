import { definePlugin, junitDocument, testCaseOf, type ExportedFile, type RunResult } from 'tessera-sim';

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
  writes: ['junit.xml'],
  export: (results, { suiteName }) => [junitFile(results, suiteName)],
});

function junitFile(results: readonly RunResult[], suiteName: string): ExportedFile {
  return { name: 'junit.xml', content: junitDocument(suiteName, results.map(testCaseOf)) };
}

export default junitPlugin;
