import { definePlugin, type ExportedFile, type RunResult } from 'tessera-sim';
import { comparisonText } from './comparison-section.js';
import { runText } from './run-sections.js';
import type { Layout } from './section.js';
import type { StatisticsChoice } from './statistic-sections.js';
import { COLOURED, PLAIN } from './style.js';

interface TableConfig {
  readonly width: number;
  readonly maxRows: number;
  readonly colour: boolean;
  readonly details: boolean;
  readonly statistics: StatisticsChoice;
}

export const tablePlugin = definePlugin<TableConfig>({
  kind: 'exporter',
  name: 'table',
  version: '1.0.0',
  summary: 'Text for a terminal: totals, layers against the estimate, utilisation and waiting of the blocks, and why one run is faster',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      width: { type: 'integer', minimum: 60, maximum: 1000, default: 100, unit: 'characters', description: 'Longest line' },
      maxRows: { type: 'integer', minimum: 1, default: 60, unit: 'rows', description: 'Rows that a table shows before it says how many more there are' },
      colour: { type: 'boolean', default: false, description: 'Emphasis by terminal colours' },
      details: { type: 'boolean', default: true, description: 'Sections of every run; false leaves the comparison of several runs alone' },
      statistics: {
        enum: ['auto', 'all', 'none'],
        default: 'auto',
        description: 'Statistics of the blocks that are not zero; `auto`: of machines with eight blocks at most',
      },
    },
  },
  needsTrace: false,
  writes: ['result.txt'],
  export: (results, config) => [tableFile(results, config)],
});

function tableFile(results: readonly RunResult[], { width, maxRows, colour, details, statistics }: TableConfig): ExportedFile {
  const layout: Layout = { width, maxRows, style: colour ? COLOURED : PLAIN };
  const runs = details || results.length === 1 ? results.map((result) => runText(result, layout, statistics)) : [];
  const parts = results.length > 1 ? [...runs, comparisonText(results, layout)] : runs;
  return { name: 'result.txt', content: `${parts.join('\n\n')}\n` };
}

export default tablePlugin;
