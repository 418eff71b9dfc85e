import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, sum } from './maps.js';
import { featureDims, slidingWindow, spatialDims, windowAttributes, windowTerms, type SlidingWindow } from './window.js';

/** A convolution's tensors, wherever the operator has them among its inputs. */
export interface ConvolutionInputs {
  readonly input: Value;
  readonly weight: Value;
  readonly bias?: Value | undefined;
  readonly type: number;
}

/** Conv, FusedConv; also ConvInteger, whose sums stay int32. */
const conv: OperatorReader = (context) => {
  const integer = context.op === 'ConvInteger';
  readConvolution(context, {
    input: context.input(0),
    weight: context.input(1),
    bias: integer ? undefined : context.optional(2),
    type: context.sumType(context.input(0), context.input(1)),
  });
};

/** x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, bias */
const qlinearConv: OperatorReader = (context) => {
  readConvolution(context, { input: context.input(0), weight: context.input(3), bias: context.optional(8), type: context.input(7).type });
};

function readConvolution(context: NodeContext, { input, weight, bias, type }: ConvolutionInputs): void {
  const { shape } = weight;
  if (input.shape.length !== shape.length || shape.length < 3) {
    throw context.fail(`input '${input.name}' [${input.shape.join(', ')}] and weight '${weight.name}' [${shape.join(', ')}] do not fit`, 'equal ranks: batch, channels and 1 to 3 spatial dimensions');
  }
  const groups = context.attributes.int('group', 1);
  const inner = shape[1]!;
  const outer = shape[0]! / groups;
  if (groups < 1 || inner * groups !== input.shape[1] || !Number.isInteger(outer)) {
    throw context.fail(`${groups} groups, input '${input.name}' with ${input.shape[1]} channels, weight '${weight.name}' [${shape.join(', ')}]`, 'input channels = groups * weight dimension 1, output channels a multiple of the groups');
  }
  checkKernel(context, shape.slice(2));
  const window = slidingWindow(context, input, shape.slice(2));
  const dims = featureDims(context, shape.length - 2);
  const result = context.define(0, [input.shape[0]!, shape[0]!, ...window.outputs], type, dims);
  emitConvolution(context, { input, weight, bias, result, groups, inner, outer, window });
}

function checkKernel(context: NodeContext, kernel: readonly number[]): void {
  const given = context.attributes.ints('kernel_shape');
  if (given !== undefined && given.length > 0 && given.join() !== kernel.join()) {
    throw context.fail(`kernel_shape [${given.join(', ')}] differs from the weight's [${kernel.join(', ')}]`);
  }
}

interface Convolution {
  readonly input: Value;
  readonly weight: Value;
  readonly bias: Value | undefined;
  readonly result: Value;
  readonly groups: number;
  /** Channels of one group: input and output. */
  readonly inner: number;
  readonly outer: number;
  readonly window: SlidingWindow;
}

function emitConvolution(context: NodeContext, convolution: Convolution): void {
  const { input, weight, bias, result, groups, inner, outer, window } = convolution;
  const spatial = spatialDims(context, window.kernel.length);
  const [batch, channel, ...places] = context.dims(input, featureDims(context, spatial.length)) as [string, string, ...string[]];
  const [outBatch, outChannel, ...outPlaces] = context.dims(result) as [string, string, ...string[]];
  const [k, c, ...taps] = context.dims(weight, ['K', 'C', ...spatial.map((dim) => `F${dim}`)]) as [string, string, ...string[]];
  const grouped = (dim: string, loop: string, size: number) => (groups === 1 ? along(dim, loop) : sum(dim, [{ loop: 'G', coefficient: size }, { loop, coefficient: 1 }]));
  const inputMap = indexMap([
    along(batch, 'B'),
    grouped(channel, 'C', inner),
    ...spatial.map((dim, d) => {
      const { terms, offset } = windowTerms(window, dim, d);
      return sum(places[d]!, terms, offset);
    }),
  ]);
  const operands: OperandDraft[] = [
    { name: 'I', value: input, map: inputMap },
    { name: 'W', value: weight, map: indexMap([grouped(k, 'K', outer), along(c, 'C'), ...spatial.map((dim, d) => along(taps[d]!, `F${dim}`))]) },
  ];
  if (bias !== undefined) operands.push({ name: 'bias', value: bias, map: indexMap([grouped(context.dims(bias, ['K'])[0] ?? 'K', 'K', outer)]) });
  const outputMap = indexMap([along(outBatch, 'B'), grouped(outChannel, 'K', outer), ...spatial.map((dim, d) => along(outPlaces[d]!, `O${dim}`))]);
  operands.push({ name: 'O', value: result, output: true, map: outputMap });
  context.emit({
    operator: groups > 1 && inner === 1 ? 'depthwise-conv' : 'conv',
    class: 'mac',
    loops: {
      B: input.shape[0]!,
      ...(groups === 1 ? {} : { G: groups }),
      K: outer,
      C: inner,
      ...Object.fromEntries(spatial.map((dim, d) => [`O${dim}`, window.outputs[d]!])),
      ...Object.fromEntries(spatial.map((dim, d) => [`F${dim}`, window.kernel[d]!])),
    },
    operands,
    opsPerPoint: 2,
    attributes: windowAttributes(window),
  });
}

export const CONVOLUTION: Readonly<Record<string, OperatorReader>> = {
  Conv: conv,
  FusedConv: conv,
  ConvInteger: conv,
  QLinearConv: qlinearConv,
};
