import type { LayerReport, WorkloadReport } from '../core/scenario/workload-report.js';
import { numberText, textTable } from './text-table.js';

/** What `tessera workload` prints. */
export function workloadText(report: WorkloadReport): string {
  const rows = report.layers.map((layer) => [layer.name, layer.operator, loopText(layer), numberText(layer.macs), operandText(layer)]);
  const { totals } = report;
  const lines = [
    `${report.name}: ${totals.layers} layers, ${numberText(totals.macs)} multiply-accumulates`,
    `bytes: constants ${numberText(totals.constantBytes)}, inputs ${numberText(totals.inputBytes)}, between layers ${numberText(totals.intermediateBytes)}, outputs ${numberText(totals.outputBytes)}`,
  ];
  const table = textTable(['layer', 'operator', 'loops', 'MACs', 'operands: bytes, format'], rows, 140);
  return [table, '', ...lines, ...report.notes.map((note) => `note: ${note}`)].join('\n');
}

function loopText(layer: LayerReport): string {
  const loops = Object.entries(layer.loops).filter(([, size]) => size !== 1);
  return loops.length === 0 ? '1' : loops.map(([name, size]) => `${name}${size}`).join(' ');
}

function operandText(layer: LayerReport): string {
  return Object.entries(layer.operands)
    .map(([name, { bytes, format }]) => `${name} ${numberText(bytes)} ${format}`)
    .join(', ');
}
