import { isFloatType } from './data-types.js';
import type { NodeContext } from './node-context.js';
import { FOLD_LIMIT } from './tensor-data.js';
import { sizeOf, type Value } from './value.js';

/** Row-major data of one output, computed from inputs whose data are known. */
type Fold = (context: NodeContext, inputs: readonly Value[], result: Value, index: number) => readonly number[] | undefined;

/**
 * Computes outputs of a node whose inputs are all known: the arithmetic on shapes that exporters leave in a graph.
 * Called after the operator's reader has said what the outputs are; other operators stay unknown constants.
 */
export function foldConstants(context: NodeContext): void {
  const fold = Object.hasOwn(FOLDS, context.op) ? FOLDS[context.op] : undefined;
  const inputs = context.inputs();
  if (fold === undefined || !context.allConstant || inputs.some((value) => value.data === undefined)) return;
  context.node.output.forEach((name, index) => {
    const result = context.state.values.get(name);
    if (result === undefined || result.data !== undefined || sizeOf(result.shape) > FOLD_LIMIT) return;
    const read = Math.max(sizeOf(result.shape), ...inputs.map(({ shape }) => sizeOf(shape)));
    if (!context.state.mayFold(read * inputs.length) || !context.state.mayHold(sizeOf(result.shape))) return;
    const data = fold(context, inputs, result, index);
    if (data !== undefined && data.length === sizeOf(result.shape)) context.state.values.set(name, { ...result, data });
  });
}

/** Coordinates of row-major position `at`. */
function coordinates(at: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  for (let d = shape.length - 1, rest = at; d >= 0; d--) {
    place[d] = rest % shape[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return place;
}

/** Element at the coordinates, which are aligned at the last dimension and broadcast. */
function at(value: Value, place: readonly number[]): number {
  const ahead = place.length - value.shape.length;
  let position = 0;
  value.shape.forEach((size, d) => {
    position = position * size + (size === 1 ? 0 : place[d + ahead]!);
  });
  return value.data![position]!;
}

function each(result: Value, element: (place: readonly number[]) => number): number[] {
  return Array.from({ length: sizeOf(result.shape) }, (_, position) => element(coordinates(position, result.shape)));
}

const binary =
  (combine: (a: number, b: number) => number): Fold =>
  (_, inputs, result) =>
    each(result, (place) => inputs.slice(1).reduce((total, value) => combine(total, at(value, place)), at(inputs[0]!, place)));

const unary =
  (apply: (value: number) => number): Fold =>
  (_, inputs) =>
    inputs[0]!.data!.map(apply);

const sameOrder: Fold = (_, inputs) => inputs[0]!.data;

const divide: Fold = (context, inputs, result, index) => {
  const whole = !isFloatType(inputs[0]!.type);
  return binary((a, b) => (whole ? Math.trunc(a / b) : a / b))(context, inputs, result, index);
};

const castTo: Fold = (_, inputs, result) =>
  isFloatType(result.type) ? inputs[0]!.data : inputs[0]!.data!.map((value) => (result.type === 9 ? Number(value !== 0) : Math.trunc(value)));

const gather: Fold = (context, [data, indices], result) => {
  const axis = context.axis(context.attributes.int('axis', 0), data!.shape.length);
  const inner = indices!.shape.length;
  return each(result, (place) => {
    const picked = at(indices!, place.slice(axis, axis + inner));
    const size = data!.shape[axis]!;
    return at(data!, [...place.slice(0, axis), picked < 0 ? picked + size : picked, ...place.slice(axis + inner)]);
  });
};

const concat: Fold = (context, inputs, result) => {
  const axis = context.axis(context.attributes.int('axis', 1), result.shape.length);
  return each(result, (place) => {
    let along = place[axis]!;
    const value = inputs.find((candidate) => {
      if (along < candidate.shape[axis]!) return true;
      along -= candidate.shape[axis]!;
      return false;
    });
    return at(value!, place.with(axis, along));
  });
};

const slice: Fold = (context, [data], result) => {
  const rank = data!.shape.length;
  const starts = context.listOf('starts', 1) ?? [];
  const axes = context.listOf('axes', 3) ?? starts.map((_, index) => index);
  const steps = context.optional(4)?.data ?? starts.map(() => 1);
  return each(result, (place) => {
    const source = [...place];
    axes.forEach((given, index) => {
      const d = context.axis(given, rank);
      const size = data!.shape[d]!;
      const start = starts[index]! < 0 ? starts[index]! + size : starts[index]!;
      const step = steps[index] ?? 1;
      source[d] = Math.min(Math.max(start, 0), step > 0 ? size : size - 1) + place[d]! * step;
    });
    return at(data!, source);
  });
};

const split: Fold = (context, [data], result, index) => {
  const axis = context.axis(context.attributes.int('axis', 0), data!.shape.length);
  const before = context.node.output.slice(0, index).reduce((total, name) => total + (context.state.values.get(name)?.shape[axis] ?? 0), 0);
  return each(result, (place) => at(data!, place.with(axis, place[axis]! + before)));
};

const transpose: Fold = (context, [data], result) => {
  const rank = data!.shape.length;
  const order = context.attributes.ints('perm') ?? data!.shape.map((_, d) => rank - 1 - d);
  return each(result, (place) => {
    const source = new Array<number>(rank);
    order.forEach((d, position) => (source[d] = place[position]!));
    return at(data!, source);
  });
};

const reduceBy =
  (combine: (a: number, b: number) => number): Fold =>
  (context, [data], result) => {
    const all = context.listOf('axes', 1);
    const rank = data!.shape.length;
    if (result.shape.length === 0 || sizeOf(result.shape) === 1) return [data!.data!.reduce(combine)];
    const axes = (all ?? data!.shape.map((_, d) => d)).map((axis) => context.axis(axis, rank));
    const totals = new Array<number | undefined>(sizeOf(result.shape)).fill(undefined);
    data!.data!.forEach((value, position) => {
      const kept = coordinates(position, data!.shape).filter((_, d) => !axes.includes(d));
      const sizes = data!.shape.filter((_, d) => !axes.includes(d));
      const target = kept.reduce((index, coordinate, d) => index * sizes[d]! + coordinate, 0);
      totals[target] = totals[target] === undefined ? value : combine(totals[target], value);
    });
    return totals.map((total) => total ?? 0);
  };

const FOLDS: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: divide,
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Pow: binary((a, b) => a ** b),
  Min: binary(Math.min),
  Max: binary(Math.max),
  Equal: binary((a, b) => Number(a === b)),
  Less: binary((a, b) => Number(a < b)),
  LessOrEqual: binary((a, b) => Number(a <= b)),
  Greater: binary((a, b) => Number(a > b)),
  GreaterOrEqual: binary((a, b) => Number(a >= b)),
  And: binary((a, b) => Number(a !== 0 && b !== 0)),
  Or: binary((a, b) => Number(a !== 0 || b !== 0)),
  Not: unary((value) => Number(value === 0)),
  Neg: unary((value) => -value),
  Abs: unary(Math.abs),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(Math.round),
  Sqrt: unary(Math.sqrt),
  Sign: unary(Math.sign),
  Relu: unary((value) => Math.max(0, value)),
  Where: (_, [condition, yes, no], result) => each(result, (place) => (at(condition!, place) !== 0 ? at(yes!, place) : at(no!, place))),
  Cast: castTo,
  CastLike: castTo,
  Reshape: sameOrder,
  Flatten: sameOrder,
  Squeeze: sameOrder,
  Unsqueeze: sameOrder,
  Gather: gather,
  Concat: concat,
  Slice: slice,
  Split: split,
  Transpose: transpose,
  Expand: (_, [value], result) => each(result, (place) => at(value!, place)),
  Tile: (_, [value], result) =>
    each(result, (place) =>
      at(
        value!,
        place.map((coordinate, d) => coordinate % value!.shape[d]!),
      ),
    ),
  ReduceProd: reduceBy((a, b) => a * b),
  ReduceSum: reduceBy((a, b) => a + b),
  ReduceMax: reduceBy(Math.max),
  ReduceMin: reduceBy(Math.min),
};
