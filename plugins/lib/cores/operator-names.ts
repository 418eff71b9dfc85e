import { operatorName } from 'tessera-sim';

/**
 * Operators that come to a matrix product (see `GemmView`), by their `operatorName`. Of a recurrent layer the products are meant, its
 * time steps taken as rows.
 */
const MATRIX = new Set(
  [
    'conv conv1d conv2d conv3d convtranspose fusedconv convinteger depthwise depthwiseconv depthwiseconv2d groupedconv2d pointwise',
    'gemm gemv matmul batchmatmul fusedmatmul matmulinteger matmulnbits qgemm einsum dense linear fullyconnected',
    'lstm gru rnn',
  ].flatMap((names) => names.split(' ')),
);

export function isMatrixOperator(operator: string | undefined): boolean {
  return MATRIX.has(operatorName(operator));
}

/** The names that `describe` lists. */
export const MATRIX_OPERATORS: readonly string[] = ['conv', 'conv2d', 'conv-transpose', 'depthwise-conv', 'gemm', 'gemv', 'matmul'];
