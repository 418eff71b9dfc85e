import { boxVolume, wholeBox } from '../workload/box.js';
import type { Layer, Workload } from '../workload/layer.js';
import { bytesOf, formatsOf } from '../workload/number-format.js';
import { tensorOf } from '../workload/operands.js';
import { operandBox, tileMacs, tileOps } from './operand-access.js';

/** What one layer takes, everything touched once. */
export interface LayerTotals {
  readonly macs: number;
  readonly ops: number;
  /** Bytes of the tensor region that the whole layer touches, by operand name. */
  readonly operandBytes: Readonly<Record<string, number>>;
}

export function layerTotals(workload: Workload, layer: Layer): LayerTotals {
  const whole = wholeBox(layer.loops);
  const formats = formatsOf(workload);
  const operandBytes: Record<string, number> = {};
  for (const operand of layer.operands) {
    const region = operandBox(workload, layer, operand, whole);
    operandBytes[operand.name] = bytesOf(formats.get(operand.format), boxVolume(region));
  }
  return { macs: Math.round(tileMacs(layer, whole)), ops: Math.round(tileOps(layer, whole)), operandBytes };
}

export interface WorkloadTotals {
  readonly layers: number;
  readonly macs: number;
  readonly ops: number;
  /** Bytes of all constants (weights, biases, scales), each counted once. */
  readonly constantBytes: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Bytes of all tensors between layers. */
  readonly intermediateBytes: number;
}

export function workloadTotals(workload: Workload): WorkloadTotals {
  let macs = 0;
  let ops = 0;
  for (const layer of workload.layers) {
    const totals = layerTotals(workload, layer);
    macs += totals.macs;
    ops += totals.ops;
  }
  const bytes = { input: 0, constant: 0, intermediate: 0, output: 0 };
  const formats = formatsOf(workload);
  for (const name of Object.keys(workload.tensors)) {
    const tensor = tensorOf(workload, name);
    bytes[tensor.role] += bytesOf(formats.get(tensor.format), boxVolume(wholeBox(tensor.dims)));
  }
  return {
    layers: workload.layers.length,
    macs,
    ops,
    constantBytes: bytes.constant,
    inputBytes: bytes.input,
    outputBytes: bytes.output,
    intermediateBytes: bytes.intermediate,
  };
}
