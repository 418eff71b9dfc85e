import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, sum, whole } from './maps.js';

interface Heads {
  readonly batch: number;
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly heads: number;
  readonly keyHeads: number;
  readonly rows: number;
  readonly columns: number;
  readonly headSize: number;
  readonly valueSize: number;
}

/**
 * Scaled dot-product attention in one node (ONNX Attention of opset 23, ONNX Runtime's MultiHeadAttention) as its three
 * layers: scores, softmax, weighted sum. Heads are `G`; fewer key heads are shared (grouped queries).
 */
const attention: OperatorReader = (context) => {
  if (context.node.domain === 'com.microsoft' && context.op === 'Attention') throw context.fail('this fused form is not known', 'the model before fusion into com.microsoft.Attention, or MultiHeadAttention');
  const heads = readHeads(context);
  const { batch, query, rows, columns, valueSize } = heads;
  const scores = context.internal('scores', [batch, heads.heads, rows, columns], query.type, ['B', 'G', 'Y', 'C']);
  const weights = context.internal('weights', scores.shape, query.type, ['B', 'G', 'Y', 'C']);
  const flat = query.shape.length === 3;
  const result = context.define(0, flat ? [batch, rows, heads.heads * valueSize] : [batch, heads.heads, rows, valueSize], query.type, flat ? ['B', 'Y', 'C'] : ['B', 'G', 'Y', 'C']);
  const share = heads.heads / heads.keyHeads;
  const plain = indexMap([along('B', 'B'), along('G', 'G'), along('Y', 'OY'), along('C', 'K')]);
  const space = { B: batch, G: heads.heads, OY: rows };
  context.emit({
    operator: 'matmul',
    class: 'mac',
    suffix: 'scores',
    loops: { ...space, K: columns, C: heads.headSize },
    operands: [
      { name: 'I', value: query, map: headMap(context, query, 'OY', 'C', heads.headSize, 1) },
      { name: 'I2', value: heads.key, map: headMap(context, heads.key, 'K', 'C', heads.headSize, share) },
      { name: 'O', value: scores, output: true, map: plain },
    ],
    opsPerPoint: 2,
  });
  context.emit({
    operator: 'softmax',
    class: 'vector',
    suffix: 'softmax',
    loops: { ...space, K: columns },
    operands: [
      { name: 'I', value: scores, map: indexMap([along('B', 'B'), along('G', 'G'), along('Y', 'OY'), whole('C', columns)]) },
      { name: 'O', value: weights, output: true, map: plain },
    ],
    opsPerPoint: 6,
  });
  context.emit({
    operator: 'matmul',
    class: 'mac',
    suffix: 'values',
    loops: { ...space, K: valueSize, C: columns },
    operands: [
      { name: 'I', value: weights, map: indexMap([along('B', 'B'), along('G', 'G'), along('Y', 'OY'), along('C', 'C')]) },
      { name: 'I2', value: heads.value, map: headMap(context, heads.value, 'C', 'K', valueSize, share) },
      { name: 'O', value: result, output: true, map: headMap(context, result, 'OY', 'K', valueSize, 1) },
    ],
    opsPerPoint: 2,
  });
};

function readHeads(context: NodeContext): Heads {
  const [query, key, value] = [context.input(0), context.input(1), context.input(2)];
  if (context.inputs().length > 3 && context.node.output.slice(1).some((name) => name !== '')) throw context.fail('a key-value cache inside the operator is not known', 'the cache as Concat before it');
  const flat = query.shape.length === 3;
  const heads = flat ? context.attributes.int('q_num_heads', context.attributes.int('num_heads', 0)) : query.shape[1]!;
  const keyHeads = flat ? context.attributes.int('kv_num_heads', heads) : key.shape[1]!;
  const axis = query.shape.length - 2;
  const [batch, rows, columns] = [query.shape[0]!, query.shape[axis]!, key.shape[axis]!];
  const headSize = flat ? query.shape[2]! / heads : query.shape[3]!;
  const valueSize = flat ? value.shape[2]! / keyHeads : value.shape[3]!;
  const fits = [query, key, value].every((each) => each.shape.length === query.shape.length) && Number.isInteger(headSize) && Number.isInteger(valueSize) && heads % keyHeads === 0;
  if (!fits || (flat && query.shape.length !== 3)) throw context.fail(`Q [${query.shape.join(', ')}], K [${key.shape.join(', ')}], V [${value.shape.join(', ')}] with ${heads} and ${keyHeads} heads`, 'three tensors [batch, positions, heads * size] or [batch, heads, positions, size]');
  return { batch, query, key, value, heads, keyHeads, rows, columns, headSize, valueSize };
}

/** [B, position, head * size] or [B, head, position, size]; `share` query heads use one head of the tensor. */
function headMap(context: NodeContext, value: Value, row: string, column: string, size: number, share: number) {
  const head = { loop: 'G', coefficient: 1, ...(share === 1 ? {} : { divisor: share }) };
  if (value.shape.length === 4) {
    const [b, g, y, c] = context.dims(value, ['B', 'G', 'Y', 'C']) as [string, string, string, string];
    return indexMap([along(b, 'B'), sum(g, [head]), along(y, row), along(c, column)]);
  }
  const [b, y, c] = context.dims(value, ['B', 'Y', 'C']) as [string, string, string];
  if (share === 1) return indexMap([along(b, 'B'), along(y, row), sum(c, [{ loop: 'G', coefficient: size }, { loop: column, coefficient: 1 }])]);
  // floor(G / share) * size as one term would floor after multiplying: every head of the tensor may be meant.
  return indexMap([along(b, 'B'), along(y, row), whole(c, value.shape[2]!)]);
}

/** Rotates pairs of elements by tabulated sines and cosines. */
const rotaryEmbedding: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const dims = context.dims(input);
  const last = dims.length - 1;
  const loopOf = (dim: string): string => ({ C: 'K', Y: 'OY', X: 'OX' })[dim] ?? dim;
  const tables = context.inputs().slice(1).map((value) => ({ value, map: indexMap(context.dims(value).map((dim, d) => whole(dim, value.shape[d]!))) }));
  context.emit({
    operator: 'rotary-embedding',
    class: 'vector',
    loops: Object.fromEntries(dims.map((dim, d) => [loopOf(dim), input.shape[d]!])),
    operands: [
      { name: 'I', value: input, map: indexMap(dims.map((dim, d) => (d === last ? whole(dim, input.shape[d]!) : along(dim, loopOf(dim))))) },
      ...tables,
      { name: 'O', value: result, output: true, map: indexMap(dims.map((dim) => along(dim, loopOf(dim)))) },
    ],
    opsPerPoint: 3,
  });
};

export const ATTENTION: Readonly<Record<string, OperatorReader>> = {
  Attention: attention,
  MultiHeadAttention: attention,
  RotaryEmbedding: rotaryEmbedding,
};
