/**
 * The one form in which operator names are compared: lower-case letters and digits, without the `QLinear` that ONNX Runtime
 * puts before the quantised form of an operator (which formats it works on is said by its operands). Importers and files
 * spell names as they like: `LayerNormalization`, `layer-normalization`, `QLinearSoftmax`.
 */
export function operatorName(operator: string | undefined): string {
  return (operator ?? '').toLowerCase().replace(/^qlinear(?=.)|[^a-z0-9]/g, '');
}
