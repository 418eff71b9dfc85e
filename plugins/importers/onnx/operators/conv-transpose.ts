import type { IndexExpression } from 'tessera-sim';
import type { NodeContext, OperatorReader } from '../node-context.js';
import { sizeOf, type Value } from '../value.js';
import { emitConvolutionLayer } from './convolution-layer.js';
import { along, sum } from './maps.js';
import { featureDims } from './window.js';

/** One spatial dimension of a transposed convolution. */
interface Upsampling {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  /** Taps that can meet one output position. */
  readonly taps: number;
}

/**
 * Described from its outputs, so that tiles of outputs are disjoint: output oy meets the kernel taps fy with
 * `stride * iy = oy + pad - dilation * fy`. With dilation 1 these are every stride-th tap, at most `ceil(kernel / stride)`
 * of them: `iy = floor((oy + pad) / stride) - t`. Where the kernel is no multiple of the stride some of the points
 * do nothing; `activeFraction` brings the multiply-accumulates to input positions times kernel taps.
 */
const convTranspose: OperatorReader = (context) => {
  const input = context.input(0);
  const weight = context.input(1);
  const groups = context.attributes.int('group', 1);
  if (input.shape.length !== weight.shape.length || input.shape.length < 3 || weight.shape[0] !== input.shape[1] || input.shape[1]! % groups !== 0) {
    throw context.fail(
      `input '${input.name}' [${input.shape.join(', ')}], weight '${weight.name}' [${weight.shape.join(', ')}], ${groups} groups`,
      'equal ranks, and weight dimension 0 equal to the input channels',
    );
  }
  const axes = readAxes(context, input, weight);
  const outer = weight.shape[1]!;
  const result = context.define(0, [input.shape[0]!, outer * groups, ...axes.map((axis) => axis.output)], input.type, featureDims(context, axes.length));
  const outputs = axes.map((axis) => axis.output);
  const taps = axes.map((axis) => axis.taps);
  emitConvolutionLayer(context, {
    operator: 'conv-transpose',
    input,
    weight,
    bias: context.optional(2),
    result,
    groups,
    inner: input.shape[1]! / groups,
    outer,
    outputs,
    taps,
    weightChannels: ['C', 'K'],
    inputPlace: (dim, loop, d) => inputPlace(axes[d]!, dim, loop),
    kernelPlace: (dim, loop, d) => kernelPlace(axes[d]!, dim, loop),
    extra: {
      activeFraction: Math.min(1, sizeOf(axes.map((axis) => axis.input * axis.kernel)) / (sizeOf(outputs) * sizeOf(taps))),
      attributes: { strides: axes.map((axis) => axis.stride), padsBegin: axes.map((axis) => axis.padBegin), kernel: axes.map((axis) => axis.kernel) },
    },
  });
};

function readAxes(context: NodeContext, input: Value, weight: Value): Upsampling[] {
  const count = input.shape.length - 2;
  const list = (name: string, otherwise: number): readonly number[] => context.attributes.ints(name) ?? new Array<number>(count).fill(otherwise);
  const strides = list('strides', 1);
  const dilations = list('dilations', 1);
  const extra = list('output_padding', 0);
  const wanted = context.attributes.ints('output_shape');
  const pads = context.attributes.ints('pads') ?? new Array<number>(2 * count).fill(0);
  const mode = context.attributes.string('auto_pad', 'NOTSET');
  if ([strides, dilations, extra].some((values) => values.length !== count) || pads.length !== 2 * count)
    throw context.fail('strides, dilations, output_padding or pads have the wrong length', `${count} numbers (pads: ${2 * count})`);
  return Array.from({ length: count }, (_, d) => {
    const [size, kernel] = [input.shape[d + 2]!, weight.shape[d + 2]!];
    const [stride, dilation] = [strides[d]!, dilations[d]!];
    const full = stride * (size - 1) + extra[d]! + (kernel - 1) * dilation + 1;
    const given = wanted?.[d + wanted.length - count];
    const output = given ?? (mode.startsWith('SAME') ? size * stride : full - pads[d]! - pads[d + count]!);
    const total = Math.max(0, full - output);
    const free = given !== undefined || mode.startsWith('SAME');
    const padBegin = !free ? pads[d]! : mode === 'SAME_UPPER' ? Math.floor(total / 2) : total - Math.floor(total / 2);
    return { input: size, output, kernel, stride, dilation, padBegin, taps: dilation === 1 ? Math.ceil(kernel / stride) : kernel };
  });
}

function inputPlace(axis: Upsampling, dim: string, loop: string): IndexExpression {
  const at = { loop: `O${loop}`, coefficient: 1, shift: axis.padBegin, divisor: axis.stride };
  if (axis.dilation === 1) return sum(dim, [at, { loop: `F${loop}`, coefficient: -1 }]);
  // The floor of a sum is the sum of the floors or one more.
  return sum(dim, [at, { loop: `F${loop}`, coefficient: -axis.dilation, divisor: axis.stride }], 0, axis.stride === 1 ? 1 : 2);
}

function kernelPlace(axis: Upsampling, dim: string, loop: string): IndexExpression {
  if (axis.dilation !== 1) return along(dim, `F${loop}`);
  return sum(dim, [{ loop: `F${loop}`, coefficient: axis.stride }], 0, axis.stride);
}

export const CONV_TRANSPOSE: Readonly<Record<string, OperatorReader>> = { ConvTranspose: convTranspose };
