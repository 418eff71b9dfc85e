import { BOOL } from '../data-types.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { broadcast, broadcastShape, loopsOver, namesLike, output } from './maps.js';

/** One layer over the output's elements that reads all inputs with broadcasting. */
export function emitElementwise(context: NodeContext, operator: string, inputs: readonly Value[], result: Value, ops: number): void {
  context.emit({
    operator,
    class: ops === 0 ? 'move' : 'vector',
    loops: loopsOver(context, result),
    operands: [...inputs.map((value) => broadcast(context, value, result)), output(context, result)],
    opsPerPoint: ops,
  });
}

/** An operator of one input; further inputs are parameters that it may ignore (Clip's bounds). */
function unary(ops: number): OperatorReader {
  return (context) => {
    const value = context.input(0);
    const result = context.define(0, value.shape, value.type, context.dims(value));
    emitElementwise(context, context.operator, [value], result, ops);
  };
}

function nary(ops: number, type?: number): OperatorReader {
  return (context) => {
    const values = checkAlignment(context, context.inputs());
    if (values.length === 0) throw context.fail('it has no inputs');
    const shape = broadcastShape(context, values);
    const result = context.define(0, shape, type ?? values[0]?.type ?? 1, namesLike(context, shape, values));
    emitElementwise(context, context.operator, values, result, ops);
  };
}

/** Before opset 7, `axis` said where the second input is aligned. */
function checkAlignment(context: NodeContext, values: readonly Value[]): readonly Value[] {
  const [first, second] = values;
  if (first === undefined || second === undefined || context.opset >= 7 || !context.attributes.has('axis')) return values;
  if (first.shape.length - context.attributes.int('axis', 0) === second.shape.length) return values;
  throw context.fail("it aligns its second input by 'axis', as operator sets before 7 did", 'a model of operator set 7 or later (onnx.version_converter)');
}

const where: OperatorReader = (context) => {
  const values = [context.input(0), context.input(1), context.input(2)];
  const shape = broadcastShape(context, values);
  const result = context.define(0, shape, context.input(1).type, namesLike(context, shape, values));
  emitElementwise(context, 'where', values, result, 1);
};

const cast: OperatorReader = (context) => {
  const value = context.input(0);
  const type = context.op === 'CastLike' ? context.input(1).type : context.attributes.int('to', value.type);
  if (type === value.type && value.tensor !== context.node.output[0]) {
    context.alias(0, value);
    return;
  }
  const result = context.define(0, value.shape, type, context.dims(value));
  emitElementwise(context, 'cast', [value], result, 1);
};

/** PRelu's slope may lack trailing dimensions' broadcasting of the usual kind: it is one-directional, but the same map. */
const prelu: OperatorReader = (context) => {
  const value = context.input(0);
  const result = context.define(0, value.shape, value.type, context.dims(value));
  emitElementwise(context, 'prelu', [value, context.input(1)], result, 2);
};

/** Adds a bias along the last dimension, then an activation (fused operators of ONNX Runtime). */
const biasGelu: OperatorReader = (context) => {
  const values = context.inputs();
  const shape = broadcastShape(context, values);
  const result = context.define(0, shape, context.input(0).type, namesLike(context, shape, values));
  emitElementwise(context, 'gelu', values, result, 9);
};

/**
 * Operations per element: 1 for what a vector lane does in one instruction; functions of an exponential count their
 * usual expansion (sigmoid: negate, exp, add, reciprocal), with exp and the like as one each.
 */
const UNARY: Readonly<Record<string, number>> = {
  Relu: 1,
  LeakyRelu: 2,
  ThresholdedRelu: 2,
  Clip: 2,
  Elu: 4,
  Selu: 5,
  Celu: 5,
  Sigmoid: 4,
  HardSigmoid: 4,
  HardSwish: 5,
  Tanh: 5,
  Softplus: 3,
  Softsign: 3,
  Mish: 6,
  Gelu: 8,
  FastGelu: 8,
  QuickGelu: 5,
  Silu: 5,
  SiLU: 5,
  Swish: 5,
  Erf: 8,
  Exp: 1,
  Log: 1,
  Sqrt: 1,
  Rsqrt: 2,
  Reciprocal: 1,
  Abs: 1,
  Neg: 1,
  Floor: 1,
  Ceil: 1,
  Round: 1,
  Sign: 1,
  Sin: 1,
  Cos: 1,
  Tan: 1,
  Asin: 1,
  Acos: 1,
  Atan: 1,
  Sinh: 3,
  Cosh: 3,
  Asinh: 4,
  Acosh: 4,
  Atanh: 4,
  Shrink: 2,
  BitwiseNot: 1,
  Trilu: 1,
};
const BINARY: Readonly<Record<string, number>> = {
  Add: 1,
  Sub: 1,
  Mul: 1,
  Div: 1,
  Pow: 1,
  Mod: 1,
  Min: 1,
  Max: 1,
  Sum: 1,
  Mean: 1,
  BitShift: 1,
  BitwiseAnd: 1,
  BitwiseOr: 1,
  BitwiseXor: 1,
};
const LOGICAL = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'];

const toBool: OperatorReader = (context) => {
  const value = context.input(0);
  const result = context.define(0, value.shape, BOOL, context.dims(value));
  emitElementwise(context, context.operator, [value], result, 1);
};

export const ELEMENTWISE: Readonly<Record<string, OperatorReader>> = {
  ...Object.fromEntries(Object.entries(UNARY).map(([op, ops]) => [op, unary(ops)])),
  ...Object.fromEntries(Object.entries(BINARY).map(([op, ops]) => [op, nary(ops)])),
  ...Object.fromEntries(LOGICAL.map((op) => [op, nary(1, BOOL)])),
  Not: toBool,
  IsNaN: toBool,
  IsInf: toBool,
  PRelu: prelu,
  Where: where,
  Cast: cast,
  CastLike: cast,
  BiasGelu: biasGelu,
};
