import { operatorName } from './operator-name.js';

/**
 * What a loop of a matrix product is for, a convolution being one: `group` products that have nothing in common, `row` and `column` of
 * the result (rows belong to the first factor, columns to the second), `reduction` what is summed.
 */
export const LOOP_CLASSES = ['group', 'row', 'column', 'reduction'] as const;
export type LoopClass = (typeof LOOP_CLASSES)[number];

/**
 * Operators that come to a matrix product, by their `operatorName`. Of a recurrent layer the products are meant, its time steps taken
 * as rows.
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

const STANDARD: ReadonlyMap<string, LoopClass> = new Map([
  ['G', 'group'],
  ['B', 'row'],
  ['OZ', 'row'],
  ['OY', 'row'],
  ['OX', 'row'],
  ['K', 'column'],
  ['C', 'reduction'],
  ['FZ', 'reduction'],
  ['FY', 'reduction'],
  ['FX', 'reduction'],
]);

/** Loops of a matrix operator that states no maps: see `LoopName`. */
export const STANDARD_LOOPS: readonly string[] = [...STANDARD.keys()];

/**
 * Class of a loop in the standard map of a matrix operator; undefined for a loop that it does not have.
 *
 * @param isBatched both factors are activations (attention): every batch has a second factor of its own, so it is a group, not a row
 */
export function standardLoopClass(loop: string, isBatched: boolean): LoopClass | undefined {
  return isBatched && loop === 'B' ? 'group' : STANDARD.get(loop);
}
