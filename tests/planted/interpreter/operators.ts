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
  const factors = [0, 1, 2, 3].map((place) => [hash(name, place), hash(name, place, 1)] as const);
  return (operands) => {
    let sum = 0;
    for (let place = 0; place < operands.length; place++) {
      const x = operands[place]!;
      const [linear, square] = factors[place]!;
      sum = add(sum, add(multiply(x, linear), multiply(multiply(x, x), square)));
    }
    return sum;
  };
}
