import type { NodeContext, OperatorReader } from '../node-context.js';
import { along, indexMap, sum, whole } from './maps.js';

const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/**
 * LSTM, GRU, RNN as two layers: the projection of all inputs (one matrix product over the whole sequence), then the
 * recurrence (`OY` is time: step t needs the output of t - 1, which the reader of the layer must know from its operator).
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
  context.emit({
    operator: context.operator,
    class: 'mac',
    loops: { ...loops, C: hidden },
    operands: [
      { name: 'I', value: projected, map: indexMap([along('Y', 'OY'), along('B', 'B'), along('G', 'G'), along('C', 'K')]) },
      { name: 'W', value: memory, map: indexMap([along(r[0]!, 'G'), along(r[1]!, 'K'), along(r[2]!, 'C')]) },
      ...outputs(context, { time, batch, directions, hidden, gates, batchFirst, type: input.type }),
    ],
    opsPerPoint: 2,
    suffix: 'recurrence',
    attributes: { gates, hidden },
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

/** Y [time, directions, batch, hidden] and the last states Y_h, Y_c [directions, batch, hidden] (batch first with layout 1). */
function outputs(context: NodeContext, { time, batch, directions, hidden, gates, batchFirst, type }: Shape) {
  const at = (dim: string, loop: string) => (loop === 'K' ? sum(dim, [{ loop, coefficient: 1, divisor: gates }]) : along(dim, loop));
  const sizes: Readonly<Record<string, number>> = { OY: time, G: directions, B: batch, K: hidden };
  const orders = [batchFirst ? ['B', 'OY', 'G', 'K'] : ['OY', 'G', 'B', 'K'], ...[0, 1].map(() => (batchFirst ? ['B', 'G', 'K'] : ['G', 'B', 'K']))];
  return orders.flatMap((order, index) => {
    if (!context.node.output[index]) return [];
    const names = order.map((loop) => ({ OY: 'Y', K: 'C' })[loop] ?? loop);
    const value = context.define(
      index,
      order.map((loop) => sizes[loop]!),
      type,
      names,
    );
    const map = indexMap(context.dims(value).map((dim, d) => at(dim, order[d]!)));
    return [{ name: index === 0 ? 'O' : `O${index + 1}`, value, output: true, map }];
  });
}

export const RECURRENT: Readonly<Record<string, OperatorReader>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
