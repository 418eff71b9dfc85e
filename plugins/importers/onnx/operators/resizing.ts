import type { IndexExpression } from 'tessera-sim';
import type { NodeContext, OperatorReader } from '../node-context.js';
import { along, indexMap, loopOf, loopsOver, output, sum, whole } from './maps.js';

/** Resize and Upsample: where output position o reads, as a rational function of o, plus the filter's reach. */
const resize: OperatorReader = (context) => {
  const input = context.input(0);
  const unknown = context
    .inputs()
    .slice(1)
    .some((value) => value.data === undefined && value.shape[0] !== 0);
  const declared = unknown ? context.declared(0) : undefined;
  const shape = declared?.length === input.shape.length ? declared : resizedShape(context, input.shape);
  const mode = context.attributes.string('mode', 'nearest');
  const taps = { nearest: 1, linear: 2, bilinear: 2, cubic: 4, bicubic: 4 }[mode];
  if (taps === undefined) throw context.fail(`mode '${mode}' is unknown`, 'nearest, linear or cubic');
  const transform = context.attributes.string('coordinate_transformation_mode', context.op === 'Upsample' || context.opset < 11 ? 'asymmetric' : 'half_pixel');
  const result = context.define(0, shape, input.type, context.dims(input));
  const loops = context.dims(result).map(loopOf);
  const place = (dim: string, d: number): IndexExpression => {
    const [from, to] = [input.shape[d]!, shape[d]!];
    return from === to ? along(dim, loops[d]!) : resized(dim, loops[d]!, from, to, taps, transform);
  };
  context.emit({
    operator: 'resize',
    class: taps === 1 ? 'move' : 'vector',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map: indexMap(context.dims(input).map(place)) }, output(context, result)],
    opsPerPoint: taps === 1 ? 0 : taps * 4,
    attributes: { mode },
  });
};

/** `floor` of the source coordinate, and the window of all positions that interpolation or rounding may pick. */
function resized(dim: string, loop: string, from: number, to: number, taps: number, transform: string): IndexExpression {
  if (transform === 'asymmetric' && taps === 1) return sum(dim, [{ loop, coefficient: from, divisor: to }]);
  if (transform === 'align_corners' && to > 1) return filtered(dim, { loop, coefficient: Math.max(1, from - 1), divisor: to - 1 }, taps);
  if (transform === 'asymmetric') return filtered(dim, { loop, coefficient: from, divisor: to }, taps);
  // half_pixel and its variants: (o + 1/2) * from / to - 1/2
  return filtered(dim, { loop, coefficient: 2 * from, shift: from - to, divisor: 2 * to }, taps);
}

function filtered(dim: string, term: { loop: string; coefficient: number; shift?: number; divisor: number }, taps: number): IndexExpression {
  const before = taps === 4 ? 1 : 0;
  return sum(dim, [term], -before, Math.max(2, taps));
}

function resizedShape(context: NodeContext, shape: readonly number[]): number[] {
  const scales = scalesOf(context);
  const hasSizes = context.op === 'Resize' && context.optional(3) !== undefined;
  const list = hasSizes ? context.known(3, 'sizes') : scales;
  const axes = context.attributes.ints('axes')?.map((axis) => context.axis(axis, shape.length)) ?? shape.map((_, d) => d);
  if (list === undefined || list.length !== axes.length) throw context.fail('neither scales nor sizes are given for each dimension', `${axes.length} numbers`);
  const policy = context.attributes.string('keep_aspect_ratio_policy', 'stretch');
  if (hasSizes && policy !== 'stretch') throw context.fail(`keep_aspect_ratio_policy '${policy}' is not supported`, 'stretch');
  const sizes = [...shape];
  axes.forEach((axis, index) => {
    // Scales are stored as 32-bit floats: a hair below a whole number means that number.
    sizes[axis] = hasSizes ? list[index]! : Math.floor(shape[axis]! * list[index]! + 1e-4);
  });
  return sizes;
}

function scalesOf(context: NodeContext): readonly number[] | undefined {
  const attribute = context.attributes.floats('scales');
  if (attribute !== undefined) return attribute;
  const index = context.op === 'Upsample' || context.opset < 11 ? 1 : 2;
  const value = context.optional(index);
  return value === undefined || value.shape[0] === 0 ? undefined : context.known(index, 'scales');
}

/** Blocks of channels become pixels, or the other way round. */
const depthToSpace: OperatorReader = (context) => {
  const input = context.input(0);
  const block = context.attributes.int('blocksize', 1);
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  if (input.shape.length !== 4 || block < 1 || channels % (block * block) !== 0)
    throw context.fail(`blocksize ${block} for '${input.name}' [${input.shape.join(', ')}]`, 'four dimensions, channels a multiple of blocksize squared');
  const names = context.dims(input) as [string, string, string, string];
  const result = context.define(0, [batch, channels / (block * block), height * block, width * block], input.type, names);
  const [b, k, y, x] = context.dims(result).map(loopOf) as [string, string, string, string];
  const crd = context.attributes.string('mode', 'DCR') === 'CRD';
  const channel = crd ? sum(names[1], [{ loop: k, coefficient: block * block }], 0, block * block) : whole(names[1], channels);
  const map = indexMap([
    along(names[0], b),
    channel,
    sum(names[2], [{ loop: y, coefficient: 1, divisor: block }]),
    sum(names[3], [{ loop: x, coefficient: 1, divisor: block }]),
  ]);
  context.emit({
    operator: 'depthtospace',
    class: 'move',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map }, output(context, result)],
    opsPerPoint: 0,
    attributes: { block },
  });
};

const spaceToDepth: OperatorReader = (context) => {
  const input = context.input(0);
  const block = context.attributes.int('blocksize', 1);
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  if (input.shape.length !== 4 || block < 1 || height % block !== 0 || width % block !== 0)
    throw context.fail(`blocksize ${block} for '${input.name}' [${input.shape.join(', ')}]`, 'four dimensions, height and width multiples of blocksize');
  const names = context.dims(input) as [string, string, string, string];
  const result = context.define(0, [batch, channels * block * block, height / block, width / block], input.type, names);
  const [b, , y, x] = context.dims(result).map(loopOf) as [string, string, string, string];
  const map = indexMap([
    along(names[0], b),
    whole(names[1], channels),
    sum(names[2], [{ loop: y, coefficient: block }], 0, block),
    sum(names[3], [{ loop: x, coefficient: block }], 0, block),
  ]);
  context.emit({
    operator: 'spacetodepth',
    class: 'move',
    loops: loopsOver(context, result),
    operands: [{ name: 'I', value: input, map }, output(context, result)],
    opsPerPoint: 0,
    attributes: { block },
  });
};

export const RESIZING: Readonly<Record<string, OperatorReader>> = {
  Resize: resize,
  Upsample: resize,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
