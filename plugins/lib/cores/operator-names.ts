/** Operator names differ in case and hyphens between importers and hand-written files: `LayerNormalization`, `layer-norm`. */
export function plainName(operator: string | undefined): string {
  return (operator ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * Operators that come to a matrix product (see `GemmView`), by plain name. Of a recurrent layer the products are meant, its
 * time steps taken as rows.
 */
const MATRIX = new Set(
  [
    'conv conv1d conv2d conv3d convtranspose fusedconv convinteger qlinearconv depthwise depthwiseconv depthwiseconv2d groupedconv2d pointwise',
    'gemm gemv matmul batchmatmul fusedmatmul matmulinteger matmulnbits qlinearmatmul qgemm einsum dense linear fullyconnected',
    'lstm gru rnn',
  ].flatMap((names) => names.split(' ')),
);

export function isMatrixOperator(operator: string | undefined): boolean {
  return MATRIX.has(plainName(operator));
}

/** The names that `describe` lists. */
export const MATRIX_OPERATORS: readonly string[] = ['conv', 'conv2d', 'conv-transpose', 'depthwise-conv', 'gemm', 'gemv', 'matmul'];
