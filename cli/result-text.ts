import { compareEstimate, estimateError, type ComparedValue } from '../core/analysis/comparison.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import { exportText } from '../core/run/export-results.js';
import type { RunResult } from '../core/result/run-result.js';
import { missedExpectations, outcomeReasons, reasonsOf } from '../core/result/verdict.js';
import { flexibleColumn, formatCount, formatSeconds, formatSignedPercent, rightColumn, shortDigest, textTable } from '../core/text/index.js';

/** Name of the exporter that prints results on a terminal. */
const TERMINAL_EXPORTER = 'table';

/** What a run prints: the table of the exporter, then in a sentence each what is not as expected. */
export function resultText(result: RunResult, registry: PluginRegistry): string {
  const table = exportText(TERMINAL_EXPORTER, [result], registry)?.trimEnd();
  if (table === undefined) return [summaryText(result), ...reasonsOf(result)].join('\n');
  return [table, ...outcomeReasons(result), ...missedExpectations(result)].join('\n');
}

/** The bare figures, for an installation without the exporter. */
export function summaryText(result: RunResult): string {
  const { simulation, estimate, metrics } = result;
  const lines = [`${result.scenario}: ${result.outcome}`];
  if (metrics === undefined) {
    lines.push(`  ${formatCount(simulation.cycles)} cycles, ${formatSeconds(simulation.seconds)}`);
    if (estimate !== undefined) lines.push(`  estimate (${estimate.estimator}): ${formatCount(estimate.cycles)} cycles, ${formatSignedPercent(estimateError(result))}`);
  } else {
    lines.push(...textTable([flexibleColumn('metric'), rightColumn('value')], Object.entries(metrics)));
  }
  lines.push(`  digest ${shortDigest(result.digest)}, ${formatCount(result.events)} events`);
  return lines.join('\n');
}

/** Layers of the estimate beside those of the simulation. */
export function estimateTable(result: RunResult): string {
  if (result.estimate === undefined) return 'the scenario has no estimator';
  const { layers, cycles: total } = compareEstimate(result);
  const rows = [...layers.map(({ layer, operator, cycles }) => [layer, operator, ...cellsOf(cycles)]), ['total', '', ...cellsOf(total)]];
  return textTable([flexibleColumn('layer'), flexibleColumn('operator'), rightColumn('estimate'), rightColumn('simulated'), rightColumn('error')], rows).join('\n');
}

function cellsOf({ value, reference, relativeError }: ComparedValue): string[] {
  return [formatCount(value), formatCount(reference), formatSignedPercent(relativeError, ERROR_PLACES)];
}

/** Errors are held against tolerances of a per cent or less: one place would hide by how much they miss. */
export const ERROR_PLACES = 2;
