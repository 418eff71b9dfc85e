import { operatorName } from '../workload/operator-name.js';

const TWO = new Set('add sub mul div pow mod equal greater greaterorequal less lessorequal and or xor prelu'.split(' '));
const ONE = new Set(
  (
    'relu leakyrelu elu selu celu gelu silu swish sigmoid hardsigmoid hardswish tanh softplus softsign mish clip erf exp log sqrt rsqrt abs neg ' +
    'reciprocal floor ceil round sign not sin cos softmax logsoftmax rmsnorm layernorm layernormalization'
  ).split(' '),
);

/** Operands that an operator of this name has at least; 0 where its name does not say it. */
export function fewestOperands(operator: string | undefined): number {
  const name = operatorName(operator);
  return TWO.has(name) ? 2 : ONE.has(name) ? 1 : 0;
}

/** Whether an operation of no layer can be a sum of what it reads. */
export function canBeSum(operator: string | undefined): boolean {
  return operatorName(operator) === 'add' || fewestOperands(operator) === 0;
}
