import { definePlugin, experimentsOf, type ExportedFile, type RunResult } from 'tessera-sim';
import { csvText } from 'tessera-sim';
import { experimentTables } from './experiment-tables.js';
import { CSV_TABLES } from './tables.js';

interface CsvConfig {
  readonly tables: readonly string[];
}

/** Stands for the tables of experiments, whose names are the experiments' own. */
const EXPERIMENT = 'experiment';
const names = [...CSV_TABLES.map((table) => table.name), EXPERIMENT];

export const csvPlugin = definePlugin<CsvConfig>({
  kind: 'exporter',
  name: 'csv',
  version: '1.0.0',
  summary:
    'One CSV file a table: runs, layers, blocks, stalls, statistics, memories, links, links inside networks, metrics, tables of experiments; units in the column names',
  sources: ['RFC 4180'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      tables: { type: 'array', items: { enum: names }, uniqueItems: true, default: names, description: 'Tables to write; one without rows is left out' },
    },
  },
  needsTrace: false,
  writes: CSV_TABLES.map(({ name }) => `${name}.csv`),
  export: (results, { tables }) => csvFiles(results, tables),
});

function csvFiles(results: readonly RunResult[], wanted: readonly string[]): ExportedFile[] {
  const fixed = CSV_TABLES.filter((table) => wanted.includes(table.name)).map((table) => ({ ...table, rows: results.flatMap((result) => table.rows(result)) }));
  const own = wanted.includes(EXPERIMENT)
    ? experimentTables(experimentsOf(results)).map((table) => ({ ...table, name: `${EXPERIMENT}-${fileName(table.name)}` }))
    : [];
  return [...fixed, ...own].filter(({ rows }) => rows.length > 0).map(({ name, header, rows }) => ({ name: `${name}.csv`, content: csvText(header, rows) }));
}

/** An experiment of somebody else may call a table anything. */
function fileName(table: string): string {
  return table.replaceAll(/[^\w.-]+/g, '_');
}

export default csvPlugin;
