import type { LayerReport, WorkloadReport } from '../core/analysis/workload-report.js';
import { numberText, textTable } from './text-table.js';

/** What `tessera workload` prints. */
export function workloadText(report: WorkloadReport): string {
  const rows = report.layers.map((layer) => [layer.name, layer.operator, loopText(layer), numberText(layer.macs), bytesText(layer), formatText(layer)]);
  const { totals } = report;
  const lines = [
    `${report.name}: ${totals.layers} layers, ${numberText(totals.macs)} multiply-accumulates`,
    `bytes: constants ${numberText(totals.constantBytes)}, between layers ${numberText(totals.intermediateBytes)}`,
    `       inputs ${numberText(totals.inputBytes)}, outputs ${numberText(totals.outputBytes)}; in the table K is 1024 bytes`,
  ];
  // Names may be cut; loop sizes cut in the middle would tell nothing.
  const table = textTable(['layer', 'operator', 'loops', 'MACs', 'bytes by operand', 'formats'], rows, { cutFirst: [[0, 1], [4]] });
  return [table, '', ...lines, ...report.notes.map((note) => `note: ${note}`)].join('\n');
}

function loopText(layer: LayerReport): string {
  const loops = Object.entries(layer.loops).filter(([, size]) => size !== 1);
  return loops.length === 0 ? '1' : loops.map(([name, size]) => `${name}${size}`).join(' ');
}

function bytesText(layer: LayerReport): string {
  return Object.entries(layer.operands)
    .map(([name, { bytes }]) => `${name} ${shortBytes(bytes)}`)
    .join(' ');
}

/** Each format once: most layers have one. */
function formatText(layer: LayerReport): string {
  return [...new Set(Object.values(layer.operands).map(({ format }) => format))].join(' ');
}

/** At most three digits and K, M or G of 1024. */
function shortBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? bytes : Number(value.toPrecision(3))}${['', 'K', 'M', 'G'][power]}`;
}
