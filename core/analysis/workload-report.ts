import { layerTotals, workloadTotals, type WorkloadTotals } from '../mapping/totals.js';
import type { Layer, Workload } from '../workload/layer.js';

export interface LayerReport {
  readonly name: string;
  readonly operator: string;
  readonly class: string;
  /** Loop bounds, outermost first. */
  readonly loops: Readonly<Record<string, number>>;
  readonly macs: number;
  readonly ops: number;
  /** By operand: number format and bytes touched. */
  readonly operands: Readonly<Record<string, { readonly tensor: string; readonly format: string; readonly bytes: number }>>;
}

export interface WorkloadReport {
  readonly name: string;
  readonly layers: readonly LayerReport[];
  readonly totals: WorkloadTotals;
  readonly notes: readonly string[];
}

/** What was understood of a workload, layer by layer. */
export function workloadReport(workload: Workload): WorkloadReport {
  return {
    name: workload.name,
    layers: workload.layers.map((layer) => layerReport(workload, layer)),
    totals: workloadTotals(workload),
    notes: workload.notes ?? [],
  };
}

function layerReport(workload: Workload, layer: Layer): LayerReport {
  const { macs, ops, operandBytes } = layerTotals(workload, layer);
  const operands = Object.fromEntries(layer.operands.map(({ name, tensor, format }) => [name, { tensor, format, bytes: operandBytes[name] ?? 0 }]));
  return { name: layer.name, operator: layer.operator, class: layer.class, loops: layer.loops, macs, ops, operands };
}
