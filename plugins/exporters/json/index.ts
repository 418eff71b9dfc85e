import { definePlugin, resultDocument, type ExportedFile, type RunResult } from 'tessera-sim';

interface JsonConfig {
  readonly indent: number;
}

export const jsonPlugin = definePlugin<JsonConfig>({
  kind: 'exporter',
  name: 'json',
  version: '1.0.0',
  summary: 'The result document (schemas/result.schema.json); several results as one list',
  sources: ['RFC 8259'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      indent: { type: 'integer', minimum: 0, maximum: 8, default: 2, unit: 'spaces', description: 'Indentation; 0 writes one line' },
    },
  },
  needsTrace: false,
  writes: ['result.json', 'results.json'],
  export: (results, { indent }) => [jsonFile(results, indent)],
});

/** Numbers that JSON cannot write (NaN of a metric that is not there, unlimited capacity) are texts, as the schema says. */
function jsonFile(results: readonly RunResult[], indent: number): ExportedFile {
  const documents = results.map(resultDocument);
  const [only] = documents;
  const single = documents.length === 1 && only !== undefined;
  return { name: single ? 'result.json' : 'results.json', content: `${JSON.stringify(single ? only : documents, null, indent)}\n` };
}

export default jsonPlugin;
