import type { IndexExpression } from 'tessera-sim';
import { FLOAT } from '../data-types.js';
import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { emitStatistics, statisticsShape } from './statistics.js';
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

/** A normalisation over the last axes: what it is called, and what it makes beside its output, by number of the output. */
interface NormalisationKind {
  readonly operator: string;
  /** Operations an element: statistics, then the rest. */
  readonly ops: readonly [number, number];
  readonly statistics: readonly number[];
}

const LAYER_NORM: NormalisationKind = { operator: 'layernorm', ops: [4, 4], statistics: [1, 2] };
const RMS_NORM: NormalisationKind = { operator: 'rmsnorm', ops: [2, 2], statistics: [1] };

/** LayerNormalization and the like: statistics over the axes from `axis` on, then scale (and bias). */
function layerNorm(kind: NormalisationKind): OperatorReader {
  return (context) => {
    const input = context.input(0);
    const axis = context.axis(context.attributes.int('axis', -1), input.shape.length);
    const result = context.define(0, input.shape, input.type, context.dims(input));
    normalise(context, kind, input, result, range(axis, input.shape.length), [context.optional(1), context.optional(2)]);
  };
}

/** One layer; where somebody reads the statistics, they are a layer before it. */
function normalise(
  context: NodeContext,
  { operator, ops, statistics }: NormalisationKind,
  input: Value,
  result: Value,
  reduced: readonly number[],
  scales: readonly (Value | undefined)[],
): void {
  const parameters = scales.flatMap((value) => (value === undefined ? [] : [broadcast(context, value, result)]));
  if (!statistics.some((index) => context.asks(index))) {
    emitNormalisation(context, operator, input, result, reduced, parameters, ops[0] + ops[1]);
    return;
  }
  const shape = statisticsShape(input, reduced);
  const results = statistics.map((index) => context.define(index, shape, FLOAT, context.dims(input)));
  emitStatistics(context, { input, reduced, results, ops: ops[0] });
  const means = results.map((value) => broadcast(context, value, result));
  emitNormalisation(context, 'normalize', input, result, [], [...means, ...parameters], ops[1]);
}

/** ONNX Runtime: input + skip (+ bias), normalised; outputs 1 and 2 are the statistics, output 3 is the sum. */
const skipLayerNorm: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const simplified = context.op.includes('Simplified');
  const total: Value = context.asks(3)
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
  const kind: NormalisationKind = simplified ? { ...RMS_NORM, statistics: [1, 2] } : LAYER_NORM;
  normalise(context, kind, total, result, [input.shape.length - 1], [context.optional(2), simplified ? undefined : context.optional(3)]);
};

/** Per-channel scale and shift with stored statistics: no reduction at run time; in training they are those of the batch. */
const batchNorm: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const channel = loopOf(context.dims(result)[1] ?? 'C');
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((index) => perChannel(context, context.input(index), channel, input));
  const trains = context.attributes.int('training_mode', 0) === 1 || [1, 2, 3, 4].some((index) => context.asks(index));
  const statistics = trains ? batchStatistics(context, input, [mean!, variance!]) : undefined;
  const means = statistics?.map((value) => perChannel(context, value, channel, input)) ?? [mean!, variance!];
  context.emit({
    operator: 'batchnorm',
    class: 'vector',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map: broadcast(context, input, result).map }, scale!, shift!, ...means, output(context, result)],
    opsPerPoint: 2,
  });
};

/** Mean and variance of the batch, and the running ones (outputs 1 and 2) and those saved for the gradient (3 and 4, before opset 14). */
function batchStatistics(context: NodeContext, input: Value, running: readonly OperandDraft[]): readonly Value[] {
  const shape = [input.shape[1] ?? 1];
  const own = ['mean', 'variance'].map((name) => context.internal(name, shape, FLOAT, ['C']));
  const asked = [1, 2, 3, 4].filter((index) => context.asks(index)).map((index) => context.define(index, shape, FLOAT, ['C']));
  const reduced = input.shape.map((_, d) => d).filter((d) => d !== 1);
  emitStatistics(context, { input, reduced, results: [...own, ...asked], parameters: running, ops: 4 });
  return own;
}

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
  LayerNormalization: layerNorm(LAYER_NORM),
  RMSNormalization: layerNorm(RMS_NORM),
  SimplifiedLayerNormalization: layerNorm(RMS_NORM),
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
