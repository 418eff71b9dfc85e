import { operatorName } from 'tessera-sim';

/** Work of one iteration point of a tile: lane operations at full rate, and special functions (exp, reciprocal, root, tanh). */
export interface OperatorCost {
  readonly simple: number;
  readonly special: number;
}

const cost = (simple: number, special = 0): OperatorCost => ({ simple, special });

/**
 * Counted from the textbook definition of each operator, one multiply-add being one operation. A pooling or a reduction has
 * one point per input that it looks at, so its cost is that of one comparison or addition.
 */
const TABLE: readonly (readonly [OperatorCost, string])[] = [
  // Moves: one lane passes one element.
  [cost(1), 'copy identity reshape flatten squeeze unsqueeze transpose concat split slice pad trilu gather gatherelements gathernd'],
  [cost(1), 'scatter scatterelements scatternd expand tile cast castlike resize upsample depthtospace spacetodepth dropout embedding'],
  [cost(1), 'constant constantofshape shape size range eyelike onehot nonzero'],
  // One arithmetic or logical operation.
  [cost(1), 'add sub mul min max sum mean neg abs floor ceil round sign mod elementwise eltwise residual bias scale batchnormalization batchnorm'],
  [cost(1), 'relu relu6 prelu leakyrelu thresholdedrelu clip shrink'],
  [cost(1), 'where equal less lessorequal greater greaterorequal not and or xor isnan isinf bitshift bitwisenot bitwiseand bitwiseor bitwisexor'],
  [cost(1), 'maxpool averagepool avgpool lppool globalaveragepool globalavgpool globalmaxpool globallppool pool pooling'],
  [
    cost(1),
    'reduce reducesum reducemean reducemax reducemin reduceprod reducel1 reducel2 reducesumsquare reducelogsum argmax argmin hardmax cumsum scan ssmscan',
  ],
  // A comparison and an exchange for every input.
  [cost(2), 'topk sort'],
  // Least and largest.
  [cost(2), 'dynamicrange'],
  // (x / s + z) rounded; (x - z) * s.
  [cost(2), 'quantizelinear dequantizelinear dynamicquantizelinear dynamicquantize quantize dequantize requantize hardsigmoid hardswish'],
  // One special function.
  [cost(0, 1), 'sqrt rsqrt exp log reciprocal erf sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh'],
  [cost(1, 1), 'div pow softplus softsign elu celu selu reducelogsumexp'],
  // 1 / (1 + exp(-x)).
  [cost(1, 2), 'sigmoid logistic'],
  [cost(2, 2), 'silu swish mish'],
  // 0.5 x (1 + tanh(a x (1 + b x^2))).
  [cost(5, 1), 'gelu fastgelu biasgelu quickgelu'],
  // Rotary embedding: two multiply-adds on each element of a pair.
  [cost(2), 'rotaryembedding rope rotary'],
  // Maximum; subtract and exp; sum; scale by the reciprocal.
  [cost(4, 1), 'softmax logsoftmax'],
  // Mean; deviation and its square; scale, gain and shift.
  [cost(6), 'layernormalization layernorm groupnormalization groupnorm instancenormalization instancenorm meanvariancenormalization'],
  // Its two halves, where the statistics are wanted themselves: sum and sum of squares; deviation, scale, gain and shift.
  [cost(2), 'statistics'],
  [cost(4), 'normalize'],
  // Square sum; scale and gain.
  [cost(3), 'rmsnormalization rmsnorm simplifiedlayernormalization lpnormalization lrn'],
  // The same, of a sum of two.
  [cost(7), 'skiplayernormalization'],
  [cost(4), 'skiprmsnorm skipsimplifiedlayernormalization'],
];

const BY_NAME: ReadonlyMap<string, OperatorCost> = new Map(TABLE.flatMap(([entry, names]) => names.split(' ').map((name) => [name, entry] as const)));

/** Cost of one point; undefined for an operator that the table does not know. */
export function operatorCost(operator: string | undefined): OperatorCost | undefined {
  return BY_NAME.get(operatorName(operator));
}

/** The operators of the table, by their `operatorName`. */
export const VECTOR_OPERATORS: readonly string[] = [...BY_NAME.keys()];
