import type { NodeContext, OperatorReader } from '../node-context.js';
import { emitAttention, type Heads } from './attention-layers.js';
import { groupQueryAttention, packedAttention } from './fused-attention.js';
import { along, indexMap, whole } from './maps.js';

/** Scaled dot-product attention in one node: ONNX Attention of opset 23, ONNX Runtime's MultiHeadAttention. */
const attention: OperatorReader = (context) => {
  if (context.node.domain === 'com.microsoft' && context.op === 'Attention') return packedAttention(context);
  const heads = readHeads(context);
  const query = heads.query.value;
  const flat = query.shape.length === 3;
  const { batch, rows, valueSize } = heads;
  const shape = flat ? [batch, rows, heads.heads * valueSize] : [batch, heads.heads, rows, valueSize];
  emitAttention(context, heads, context.define(0, shape, query.type, flat ? ['B', 'Y', 'C'] : ['B', 'G', 'Y', 'C']));
};

function readHeads(context: NodeContext): Heads {
  const [query, key, value] = [context.input(0), context.input(1), context.input(2)];
  if (context.inputs().length > 3 && context.node.output.slice(1).some((name) => name !== ''))
    throw context.fail('a key-value cache inside the operator is not known', 'the cache as Concat before it');
  const flat = query.shape.length === 3;
  const heads = flat ? context.attributes.int('q_num_heads', context.attributes.int('num_heads', 0)) : query.shape[1]!;
  const keyHeads = flat ? context.attributes.int('kv_num_heads', heads) : key.shape[1]!;
  const axis = query.shape.length - 2;
  const [batch, rows, columns] = [query.shape[0]!, query.shape[axis]!, key.shape[axis]!];
  const headSize = flat ? query.shape[2]! / heads : query.shape[3]!;
  const valueSize = flat ? value.shape[2]! / keyHeads : value.shape[3]!;
  const fits =
    [query, key, value].every((each) => each.shape.length === query.shape.length) &&
    Number.isInteger(headSize) &&
    Number.isInteger(valueSize) &&
    heads % keyHeads === 0;
  if (!fits || (flat && query.shape.length !== 3))
    throw context.fail(
      `Q [${query.shape.join(', ')}], K [${key.shape.join(', ')}], V [${value.shape.join(', ')}] with ${heads} and ${keyHeads} heads`,
      'three tensors [batch, positions, heads * size] or [batch, heads, positions, size]',
    );
  return { batch, query: { value: query }, key: { value: key }, value: { value }, heads, keyHeads, rows, columns, headSize, valueSize };
}

/** Rotates pairs of elements by tabulated sines and cosines. */
const rotaryEmbedding: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, input.type, context.dims(input));
  const dims = context.dims(input);
  const last = dims.length - 1;
  const loopOf = (dim: string): string => ({ C: 'K', Y: 'OY', X: 'OX' })[dim] ?? dim;
  const tables = context
    .inputs()
    .slice(1)
    .map((value) => ({ value, map: indexMap(context.dims(value).map((dim, d) => whole(dim, value.shape[d]!))) }));
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
  GroupQueryAttention: groupQueryAttention,
  RotaryEmbedding: rotaryEmbedding,
};
