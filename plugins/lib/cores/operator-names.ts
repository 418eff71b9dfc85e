/** The names that `describe` lists. */
export const MATRIX_OPERATORS: readonly string[] = ['conv', 'conv2d', 'conv-transpose', 'depthwise-conv', 'gemm', 'gemv', 'matmul'];
