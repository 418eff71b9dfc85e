import { compareEstimate, estimateError, type ComparedValue } from '../core/analysis/comparison.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import { exportText } from '../core/run/export-results.js';
import type { ExperimentResult, RunResult, ScheduleResult } from '../core/result/run-result.js';
import { missedExpectations, outcomeReasons, reasonsOf } from '../core/result/verdict.js';
import {
  flexibleColumn,
  formatCount,
  formatEnergy,
  formatSeconds,
  formatSignedPercent,
  rightColumn,
  shortDigest,
  textTable,
  withoutText,
} from '../core/text/index.js';

/** Name of the exporter that prints results on a terminal. */
const TERMINAL_EXPORTER = 'table';

/** What a run prints: the table of the exporter, then in a sentence each what is not as expected. */
export async function resultText(result: RunResult, registry: PluginRegistry): Promise<string> {
  const table = (await exportText(TERMINAL_EXPORTER, [result], registry))?.trimEnd();
  if (table === undefined) return [summaryText(result), ...reasonsOf(result)].join('\n');
  return [table, ...outcomeReasons(result), ...missedExpectations(result)].join('\n');
}

/** The bare figures, for an installation without the exporter. */
export function summaryText(result: RunResult): string {
  const figures = result.kind === 'experiment' ? metricLines(result) : cycleLines(result);
  return [`${result.name}: ${result.outcome}`, ...figures, `  digest ${shortDigest(result.digest)}, ${formatCount(result.events)} events`].join('\n');
}

function metricLines({ metrics }: ExperimentResult): string[] {
  return textTable([flexibleColumn('metric'), rightColumn('value')], Object.entries(metrics));
}

function cycleLines(result: ScheduleResult): string[] {
  const { simulation, estimate } = result;
  const simulated = `  ${formatCount(simulation.cycles)} cycles, ${formatSeconds(simulation.seconds)}`;
  if (estimate === undefined) return [simulated];
  return [simulated, `  estimate (${estimate.estimator}): ${formatCount(estimate.cycles)} cycles, ${formatSignedPercent(estimateError(result))}`];
}

/** Layers of the estimate beside those of the simulation. */
export function estimateTable(result: ScheduleResult): string {
  if (result.estimate === undefined) return 'the scenario has no estimator';
  const { layers, cycles: total, energyPj: energy } = compareEstimate(result);
  const rows = [
    ...layers.map(({ layer, operator, cycles }) => [layer, operator, ...cellsOf(cycles)]),
    ['total', '', ...cellsOf(total)],
    ...(energy.relativeError === undefined ? [] : [['energy', '', ...cellsOf(energy, formatEnergy)]]),
  ];
  const columns = [flexibleColumn('layer'), flexibleColumn('operator'), rightColumn('estimate'), rightColumn('simulated'), rightColumn('error')];
  const missing = energy.relativeError === undefined ? '' : withoutText(result.simulation.energyMissing);
  return [...textTable(columns, rows), ...(missing === '' ? [] : [`energy ${missing}`])].join('\n');
}

function cellsOf({ value, reference, relativeError }: ComparedValue, format = formatCount): string[] {
  return [format(value), format(reference), formatSignedPercent(relativeError, ERROR_PLACES)];
}

/** Errors are held against tolerances of a per cent or less: one place would hide by how much they miss. */
export const ERROR_PLACES = 2;
