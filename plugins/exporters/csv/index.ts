import { definePlugin, type ExportedFile, type RunResult } from '../../../core/index.js';
import { csvText } from './rfc4180.js';
import { CSV_TABLES } from './tables.js';

interface CsvConfig {
  readonly tables: readonly string[];
}

const names = CSV_TABLES.map((table) => table.name);

export const csvPlugin = definePlugin<CsvConfig>({
  kind: 'exporter',
  name: 'csv',
  version: '1.0.0',
  summary: 'One CSV file a table: runs, layers, blocks, stalls, statistics, memories, links, metrics; units in the column names',
  sources: ['RFC 4180'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      tables: { type: 'array', items: { enum: names }, uniqueItems: true, default: names, description: 'Tables to write; one without rows is left out' },
    },
  },
  needsTrace: false,
  export: (results, { tables }) => csvFiles(results, tables),
});

function csvFiles(results: readonly RunResult[], wanted: readonly string[]): ExportedFile[] {
  return CSV_TABLES.filter((table) => wanted.includes(table.name)).flatMap((table) => {
    const rows = results.flatMap((result) => table.rows(result));
    return rows.length === 0 ? [] : [{ name: `${table.name}.csv`, content: csvText(table.header, rows) }];
  });
}

export default csvPlugin;
