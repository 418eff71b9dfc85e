import type { IndexExpression } from 'tessera-sim';
import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, broadcastShape, indexMap, loopOf, loopsOver, output, sum, whole } from './maps.js';
import { emitElementwise } from './elementwise.js';

type Place = (dim: string, loop: string, d: number) => IndexExpression;

/** A layer that copies: each output element comes from the place that `place` says in each dimension of the input. */
function emitCopy(context: NodeContext, operator: string, input: Value, result: Value, place: Place, suffix?: string): void {
  const loops = context.dims(result).map(loopOf);
  context.emit({
    operator,
    class: 'move',
    loops: loopsOver(context, result),
    operands: [{ value: input, map: indexMap(context.dims(input).map((dim, d) => place(dim, loops[d]!, d))) }, output(context, result)],
    opsPerPoint: 0,
    ...(suffix === undefined ? {} : { suffix }),
  });
}

/** Each input lies at its offset along the axis; a tile that misses an input needs nothing of it. */
const concat: OperatorReader = (context) => {
  // QLinearConcat: y_scale, y_zero_point, then (tensor, scale, zero point) for each input
  const quantised = context.op === 'QLinearConcat';
  const values = quantised ? context.inputs().filter((_, index) => index >= 2 && (index - 2) % 3 === 0) : context.inputs();
  const first = values[0];
  if (first === undefined) throw context.fail('it has no inputs');
  const axis = context.axis(context.attributes.int('axis', 1), first.shape.length);
  for (const value of values) {
    const fits = value.shape.length === first.shape.length && value.shape.every((size, d) => d === axis || size === first.shape[d]);
    if (!fits)
      throw context.fail(
        `'${value.name}' [${value.shape.join(', ')}] does not fit '${first.name}' [${first.shape.join(', ')}]`,
        `equal sizes but for axis ${axis}`,
      );
  }
  const model = values.find((value) => !value.constant) ?? first;
  const shape = first.shape.map((size, d) => (d === axis ? values.reduce((total, value) => total + value.shape[axis]!, 0) : size));
  const result = context.define(0, shape, first.type, context.dims(model));
  const loops = context.dims(result).map(loopOf);
  let offset = 0;
  const operands: OperandDraft[] = values.map((value) => {
    const map = indexMap(context.dims(value, context.dims(result)).map((dim, d) => along(dim, loops[d]!, 1, d === axis ? -offset : 0)));
    offset += value.shape[axis]!;
    return { value, map };
  });
  context.emit({
    operator: 'concat',
    class: 'move',
    loops: loopsOver(context, result),
    operands: [...operands, output(context, result)],
    opsPerPoint: 0,
    attributes: { axis },
  });
};

/** One copying layer an output. */
const split: OperatorReader = (context) => {
  const input = context.input(0);
  const axis = context.axis(context.attributes.int('axis', 0), input.shape.length);
  const size = input.shape[axis]!;
  const parts = context.node.output.length;
  const even = Math.ceil(size / parts);
  const stripped =
    context.optional(1) !== undefined && context.optional(1)?.data === undefined
      ? context.node.output.map((_, index) => context.declared(index)?.[axis] ?? 0)
      : undefined;
  const given = stripped?.every((part) => part > 0) === true ? stripped : context.listOf('split', 1);
  const sizes = given ?? Array.from({ length: parts }, (_, part) => Math.min(even, size - part * even));
  if (sizes.length !== parts || sizes.reduce((total, part) => total + part, 0) !== size)
    throw context.fail(`split [${sizes.join(', ')}] of axis ${axis} with size ${size} into ${parts} outputs`, `${parts} sizes that add up to ${size}`);
  let offset = 0;
  sizes.forEach((part, index) => {
    const from = offset;
    offset += part;
    if (context.node.output[index] === '') return;
    const result = context.define(
      index,
      input.shape.map((whole, d) => (d === axis ? part : whole)),
      input.type,
      context.dims(input),
    );
    emitCopy(context, 'split', input, result, (dim, loop, d) => along(dim, loop, 1, d === axis ? from : 0), `${index}`);
  });
};

const slice: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const starts = context.listOf('starts', 1);
  const ends = context.listOf('ends', 2);
  if (starts === undefined || ends === undefined || starts.length !== ends.length) throw context.fail('starts and ends are missing or of different lengths');
  const axes = context.listOf('axes', 3) ?? starts.map((_, index) => index);
  const steps = (context.optional(4) === undefined ? undefined : context.known(4, 'steps')) ?? starts.map(() => 1);
  const origin = input.shape.map(() => 0);
  const step = input.shape.map(() => 1);
  const shape = [...input.shape];
  axes.forEach((given, index) => {
    const d = context.axis(given, rank);
    const size = input.shape[d]!;
    const stride = steps[index] ?? 1;
    if (stride === 0) throw context.fail(`the step of axis ${given} is 0`);
    const clamp = (at: number, low: number, high: number): number => Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const from = stride > 0 ? clamp(starts[index]!, 0, size) : clamp(starts[index]!, 0, size - 1);
    const to = stride > 0 ? clamp(ends[index]!, 0, size) : clamp(Math.max(ends[index]!, -size - 1), -1, size - 1);
    origin[d] = from;
    step[d] = stride;
    shape[d] = Math.max(0, Math.ceil((to - from) / stride));
  });
  const result = context.define(0, shape, input.type, context.dims(input));
  emitCopy(context, 'slice', input, result, (dim, loop, d) => along(dim, loop, step[d], origin[d]));
};

/** Constant padding needs nothing; reflected and repeated edges lie within twice the padding of the plain place. */
const pad: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const pads = context.opset < 11 ? (context.attributes.ints('pads') ?? context.attributes.ints('paddings')) : context.known(1, 'pads');
  const axes = context.optional(3) === undefined ? input.shape.map((_, d) => d) : context.known(3, 'axes').map((axis) => context.axis(axis, rank));
  if (pads?.length !== 2 * axes.length) throw context.fail(`pads [${pads?.join(', ') ?? ''}]`, `${2 * axes.length} numbers`);
  const begin = input.shape.map(() => 0);
  const end = input.shape.map(() => 0);
  axes.forEach((axis, index) => {
    begin[axis] = pads[index]!;
    end[axis] = pads[index + axes.length]!;
  });
  const result = context.define(
    0,
    input.shape.map((size, d) => size + begin[d]! + end[d]!),
    input.type,
    context.dims(input),
  );
  const plain = context.attributes.string('mode', 'constant') === 'constant';
  const reach = (pads: readonly number[], d: number): number => (plain ? 0 : 2 * Math.max(0, pads[d]!));
  emitCopy(context, 'pad', input, result, (dim, loop, d) =>
    sum(dim, [{ loop, coefficient: 1 }], -begin[d]! - reach(end, d), 1 + reach(begin, d) + reach(end, d)),
  );
};

const expand: OperatorReader = (context) => {
  const input = context.input(0);
  const wanted = context.input(1).data === undefined ? context.declared(0) : undefined;
  const target: Value = { ...input, shape: wanted ?? context.known(1, 'shape'), name: 'shape' };
  const shape = broadcastShape(context, [input, target]);
  const result = context.define(0, shape, input.type, shape.length === input.shape.length ? context.dims(input) : undefined);
  emitElementwise(context, 'expand', [input], result, 0);
};

/** Position modulo size: exact only where nothing repeats. */
const tile: OperatorReader = (context) => {
  const input = context.input(0);
  const repeats = context.known(1, 'repeats');
  const result = context.define(
    0,
    input.shape.map((size, d) => size * (repeats[d] ?? 1)),
    input.type,
    context.dims(input),
  );
  emitCopy(context, 'tile', input, result, (dim, loop, d) => (repeats[d] === 1 ? along(dim, loop) : whole(dim, input.shape[d]!)));
};

/**
 * Rows picked by index. Known indices give their range. Unknown ones into a tensor that does not change while the
 * network runs (an embedding table) are described as rows from the start on: as many bytes, whichever they are; into a
 * tensor that a layer writes they may need any row, so the whole axis.
 */
const gather: OperatorReader = (context) => {
  const input = context.input(0);
  const indices = context.input(1);
  const axis = context.axis(context.attributes.int('axis', 0), input.shape.length);
  const size = input.shape[axis]!;
  const shape = [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)];
  const result = context.define(0, shape, input.type);
  const loops = context.dims(result).map(loopOf);
  const picked = indices.shape.map((_, d) => loops[axis + d]!);
  const still = input.constant || context.state.graphInputs.has(input.tensor);
  const row = (dim: string): IndexExpression => {
    const known = indices.data?.map((index) => (index < 0 ? index + size : index));
    const outside = known?.find((index) => index < 0 || index >= size);
    if (outside !== undefined) throw context.fail(`index ${outside} is outside axis ${axis} of '${input.name}'`, `-${size} to ${size - 1}`);
    if (known !== undefined) return knownRows(dim, known, picked);
    return still && picked.length > 0 ? sum(dim, [{ loop: picked[picked.length - 1]!, coefficient: 1 }]) : whole(dim, size);
  };
  const rest = (d: number): string => loops[d < axis ? d : d + indices.shape.length - 1]!;
  const map = indexMap(context.dims(input).map((dim, d) => (d === axis ? row(dim) : along(dim, rest(d)))));
  const operands: OperandDraft[] = [{ value: input, map, ...(indices.data === undefined ? { indirect: true } : {}) }];
  if (!indices.constant) operands.push({ value: indices, map: indexMap(context.dims(indices).map((dim, d) => along(dim, picked[d]!))) });
  context.emit({
    operator: 'gather',
    class: 'move',
    loops: loopsOver(context, result),
    operands: [...operands, output(context, result)],
    opsPerPoint: 0,
    attributes: { axis },
  });
};

/** Evenly spaced indices are affine; others are described by their range. */
function knownRows(dim: string, indices: readonly number[], picked: readonly string[]): IndexExpression {
  const first = indices[0] ?? 0;
  const step = (indices[1] ?? first + 1) - first;
  const even = indices.every((index, position) => index === first + step * position);
  if (picked.length === 0) return sum(dim, [], first);
  if (even && step !== 0 && picked.length === 1) return along(dim, picked[0]!, step, first);
  const low = indices.reduce((least, index) => Math.min(least, index), first);
  const high = indices.reduce((most, index) => Math.max(most, index), first);
  return sum(dim, [], low, high - low + 1);
}

/** Elements picked or placed by index, element by element: any of them may be needed. */
const scattered: OperatorReader = (context) => {
  const [input, indices] = [context.input(0), context.input(1)];
  const scatter = context.op.startsWith('Scatter');
  const result = context.define(0, scatter ? input.shape : gatheredShape(context, input, indices), input.type, scatter ? context.dims(input) : undefined);
  const operands: OperandDraft[] = context.inputs().map((value) => ({
    value,
    map: indexMap(context.dims(value).map((dim, d) => whole(dim, value.shape[d]!))),
  }));
  context.emit({
    operator: context.operator,
    class: 'move',
    loops: loopsOver(context, result),
    operands: [...operands, output(context, result)],
    opsPerPoint: 0,
  });
};

function gatheredShape(context: NodeContext, input: Value, indices: Value): readonly number[] {
  if (context.op === 'GatherElements') return indices.shape;
  const batch = context.attributes.int('batch_dims', 0);
  const depth = indices.shape[indices.shape.length - 1] ?? 0;
  return [...indices.shape.slice(0, -1), ...input.shape.slice(batch + depth)];
}

export const SLICING: Readonly<Record<string, OperatorReader>> = {
  Concat: concat,
  QLinearConcat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  Gather: gather,
  GatherElements: scattered,
  GatherND: scattered,
  ScatterElements: scattered,
  ScatterND: scattered,
  Scatter: scattered,
};
