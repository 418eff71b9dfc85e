import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { emitConvolutionLayer } from './convolution-layer.js';
import { along, sum } from './maps.js';
import { featureDims, slidingWindow, windowAttributes, windowTerms } from './window.js';

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
    throw context.fail(
      `input '${input.name}' [${input.shape.join(', ')}] and weight '${weight.name}' [${shape.join(', ')}] do not fit`,
      'equal ranks: batch, channels and 1 to 3 spatial dimensions',
    );
  }
  const groups = context.attributes.int('group', 1);
  const inner = shape[1]!;
  const outer = shape[0]! / groups;
  if (groups < 1 || inner * groups !== input.shape[1] || !Number.isInteger(outer)) {
    throw context.fail(
      `${groups} groups, input '${input.name}' with ${input.shape[1]} channels, weight '${weight.name}' [${shape.join(', ')}]`,
      'input channels = groups * weight dimension 1, output channels a multiple of the groups',
    );
  }
  checkKernel(context, shape.slice(2));
  const window = slidingWindow(context, input, shape.slice(2));
  const dims = featureDims(context, shape.length - 2);
  const result = context.define(0, [input.shape[0]!, shape[0]!, ...window.outputs], type, dims);
  emitConvolutionLayer(context, {
    operator: groups > 1 && inner === 1 ? 'depthwise-conv' : 'conv',
    input,
    weight,
    bias,
    result,
    groups,
    inner,
    outer,
    outputs: window.outputs,
    taps: window.kernel,
    weightChannels: ['K', 'C'],
    inputPlace: (dim, loop, d) => {
      const { terms, offset } = windowTerms(window, loop, d);
      return sum(dim, terms, offset);
    },
    kernelPlace: (dim, loop) => along(dim, `F${loop}`),
    extra: { attributes: windowAttributes(window) },
  });
}

/** `kernel_shape` says again what the weight's shape says. */
export function checkKernel(context: NodeContext, kernel: readonly number[]): void {
  const given = context.attributes.ints('kernel_shape');
  if (given !== undefined && given.length > 0 && given.join() !== kernel.join()) {
    throw context.fail(`kernel_shape [${given.join(', ')}] differs from the weight's [${kernel.join(', ')}]`);
  }
}

export const CONVOLUTION: Readonly<Record<string, OperatorReader>> = {
  Conv: conv,
  FusedConv: conv,
  ConvInteger: conv,
  QLinearConv: qlinearConv,
};
