/** Operator names differ in case and hyphens between importers and hand-written files: `LayerNormalization`, `layer-norm`. */
export function plainName(operator: string | undefined): string {
  return (operator ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Operators that come to a matrix product (see `GemmView`), by plain name. */
const MATRIX = new Set([
  'conv', 'conv1d', 'conv2d', 'conv3d', 'convtranspose', 'depthwise', 'depthwiseconv2d', 'groupedconv2d', 'pointwise', 'convinteger', 'qlinearconv',
  'gemm', 'gemv', 'matmul', 'batchmatmul', 'matmulinteger', 'qlinearmatmul', 'dense', 'linear', 'fullyconnected',
]);

export function isMatrixOperator(operator: string | undefined): boolean {
  return MATRIX.has(plainName(operator));
}

/** The names that `describe` lists. */
export const MATRIX_OPERATORS: readonly string[] = ['conv', 'conv2d', 'convtranspose', 'depthwise', 'gemm', 'gemv', 'matmul'];
