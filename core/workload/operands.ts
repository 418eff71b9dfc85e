import type { Layer, Operand, Workload, WorkloadTensor } from './layer.js';

/** @throws RangeError when the layer has no such operand. */
export function operandOf(layer: Layer, name: string): Operand {
  const operand = layer.operands.find((candidate) => candidate.name === name);
  if (operand === undefined) throw new RangeError(`layer '${layer.name}' has no operand ${name}`);
  return operand;
}

export function outputsOf(layer: Layer): readonly Operand[] {
  return layer.operands.filter((operand) => operand.role === 'output');
}

export function inputsOf(layer: Layer): readonly Operand[] {
  return layer.operands.filter((operand) => operand.role !== 'output');
}

/** @throws RangeError when the workload has no such tensor. */
export function tensorOf(workload: Workload, operand: Operand | string): WorkloadTensor {
  const name = typeof operand === 'string' ? operand : operand.tensor;
  const tensor = workload.tensors[name];
  if (tensor === undefined) throw new RangeError(`workload '${workload.name}' has no tensor '${name}'`);
  return tensor;
}
