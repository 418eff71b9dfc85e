import { compareRuns, schedulesOf, shortDigest, textTable, wrapText, type RunComparison, type RunResult } from 'tessera-sim';
import { BUSY_COLUMNS, busyCells, causeSentences, OVERVIEW_COLUMNS, overviewCells, verdictSentence } from 'tessera-sim/exporters';
import type { Layout } from './section.js';

/** Narrower tables leave utilisation and digest to the sections of the runs. */
const WIDTH_FOR_ALL = 100;

/** Several runs in one table, then why each of the others is slower than the fastest. */
export function comparisonText(results: readonly RunResult[], layout: Layout): string {
  const { width, style } = layout;
  const columns = [
    { title: 'run', flexible: true },
    { title: 'outcome' },
    ...OVERVIEW_COLUMNS.map((title) => ({ title, align: 'right' as const })),
    ...(width < WIDTH_FOR_ALL ? [] : [...BUSY_COLUMNS.map((title) => ({ title, align: 'right' as const })), { title: 'digest' }]),
  ];
  const grid = textTable(columns, results.map(overviewRow), width);
  const reasons = compareRuns(schedulesOf(results)).map((comparison) => reasonLines(comparison, layout).join('\n'));
  return [[style.heading('Runs'), ...grid].join('\n'), ...reasons].join('\n\n');
}

function overviewRow(result: RunResult): string[] {
  return [result.name, result.outcome, ...overviewCells(result), ...busyCells(result), shortDigest(result.digest)];
}

function reasonLines(comparison: RunComparison, { width, style }: Layout): string[] {
  const causes = causeSentences(comparison).flatMap((sentence) => wrapText(`  ${sentence}`, width, '    '));
  return [...wrapText(verdictSentence(comparison), width).map(style.heading), ...causes];
}
