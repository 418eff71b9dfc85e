import type { PluginRegistry } from '../core/plugin/registry.js';
import { exportText } from '../core/run/export-results.js';
import type { RunResult } from '../core/result/run-result.js';
import { missedExpectations, outcomeReasons, reasonsOf } from '../core/result/verdict.js';
import { withPrefix } from './progress-line.js';
import { numberText, textTable } from './text-table.js';

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
    lines.push(`  ${numberText(simulation.cycles)} cycles, ${withPrefix(simulation.seconds, 's')}`);
    if (estimate !== undefined) {
      lines.push(`  estimate (${estimate.estimator}): ${numberText(estimate.cycles)} cycles, ${percentText((estimate.cycles - simulation.cycles) / simulation.cycles)}`);
    }
  } else {
    lines.push(textTable(['metric', 'value'], Object.entries(metrics)));
  }
  lines.push(`  digest ${result.digest.slice(0, 16)}, ${numberText(result.events)} events`);
  return lines.join('\n');
}

/** +8.1 %, with its sign. */
export function percentText(fraction: number): string {
  if (!Number.isFinite(fraction)) return 'n/a';
  return `${fraction > 0 ? '+' : ''}${(100 * fraction).toFixed(Math.abs(fraction) < 0.1 ? 2 : 1)} %`;
}

/** Layers of the estimate beside those of the simulation. */
export function estimateTable(result: RunResult): string {
  const { simulation, estimate } = result;
  if (estimate === undefined) return 'the scenario has no estimator';
  const estimated = new Map(estimate.layers.map((layer) => [layer.layer, layer.cycles]));
  const rows = simulation.layers.map((layer) => {
    const cycles = estimated.get(layer.layer);
    return [layer.layer, layer.operator, cycles === undefined ? '-' : numberText(cycles), numberText(layer.cycles), cycles === undefined ? '-' : percentText((cycles - layer.cycles) / layer.cycles)];
  });
  const total = ['total', '', numberText(estimate.cycles), numberText(simulation.cycles), percentText((estimate.cycles - simulation.cycles) / simulation.cycles)];
  return textTable(['layer', 'operator', 'estimate', 'simulated', 'error'], [...rows, total]);
}
