import { INT64 } from '../data-types.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, loopOf, loopsOver, output, reducedLoopOf, whole } from './maps.js';

/** ReduceSum and the like, ArgMax, ArgMin. */
function reduce(ops: number): OperatorReader {
  return (context) => {
    const input = context.input(0);
    const rank = input.shape.length;
    const argument = context.op.startsWith('Arg');
    const given = argument ? [context.attributes.int('axis', 0)] : (strippedAxes(context, input) ?? context.listOf('axes', 1));
    const nothing = given === undefined || given.length === 0;
    if (nothing && context.attributes.int('noop_with_empty_axes', 0) === 1) return context.alias(0, input);
    const axes = nothing ? input.shape.map((_, d) => d) : given.map((axis) => context.axis(axis, rank));
    const keep = context.attributes.int('keepdims', 1) === 1;
    emitReduction(context, input, axes, keep, argument ? INT64 : input.type, ops);
  };
}

/** Axes inferred from the output's shape in the file, when they are an input whose data were stripped (and dimensions are kept). */
function strippedAxes(context: NodeContext, input: Value): readonly number[] | undefined {
  const axes = context.optional(1);
  const declared = context.declared(0);
  if (axes === undefined || axes.data !== undefined || declared?.length !== input.shape.length) return undefined;
  return input.shape.flatMap((size, d) => (size !== 1 && declared[d] === 1 ? [d] : []));
}

function emitReduction(context: NodeContext, input: Value, axes: readonly number[], keep: boolean, type: number, ops: number): void {
  const dims = context.dims(input);
  const kept = dims.map((_, d) => d).filter((d) => keep || !axes.includes(d));
  const shape = kept.map((d) => (axes.includes(d) ? 1 : input.shape[d]!));
  const result = context.define(
    0,
    shape,
    type,
    kept.map((d) => dims[d]!),
  );
  const names = context.dims(result);
  const loops: Record<string, number> = {};
  for (const d of kept) if (!axes.includes(d)) loops[loopOf(dims[d]!)] = input.shape[d]!;
  for (const d of dims.keys()) if (!kept.includes(d) || axes.includes(d)) loops[reducedLoopOf(dims[d]!)] = input.shape[d]!;
  const loopOfInput = (d: number): string => (axes.includes(d) ? reducedLoopOf(dims[d]!) : loopOf(dims[d]!));
  context.emit({
    operator: context.operator,
    class: 'vector',
    loops,
    operands: [
      { name: 'I', value: input, map: indexMap(dims.map((dim, d) => along(dim, loopOfInput(d)))) },
      {
        name: 'O',
        value: result,
        output: true,
        map: indexMap(kept.map((d, index) => (axes.includes(d) ? whole(names[index]!, 1) : along(names[index]!, loopOf(dims[d]!))))),
      },
    ],
    opsPerPoint: ops,
    attributes: { axes },
  });
}

/** Every output needs the whole axis: running sums and sorting. */
const wholeAxis: OperatorReader = (context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const top = context.op === 'TopK';
  const axis = context.axis(top ? context.attributes.int('axis', -1) : (context.optional(1)?.data?.[0] ?? 0), rank);
  const count = top ? (context.opset < 10 ? context.attributes.int('k', 1) : context.known(1, 'k')[0]!) : input.shape[axis]!;
  const shape = input.shape.map((size, d) => (d === axis ? count : size));
  const result = context.define(0, shape, input.type, context.dims(input));
  const outputs = [output(context, result)];
  if (top && context.asks(1)) outputs.push({ ...output(context, context.define(1, shape, INT64, context.dims(input))), name: 'O2' });
  const loops = context.dims(result).map(loopOf);
  context.emit({
    operator: context.operator,
    class: 'vector',
    loops: loopsOver(context, result),
    operands: [
      { name: 'I', value: input, map: indexMap(context.dims(input).map((dim, d) => (d === axis ? whole(dim, input.shape[d]!) : along(dim, loops[d]!)))) },
      ...outputs,
    ],
    opsPerPoint: top ? Math.max(1, Math.ceil(Math.log2(input.shape[axis]!))) : 1,
    attributes: { axis },
  });
};

export const REDUCTION: Readonly<Record<string, OperatorReader>> = {
  ReduceSum: reduce(1),
  ReduceMean: reduce(1),
  ReduceMax: reduce(1),
  ReduceMin: reduce(1),
  ReduceProd: reduce(1),
  ReduceL1: reduce(2),
  ReduceL2: reduce(2),
  ReduceSumSquare: reduce(2),
  ReduceLogSum: reduce(1),
  ReduceLogSumExp: reduce(2),
  ArgMax: reduce(1),
  ArgMin: reduce(1),
  CumSum: wholeAxis,
  TopK: wholeAxis,
};
