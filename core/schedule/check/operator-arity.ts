import { operatorName } from '../../workload/operator-name.js';

/** Operands that an element-wise operator of this name computes from, by `operatorName`; ONNX and plain names. */
const ARITY: ReadonlyMap<string, number> = new Map(
  (
    [
      [2, 'add sub mul div pow mod equal greater greaterorequal less lessorequal and or xor prelu'],
      [1, 'relu leakyrelu elu selu celu gelu silu swish sigmoid hardsigmoid hardswish tanh softplus softsign mish clip erf exp log sqrt rsqrt abs neg'],
      [1, 'reciprocal floor ceil round sign not sin cos softmax logsoftmax rmsnorm layernorm layernormalization'],
    ] as const
  ).flatMap(([count, names]) => names.split(' ').map((name) => [name, count] as const)),
);

/** Undefined for an operator that takes any number, or that nobody here knows. */
export function arityOf(operator: string | undefined): number | undefined {
  return ARITY.get(operatorName(operator));
}

/** Whether an operation of no layer may be the sum of what it reads: its name says nothing else. */
export function mayAdd(operator: string | undefined): boolean {
  return operatorName(operator) === 'add' || arityOf(operator) === undefined;
}
