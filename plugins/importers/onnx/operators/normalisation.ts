import type { IndexExpression } from 'tessera-sim';
import { FLOAT } from '../data-types.js';
import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, broadcast, indexMap, loopOf, loopsOver, output, sum, whole } from './maps.js';

/** One layer whose every output needs the input's `reduced` axes whole (Softmax, LayerNormalization). */
function emitNormalisation(
  context: NodeContext,
  operator: string,
  input: Value,
  result: Value,
  reduced: readonly number[],
  parameters: readonly OperandDraft[],
  ops: number,
): void {
  const loops = context.dims(result).map(loopOf);
  const map = indexMap(context.dims(input).map((dim, d) => (reduced.includes(d) ? whole(dim, input.shape[d]!) : along(dim, loops[d]!))));
  context.emit({
    operator,
    class: 'vector',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map }, ...parameters, output(context, result)],
    opsPerPoint: ops,
    attributes: { axes: reduced },
  });
}

/** Softmax over one axis; before opset 13 over all axes from `axis` on. Five passes: max, subtract, exp, sum, divide. */
const softmax: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const old = context.opset < 13 && context.op !== 'QLinearSoftmax';
  const axis = context.axis(context.attributes.int('axis', old ? 1 : -1), rank);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const reduced = old ? range(axis, rank) : [axis];
  emitNormalisation(context, context.operator, input, result, reduced, [], 5);
};

/** LayerNormalization and the like: statistics over the axes from `axis` on, then scale (and bias). */
function layerNorm(operator: string, ops: number): OperatorReader {
  return (context) => {
    const input = context.input(0);
    const axis = context.axis(context.attributes.int('axis', -1), input.shape.length);
    const reduced = range(axis, input.shape.length);
    const result = context.define(0, input.shape, input.type, context.dims(input));
    const statistics = input.shape.map((size, d) => (d < axis ? size : 1));
    for (const index of [1, 2]) if (context.node.output[index]) context.define(index, statistics, FLOAT);
    const parameters = [context.optional(1), context.optional(2)].flatMap((value) => (value === undefined ? [] : [broadcast(context, value, result)]));
    emitNormalisation(context, operator, input, result, reduced, parameters, ops);
  };
}

/** ONNX Runtime: input + skip (+ bias), normalised; output 3 is the sum. */
const skipLayerNorm: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const simplified = context.op.includes('Simplified');
  const total: Value = context.node.output[3]
    ? context.define(3, input.shape, input.type, context.dims(input))
    : context.internal('sum', input.shape, input.type, context.dims(input));
  const bias = context.optional(simplified ? 3 : 4);
  const added = [input, context.input(1), ...(bias === undefined ? [] : [bias])];
  context.emit({
    operator: 'add',
    class: 'vector',
    loops: loopsOver(context, total),
    operands: [...added.map((value) => broadcast(context, value, total)), output(context, total)],
    opsPerPoint: added.length - 1,
    suffix: 'skip',
  });
  const parameters = [context.optional(2), simplified ? undefined : context.optional(3)].flatMap((value) =>
    value === undefined ? [] : [broadcast(context, value, result)],
  );
  emitNormalisation(context, simplified ? 'rmsnorm' : 'layernorm', total, result, [input.shape.length - 1], parameters, simplified ? 4 : 8);
};

/** Per-channel scale and shift with stored statistics: no reduction at run time. */
const batchNorm: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const channel = loopOf(context.dims(result)[1] ?? 'C');
  const parameters = [1, 2, 3, 4].map((index) => perChannel(context, context.input(index), channel, input));
  const map = broadcast(context, input, result).map;
  context.emit({
    operator: 'batchnorm',
    class: 'vector',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map }, ...parameters, output(context, result)],
    opsPerPoint: 2,
  });
};

/** Statistics over the spatial axes (instance) or over a group of channels too (group). */
const instanceNorm: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const channel = loopOf(context.dims(result)[1] ?? 'C');
  const grouped = context.op === 'GroupNormalization' || context.op === 'GroupNorm';
  const parameters = [1, 2].map((index) => perChannel(context, context.input(index), channel, input));
  emitNormalisation(context, grouped ? 'groupnorm' : 'instancenorm', input, result, range(grouped ? 1 : 2, input.shape.length), parameters, 8);
};

/** A vector along the channels; shorter ones (per group, opset 18) are needed whole. */
function perChannel(context: NodeContext, value: Value, loop: string, input: Value): OperandDraft {
  const dims = context.dims(value, ['C']);
  const expressions = dims.map((dim, d): IndexExpression => (value.shape[d] === input.shape[1] ? along(dim, loop) : whole(dim, value.shape[d]!)));
  return { value, map: indexMap(expressions) };
}

/** Local response normalisation: a window of channels around each. */
const lrn: OperatorReader = (context) => {
  const input = context.input(0);
  const size = context.attributes.int('size', 1);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const loops = context.dims(result).map(loopOf);
  const map = indexMap(
    context.dims(input).map((dim, d) => (d === 1 ? sum(dim, [{ loop: loops[d]!, coefficient: 1 }], -Math.floor((size - 1) / 2), size) : along(dim, loops[d]!))),
  );
  context.emit({
    operator: 'lrn',
    class: 'vector',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map }, output(context, result)],
    opsPerPoint: 2 * size + 3,
    attributes: { size },
  });
};

/** LpNormalization, MeanVarianceNormalization. */
const overAxes: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const axes = context.op === 'LpNormalization' ? [context.attributes.int('axis', -1)] : (context.attributes.ints('axes') ?? [0, 2, 3]);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  emitNormalisation(
    context,
    context.operator,
    input,
    result,
    axes.map((axis) => context.axis(axis, rank)),
    [],
    6,
  );
};

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

export const NORMALISATION: Readonly<Record<string, OperatorReader>> = {
  Softmax: softmax,
  LogSoftmax: softmax,
  QLinearSoftmax: softmax,
  Hardmax: softmax,
  LayerNormalization: layerNorm('layernorm', 8),
  RMSNormalization: layerNorm('rmsnorm', 4),
  SimplifiedLayerNormalization: layerNorm('rmsnorm', 4),
  SkipLayerNormalization: skipLayerNorm,
  SkipSimplifiedLayerNormalization: skipLayerNorm,
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNorm,
  GroupNormalization: instanceNorm,
  GroupNorm: instanceNorm,
  LRN: lrn,
  LpNormalization: overAxes,
  MeanVarianceNormalization: overAxes,
};
