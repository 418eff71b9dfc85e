import type { IndexExpression, RegionMap } from 'tessera-sim';
import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, sum, whole } from './maps.js';

const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/**
 * LSTM, GRU, RNN as two layers: the projection of all inputs (one matrix product over the whole sequence), then the
 * recurrence (`OY` is time: step t needs the output of t - 1, which the reader of the layer must know from its operator). The states
 * of the last step (Y_h, Y_c), where somebody reads them, are copied out of the sequence of all states.
 * Gates are described as interleaved in the rows of the weights: the same bytes, and outputs that follow the loop `K`.
 */
const recurrent: OperatorReader = (context) => {
  const [input, weight, memory] = [context.input(0), context.input(1), context.input(2)];
  const gates = GATES[context.op] ?? 1;
  const batchFirst = context.attributes.int('layout', 0) === 1;
  const [time, batch, features] = (batchFirst ? [input.shape[1], input.shape[0], input.shape[2]] : input.shape) as [number, number, number];
  const [directions, rows, columns] = weight.shape as [number, number, number];
  const hidden = memory.shape[2] ?? 0;
  if (input.shape.length !== 3 || weight.shape.length !== 3 || columns !== features || rows !== gates * hidden) {
    throw context.fail(
      `X [${input.shape.join(', ')}], W [${weight.shape.join(', ')}], R [${memory.shape.join(', ')}]`,
      `X [time, batch, features], W [directions, ${gates} * hidden, features], R [directions, ${gates} * hidden, hidden]`,
    );
  }
  const projected = context.internal('projected', [time, batch, directions, rows], input.type, ['Y', 'B', 'G', 'C']);
  const inputDims = context.dims(input, batchFirst ? ['B', 'Y', 'C'] : ['Y', 'B', 'C']);
  const inputLoops = batchFirst ? ['B', 'OY', 'C'] : ['OY', 'B', 'C'];
  const loops = { OY: time, B: batch, G: directions, K: rows };
  const w = context.dims(weight, ['G', 'K', 'C']);
  const bias = context.optional(3);
  const biasDims = bias === undefined ? [] : context.dims(bias, ['G', 'K']);
  context.emit({
    operator: 'matmul',
    class: 'mac',
    loops: { ...loops, C: features },
    operands: [
      { name: 'I', value: input, map: indexMap(inputDims.map((dim, d) => along(dim, inputLoops[d]!))) },
      { name: 'W', value: weight, map: indexMap([along(w[0]!, 'G'), along(w[1]!, 'K'), along(w[2]!, 'C')]) },
      ...(bias === undefined ? [] : [{ name: 'bias', value: bias, map: indexMap([along(biasDims[0]!, 'G'), whole(biasDims[1]!, bias.shape[1]!)]) }]),
      { name: 'O', value: projected, output: true, map: indexMap([along('Y', 'OY'), along('B', 'B'), along('G', 'G'), along('C', 'K')]) },
    ],
    opsPerPoint: 2,
    suffix: 'input',
  });
  const r = context.dims(memory, ['G', 'K', 'C']);
  const shape: Shape = { time, batch, directions, hidden, gates, batchFirst, type: input.type };
  const states = sequences(context, shape);
  context.emit({
    operator: context.operator,
    class: 'mac',
    loops: { ...loops, C: hidden },
    operands: [
      { name: 'I', value: projected, map: indexMap([along('Y', 'OY'), along('B', 'B'), along('G', 'G'), along('C', 'K')]) },
      { name: 'W', value: memory, map: indexMap([along(r[0]!, 'G'), along(r[1]!, 'K'), along(r[2]!, 'C')]) },
      ...initialStates(context, batchFirst),
      ...states.map(({ value, order }, index) => ({ name: index === 0 ? 'O' : 'O2', value, output: true, map: stateMap(context, value, order, gates) })),
    ],
    opsPerPoint: 2,
    suffix: 'recurrence',
    attributes: { gates, hidden },
  });
  states.forEach((state, index) => {
    if (context.asks(index + 1)) emitLastState(context, state, index + 1, shape);
  });
};

interface Shape {
  readonly time: number;
  readonly batch: number;
  readonly directions: number;
  readonly hidden: number;
  readonly gates: number;
  readonly batchFirst: boolean;
  readonly type: number;
}

/** The states of all time steps. */
interface Sequence {
  readonly value: Value;
  /** Its loops, dimension by dimension. */
  readonly order: readonly string[];
}

const NAMES: Readonly<Record<string, string>> = { OY: 'Y', K: 'C' };

/** Y [time, directions, batch, hidden] (batch first with layout 1), and an LSTM's cells where their last state is asked for. */
function sequences(context: NodeContext, { time, batch, directions, hidden, batchFirst, type }: Shape): Sequence[] {
  const sizes: Readonly<Record<string, number>> = { OY: time, G: directions, B: batch, K: hidden };
  const order = batchFirst ? ['B', 'OY', 'G', 'K'] : ['OY', 'G', 'B', 'K'];
  const shape = order.map((loop) => sizes[loop]!);
  const names = order.map((loop) => NAMES[loop] ?? loop);
  const hiddens = { value: context.define(0, shape, type, names), order };
  return context.asks(2) ? [hiddens, { value: context.internal('cells', shape, type, names), order }] : [hiddens];
}

/** Gates are interleaved in `K`: as many of its steps make one element. */
function stateMap(context: NodeContext, value: Value, order: readonly string[], gates: number): RegionMap {
  const at = (dim: string, loop: string): IndexExpression => (loop === 'K' ? sum(dim, [{ loop, coefficient: 1, divisor: gates }]) : along(dim, loop));
  return indexMap(context.dims(value).map((dim, d) => at(dim, order[d]!)));
}

/** initial_h, initial_c [directions, batch, hidden], and the peepholes P: every output needs the whole state. */
function initialStates(context: NodeContext, batchFirst: boolean): OperandDraft[] {
  const loops = batchFirst ? ['B', 'G'] : ['G', 'B'];
  const states = [context.optional(5), context.optional(6)].flatMap((value, index): OperandDraft[] => {
    if (value === undefined) return [];
    const [first, second, last] = context.dims(value, [...loops, 'C']) as [string, string, string];
    return [{ name: `initial${index + 1}`, value, map: indexMap([along(first, loops[0]!), along(second, loops[1]!), whole(last, value.shape[2]!)]) }];
  });
  const holes = context.optional(7);
  if (holes === undefined) return states;
  const [g, p] = context.dims(holes, ['G', 'P']) as [string, string];
  return [...states, { name: 'peepholes', value: holes, map: indexMap([along(g, 'G'), whole(p, holes.shape[1]!)]) }];
}

/** Y_h or Y_c [directions, batch, hidden]: the last time step, of a reversed direction the first. */
function emitLastState(context: NodeContext, { value, order }: Sequence, index: number, shape: Shape): void {
  const kept = order.filter((loop) => loop !== 'OY');
  const sizes: Readonly<Record<string, number>> = { G: shape.directions, B: shape.batch, K: shape.hidden };
  const result = context.define(
    index,
    kept.map((loop) => sizes[loop]!),
    shape.type,
    kept.map((loop) => NAMES[loop] ?? loop),
  );
  const last = shape.time - 1;
  const isReversed = context.attributes.string('direction', 'forward') === 'reverse';
  const step = (dim: string): IndexExpression => {
    if (shape.directions === 2 && last > 0) return along(dim, 'G', -last, last);
    return sum(dim, [], isReversed ? 0 : last);
  };
  context.emit({
    operator: 'slice',
    class: 'move',
    suffix: index === 1 ? 'last-hidden' : 'last-cell',
    loops: Object.fromEntries(kept.map((loop) => [loop, sizes[loop]!])),
    operands: [
      { name: 'I', value, map: indexMap(context.dims(value).map((dim, d) => (order[d] === 'OY' ? step(dim) : along(dim, order[d]!)))) },
      { name: 'O', value: result, output: true, map: indexMap(context.dims(result).map((dim, d) => along(dim, kept[d]!))) },
    ],
    opsPerPoint: 0,
  });
}

export const RECURRENT: Readonly<Record<string, OperatorReader>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
