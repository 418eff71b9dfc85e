import { definePlugin, type ExportedFile, type RunResult } from 'tessera-sim';
import { reportPage } from './page.js';

interface HtmlReportConfig {
  readonly title?: string;
  readonly maxSpans: number;
}

export const htmlReportPlugin = definePlugin<HtmlReportConfig>({
  kind: 'exporter',
  name: 'html-report',
  version: '1.0.0',
  summary: 'One HTML file that needs no network: layers against the estimate, a Gantt to zoom, stall stacks, memories, links, and which run is faster and why',
  sources: ['Okabe & Ito, Color Universal Design, 2008 (palette)', 'Vega-Lite 5 (plots)'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      title: { type: 'string', minLength: 1, description: 'Title of the page; without it, the names of the runs' },
      maxSpans: {
        type: 'integer',
        minimum: 100,
        maximum: 2_000_000,
        default: 150_000,
        unit: 'spans',
        description: 'Spans of the Gantt over all runs; beyond it, neighbours are merged',
      },
    },
  },
  needsTrace: true,
  writes: ['report.html'],
  export: (results, config) => [reportFile(results, config)],
});

function reportFile(results: readonly RunResult[], { title, maxSpans }: HtmlReportConfig): ExportedFile {
  const names = results.map((result) => result.name);
  const shown = names.length > 3 ? `${names.length} runs` : names.join(' and ');
  const { text, note } = reportPage(results, title ?? `Tessera: ${shown}`, maxSpans);
  return { name: 'report.html', content: text, ...(note === undefined ? {} : { note }) };
}

export default htmlReportPlugin;
