import { reshapeGroups } from 'tessera-sim';
import type { NodeContext, OperatorReader } from '../node-context.js';
import { sizeOf, type Value } from '../value.js';
import { BOOL, formatOfType } from '../data-types.js';
import { along, broadcast, direct, indexMap, loopOf, loopsOver, output } from './maps.js';

/** The same elements in the same order under other dimensions: a view that moves nothing. */
function emitReshape(context: NodeContext, input: Value, shape: readonly number[], names?: readonly string[]): void {
  if (sizeOf(shape) !== sizeOf(input.shape)) {
    throw context.fail(`'${input.name}' [${input.shape.join(', ')}] cannot take the shape [${shape.join(', ')}]`, `${sizeOf(input.shape)} elements`);
  }
  const result = context.define(0, shape, input.type, names ?? reshapedNames(context, input, shape));
  const loops = loopsOver(context, result);
  const sizes = context.sizes(input);
  if (sizeOf(shape) === 0) return;
  context.emit({
    operator: context.operator,
    class: 'view',
    loops,
    operands: [{ name: input.constant ? 'W' : 'I', value: input, map: { kind: 'reshape', groups: reshapeGroups(loops, sizes) } }, output(context, result)],
    opsPerPoint: 0,
  });
}

/**
 * Dimensions that stay keep their names; channels that are split become groups of channels (attention heads), and those
 * that are joined are channels. Undefined when that gives no names that differ.
 */
function reshapedNames(context: NodeContext, input: Value, shape: readonly number[]): readonly string[] | undefined {
  if (sizeOf(shape) === 0) return undefined;
  const positions = Object.fromEntries(shape.map((size, d) => [`at${d}`, size]));
  const free = (context.state.spatial ? ['X', 'Y', 'Z', 'G'] : ['G', 'X', 'Z', 'H']).filter((name) => !context.dims(input).includes(name));
  const names = reshapeGroups(context.sizes(input), positions).flatMap(({ from, toSizes }) => splitNames(from, toSizes, free));
  return names.length === shape.length && new Set(names).size === names.length ? names : undefined;
}

function splitNames(from: readonly string[], sizes: readonly number[], free: string[]): string[] {
  const count = sizes.length;
  const [only] = from;
  const joined = ['C', 'G'].find((name) => from.includes(name)) ?? from[from.length - 1] ?? free.shift() ?? 'D';
  if (count <= 1) return [joined].slice(0, count);
  if (from.length === count) return [...from];
  // A dimension of 1 was put in: the other one is what it was.
  if (from.length === 1 && sizes.filter((size) => size > 1).length === 1) return sizes.map((size) => (size > 1 ? joined : (free.shift() ?? 'D')));
  if (only === 'C' && count === 2 && free.includes('G')) return ['G', 'C'];
  return Array.from({ length: count }, (_, index) => (index === 0 ? joined : `${joined}${index + 1}`));
}

const reshape: OperatorReader = (context) => {
  const input = context.input(0);
  const stripped = context.opset >= 5 && context.optional(1)?.data === undefined ? context.declared(0) : undefined;
  const wanted = stripped ?? (context.opset < 5 ? context.attributes.ints('shape') : context.known(1, 'shape'));
  if (wanted === undefined) throw context.fail('the shape is missing');
  const allowZero = context.attributes.int('allowzero', 0) === 1;
  const shape = wanted.map((size, d) => (size === 0 && !allowZero ? (input.shape[d] ?? 1) : size));
  const open = shape.indexOf(-1);
  if (shape.filter((size) => size === -1).length > 1) throw context.fail(`the shape [${wanted.join(', ')}] leaves two dimensions open`, 'at most one -1');
  if (open >= 0) shape[open] = sizeOf(input.shape) / shape.reduce((product, size, d) => (d === open ? product : product * size), 1);
  emitReshape(context, input, shape);
};

const flatten: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const given = context.attributes.int('axis', 1);
  const axis = given === rank ? rank : context.axis(given, rank);
  emitReshape(context, input, [sizeOf(input.shape.slice(0, axis)), sizeOf(input.shape.slice(axis))]);
};

const squeeze: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const stripped = strippedAxes(context);
  if (stripped !== undefined) return emitReshape(context, input, stripped);
  const axes = context.listOf('axes', 1)?.map((axis) => context.axis(axis, rank));
  const drop = (d: number): boolean => (axes === undefined ? input.shape[d] === 1 : axes.includes(d));
  const wrong = axes?.find((axis) => input.shape[axis] !== 1);
  if (wrong !== undefined) throw context.fail(`axis ${wrong} of '${input.name}' has size ${input.shape[wrong]}`, 'size 1');
  const kept = input.shape.map((_, d) => d).filter((d) => !drop(d));
  emitReshape(
    context,
    input,
    kept.map((d) => input.shape[d]!),
    kept.map((d) => context.dims(input)[d]!),
  );
};

/** The output's shape as the file gives it, when the axes are an input whose data were stripped. */
function strippedAxes(context: NodeContext): readonly number[] | undefined {
  const axes = context.optional(1);
  return axes !== undefined && axes.data === undefined ? context.declared(0) : undefined;
}

const unsqueeze: OperatorReader = (context) => {
  const input = context.input(0);
  const stripped = strippedAxes(context);
  if (stripped !== undefined) return emitReshape(context, input, stripped);
  const axes = context.listOf('axes', 1);
  if (axes === undefined) throw context.fail('the axes are missing');
  const rank = input.shape.length + axes.length;
  const added = axes.map((axis) => context.axis(axis, rank));
  const shape: number[] = [];
  for (let d = 0, source = 0; d < rank; d++) shape.push(added.includes(d) ? 1 : (input.shape[source++] ?? 1));
  emitReshape(context, input, shape);
};

const transpose: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const order = context.attributes.ints('perm') ?? input.shape.map((_, d) => rank - 1 - d);
  if (order.length !== rank || new Set(order).size !== rank || order.some((d) => d < 0 || d >= rank))
    throw context.fail(`perm [${order.join(', ')}]`, `each of 0 to ${rank - 1} once`);
  const dims = context.dims(input);
  const result = context.define(
    0,
    order.map((d) => input.shape[d]!),
    input.type,
    order.map((d) => dims[d]!),
  );
  const loops = context.dims(result).map(loopOf);
  const moved = order.filter((d) => input.shape[d] !== 1);
  context.emit({
    operator: 'transpose',
    class: moved.every((d, position) => position === 0 || d > moved[position - 1]!) ? 'view' : 'move',
    loops: loopsOver(context, result),
    operands: [
      { value: input, map: indexMap(order.map((d, position) => along(dims[d]!, loops[position]!)).sort((a, b) => dims.indexOf(a.dim) - dims.indexOf(b.dim))) },
      { name: 'O', value: result, output: true, map: direct(context, result) },
    ],
    opsPerPoint: 0,
    attributes: { perm: order },
  });
};

const identity: OperatorReader = (context) => context.alias(0, context.input(0));

/** Inference does nothing here, and its mask is all ones, known before the run. In training the mask is drawn and applied. */
const dropout: OperatorReader = (context) => {
  const input = context.input(0);
  const trains = (context.optional(2)?.data?.[0] ?? 0) !== 0 && (context.optional(1)?.data?.[0] ?? 0.5) > 0;
  if (!trains || input.constant) {
    context.alias(0, input);
    const name = context.node.output[1] ?? '';
    context.alias(1, { name, type: BOOL, shape: input.shape, constant: true, format: formatOfType(BOOL)!, tensor: name });
    return;
  }
  const outputs = [context.define(0, input.shape, input.type, context.dims(input))];
  if (context.asks(1)) outputs.push(context.define(1, input.shape, BOOL, context.dims(input)));
  context.emit({
    operator: 'dropout',
    class: 'vector',
    loops: loopsOver(context, outputs[0]!),
    operands: [broadcast(context, input, outputs[0]!), ...outputs.map((value, index) => ({ ...output(context, value), name: index === 0 ? 'O' : 'O2' }))],
    opsPerPoint: 2,
  });
};

export const RESHAPING: Readonly<Record<string, OperatorReader>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Identity: identity,
  Dropout: dropout,
};
