import type { IndexExpression } from 'tessera-sim';
import type { NodeContext, OperatorReader } from '../node-context.js';
import { sizeOf, type Value } from '../value.js';
import { emitConvolutionLayer } from './convolution-layer.js';
import { along, sum } from './maps.js';
import { checkKernel } from './convolution.js';
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
 * do nothing; `activeFraction` brings the multiply-accumulates to input positions times kernel taps, also where outputs are
 * cropped away (then it may be above 1).
 */
const convTranspose: OperatorReader = (context) => {
  const input = context.input(0);
  const weight = context.input(1);
  const groups = context.attributes.int('group', 1);
  const fits = input.shape.length === weight.shape.length && input.shape.length >= 3 && weight.shape[0] === input.shape[1];
  if (!fits || groups < 1 || input.shape[1]! % groups !== 0) {
    throw context.fail(
      `input '${input.name}' [${input.shape.join(', ')}], weight '${weight.name}' [${weight.shape.join(', ')}], ${groups} groups`,
      'equal ranks, and weight dimension 0 equal to the input channels',
    );
  }
  checkKernel(context, weight.shape.slice(2));
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
      activeFraction: sizeOf(axes.map((axis) => axis.input * axis.kernel)) / (sizeOf(outputs) * sizeOf(taps)),
      attributes: { strides: axes.map((axis) => axis.stride), padsBegin: axes.map((axis) => axis.padBegin), kernel: axes.map((axis) => axis.kernel) },
    },
  });
};

function readAxes(context: NodeContext, input: Value, weight: Value): Upsampling[] {
  const count = input.shape.length - 2;
  const strides = numbers(context, 'strides', count, 1);
  const dilations = numbers(context, 'dilations', count, 1);
  const extra = numbers(context, 'output_padding', count, 0, 0);
  const pads = numbers(context, 'pads', 2 * count, 0, 0);
  const wanted = wantedOutput(context, count);
  const mode = context.attributes.string('auto_pad', 'NOTSET') || 'NOTSET';
  if (!AUTO_PADS.includes(mode)) throw context.fail(`auto_pad '${mode}' is unknown`, AUTO_PADS.join(', '));
  return Array.from({ length: count }, (_, d) => {
    const [size, kernel] = [input.shape[d + 2]!, weight.shape[d + 2]!];
    const [stride, dilation] = [strides[d]!, dilations[d]!];
    const full = stride * (size - 1) + extra[d]! + (kernel - 1) * dilation + 1;
    const given = mode === 'VALID' ? [0, 0] : [pads[d]!, pads[d + count]!];
    const free = wanted?.[d] ?? (mode.startsWith('SAME') ? size * stride : undefined);
    const output = free ?? full - given[0]! - given[1]!;
    if (output < 1) throw context.fail(`pads ${given.join(' + ')} leave nothing of the ${full} outputs along axis ${d + 2}`, `together less than ${full}`);
    const total = Math.max(0, full - output);
    const padBegin = free === undefined ? given[0]! : mode === 'SAME_UPPER' ? Math.floor(total / 2) : total - Math.floor(total / 2);
    return { input: size, output, kernel, stride, dilation, padBegin, taps: dilation === 1 ? Math.ceil(kernel / stride) : kernel };
  });
}

const AUTO_PADS = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'];

function numbers(context: NodeContext, name: string, length: number, otherwise: number, least = 1): readonly number[] {
  const given = context.attributes.ints(name);
  if (given === undefined || given.length === 0) return new Array<number>(length).fill(otherwise);
  if (given.length !== length || given.some((value) => value < least)) throw context.fail(`${name} [${given.join(', ')}]`, `${length} numbers from ${least}`);
  return given;
}

/** `output_shape`: the spatial sizes, in old models behind batch and channels. */
function wantedOutput(context: NodeContext, count: number): readonly number[] | undefined {
  const given = context.attributes.ints('output_shape');
  if (given === undefined || given.length === 0) return undefined;
  const sizes = given.slice(-count);
  if (sizes.length === count && (given.length === count || given.length === count + 2) && sizes.every((size) => size >= 1)) return sizes;
  throw context.fail(`output_shape [${given.join(', ')}]`, `${count} sizes from 1`);
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
