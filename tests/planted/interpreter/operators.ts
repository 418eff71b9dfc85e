import { add, hash, hashText, multiply } from './arithmetic.js';

/**
 * What an operator makes of the operands of one point. Operators that are matrix products multiply; every other one is a polynomial of
 * its own that is linear in none of its operands and symmetrical in none, so that exchanged operands, another operator and a sum that is
 * not complete all show.
 */
export type PointFunction = (operands: readonly number[]) => number;

const PRODUCTS = /^(conv|gemm|gemv|matmul|depthwise|dense|linear)/;

export function isProduct(operator: string): boolean {
  return PRODUCTS.test(operator);
}

export function pointFunction(operator: string): PointFunction {
  if (isProduct(operator)) return (operands) => operands.reduce(multiply, 1);
  const name = hashText(operator);
  return (operands) => {
    let sum = 0;
    operands.forEach((x, place) => {
      sum = add(sum, multiply(x, hash(name, place)));
      sum = add(sum, multiply(multiply(x, x), hash(name, place, 1)));
    });
    return sum;
  };
}
