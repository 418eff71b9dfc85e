import { FLOAT, formatOfType, INT64 } from '../data-types.js';
import { toNumber } from '../messages.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import { FOLD_LIMIT, tensorData } from '../tensor-data.js';
import { sizeOf } from '../value.js';

const constant: OperatorReader = (context) => {
  const { attributes } = context;
  const tensor = attributes.tensor('value');
  if (tensor !== undefined) {
    const shape = tensor.dims.map(toNumber);
    defineKnown(context, shape, tensor.dataType ?? FLOAT, tensorData(tensor, sizeOf(shape), context.state));
    return;
  }
  const ints = attributes.ints('value_ints');
  const floats = attributes.floats('value_floats');
  if (ints !== undefined) defineKnown(context, [ints.length], INT64, ints);
  else if (floats !== undefined) defineKnown(context, [floats.length], FLOAT, floats);
  else if (attributes.has('value_int')) defineKnown(context, [], INT64, [attributes.int('value_int', 0)]);
  else if (attributes.has('value_float')) defineKnown(context, [], FLOAT, [attributes.float('value_float', 0)]);
  else throw context.fail('it has no numeric value', 'value, value_int, value_ints, value_float or value_floats');
};

/** A constant that no input makes one: its data may be missing (stripped), it stays a constant. */
function defineKnown(context: NodeContext, shape: readonly number[], type: number, data: readonly number[] | undefined): void {
  const name = context.node.output[0] ?? '';
  if (data !== undefined) context.define(0, shape, type, undefined, data);
  else context.alias(0, { name, type, shape, constant: true, format: formatOfType(type) ?? 'fp32', tensor: name });
}

const constantOfShape: OperatorReader = (context) => {
  const shape = context.known(0, 'shape');
  const tensor = context.attributes.tensor('value');
  const value = tensor === undefined ? 0 : (tensorData(tensor, 1, context.state)?.[0] ?? 0);
  const size = sizeOf(shape);
  defineKnown(context, shape, tensor?.dataType ?? FLOAT, size <= FOLD_LIMIT && context.state.mayHold(size) ? new Array<number>(size).fill(value) : undefined);
};

const shapeOf: OperatorReader = (context) => {
  const { shape } = context.input(0);
  const rank = shape.length;
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
  const part = shape.slice(clamp(context.attributes.int('start', 0)), clamp(context.attributes.int('end', rank)));
  context.define(0, [part.length], INT64, undefined, part);
};

const size: OperatorReader = (context) => {
  context.define(0, [], INT64, undefined, [sizeOf(context.input(0).shape)]);
};

const range: OperatorReader = (context) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => context.known(index, ['start', 'limit', 'delta'][index]!)[0] ?? 0) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(count)) throw context.fail(`range from ${start} to ${limit} by ${delta}`, 'a step other than 0');
  const data = count <= FOLD_LIMIT && context.state.mayHold(count) ? Array.from({ length: count }, (_, index) => start + index * delta) : undefined;
  defineKnown(context, [count], context.input(0).type, data);
};

/** Only of what is known: the number of its outputs depends on the data. */
const nonZero: OperatorReader = (context) => {
  const { shape } = context.input(0);
  const data = context.known(0, 'data');
  const hits = data.flatMap((value, index) => (value === 0 ? [] : [index]));
  const strides = shape.map((_, d) => sizeOf(shape.slice(d + 1)));
  const found = shape.flatMap((length, d) => hits.map((index) => Math.floor(index / strides[d]!) % length));
  context.define(0, [shape.length, hits.length], INT64, undefined, found);
};

const eyeLike: OperatorReader = (context) => {
  const { shape, type } = context.input(0);
  defineKnown(context, shape, context.attributes.int('dtype', type), undefined);
};

const oneHot: OperatorReader = (context) => {
  const indices = context.input(0);
  const depth = context.known(1, 'depth')[0] ?? 1;
  const rank = indices.shape.length + 1;
  const axis = context.axis(context.attributes.int('axis', -1), rank);
  const result = context.define(0, indices.shape.toSpliced(axis, 0, depth), context.input(2).type);
  const dims = context.dims(result);
  const map = {
    kind: 'index',
    expressions: context.dims(indices).map((dim, d) => ({ dim, terms: [{ loop: dims[d < axis ? d : d + 1]!, coefficient: 1 }] })),
  } as const;
  const own = { kind: 'index', expressions: dims.map((dim) => ({ dim, terms: [{ loop: dim, coefficient: 1 }] })) } as const;
  context.emit({
    operator: 'onehot',
    class: 'vector',
    loops: context.sizes(result),
    operands: [
      { name: 'I', value: indices, map },
      { name: 'O', value: result, output: true, map: own },
    ],
    opsPerPoint: 1,
  });
};

export const CONSTANTS: Readonly<Record<string, OperatorReader>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOf,
  Size: size,
  Range: range,
  NonZero: nonZero,
  EyeLike: eyeLike,
  OneHot: oneHot,
};
