import type { LayerReport, WorkloadReport } from '../core/analysis/workload-report.js';
import { flexibleColumn, formatBytesShort, formatCount, rightColumn, textTable } from '../core/text/index.js';

/** Names are cut first, then bytes; loop sizes cut in the middle would tell nothing, so they come last. */
const COLUMNS = [
  flexibleColumn('layer', 1, 12),
  flexibleColumn('operator', 1, 12),
  flexibleColumn('loops', 3),
  rightColumn('MACs'),
  flexibleColumn('bytes by operand', 2, 12),
  flexibleColumn('formats', 3),
];

/** What `tessera workload` prints. */
export function workloadText(report: WorkloadReport): string {
  const rows = report.layers.map((layer) => [layer.name, layer.operator, loopText(layer), formatCount(layer.macs), bytesText(layer), formatText(layer)]);
  const { totals } = report;
  const lines = [
    `${report.name}: ${totals.layers} layers, ${formatCount(totals.macs)} multiply-accumulates`,
    `bytes: constants ${formatCount(totals.constantBytes)}, between layers ${formatCount(totals.intermediateBytes)}`,
    `       inputs ${formatCount(totals.inputBytes)}, outputs ${formatCount(totals.outputBytes)}; in the table K is 1024 bytes`,
  ];
  return [...textTable(COLUMNS, rows), '', ...lines, ...report.notes.map((note) => `note: ${note}`)].join('\n');
}

function loopText(layer: LayerReport): string {
  const loops = Object.entries(layer.loops).filter(([, size]) => size !== 1);
  return loops.length === 0 ? '1' : loops.map(([name, size]) => `${name}${size}`).join(' ');
}

function bytesText(layer: LayerReport): string {
  return Object.entries(layer.operands)
    .map(([name, { bytes }]) => `${name} ${formatBytesShort(bytes)}`)
    .join(' ');
}

/** Each format once: most layers have one. */
function formatText(layer: LayerReport): string {
  return [...new Set(Object.values(layer.operands).map(({ format }) => format))].join(' ');
}
