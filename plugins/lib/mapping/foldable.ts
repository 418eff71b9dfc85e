import { boxVolume, operatorName, wholeBox, type Layer, type Workload } from 'tessera-sim';

/**
 * Element-wise operators that every compiler executes on the way out of the layer before: scale and shift (batch
 * normalisation, folded into the weights), clamps and requantisation. Operators that need special functions (GELU, SiLU)
 * take a vector unit's time and stay layers of their own.
 */
const FOLDED = new Set([
  'batchnormalization',
  'batchnorm',
  'relu',
  'relu6',
  'clip',
  'leakyrelu',
  'prelu',
  'hardswish',
  'hardsigmoid',
  'quantizelinear',
  'dequantizelinear',
  'quantize',
  'dequantize',
  'requantize',
  'cast',
  'bias',
  'scale',
]);

/** True for a folded operator with one activation and one output of as many elements. */
export function isFoldable(workload: Workload, layer: Layer): boolean {
  if (layer.class === 'mac' || !FOLDED.has(operatorName(layer.operator))) return false;
  const activations = layer.operands.filter(({ role }) => role === 'activation');
  const outputs = layer.operands.filter(({ role }) => role === 'output');
  if (activations.length !== 1 || outputs.length !== 1) return false;
  const volume = (tensor: string | undefined): number => boxVolume(wholeBox(workload.tensors[tensor ?? '']?.dims ?? {}));
  return volume(activations[0]?.tensor) === volume(outputs[0]?.tensor);
}
