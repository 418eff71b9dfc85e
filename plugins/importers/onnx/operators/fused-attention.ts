import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { emitAttention, type Heads } from './attention-layers.js';
import { sizeAlong, type Projected } from './heads.js';
import { appended, appendedPair } from './key-value-cache.js';
import { along, broadcast, indexMap, loopsOver, output, sum, whole } from './maps.js';

/**
 * ONNX Runtime's GroupQueryAttention: query, key, value (or all three packed in the first), past_key, past_value,
 * seqlens_k, total_sequence_length, cos_cache, sin_cache. Layers: rotation of queries and keys (`do_rotary`), the new
 * keys and values appended to the cache, attention over the cache.
 */
export const groupQueryAttention: OperatorReader = (context) => {
  const shape = groupedShape(context);
  const { batch, rows, heads, keyHeads, size } = shape;
  const result = context.define(0, [batch, rows, heads * size], shape.type, ['B', 'Y', 'C']);
  const rotates = context.attributes.int('do_rotary', 0) !== 0;
  const query = rotates ? rotated(context, shape.query, 'query', shape, heads) : shape.query;
  const newKey = rotates ? rotated(context, shape.key, 'key', shape, keyHeads) : shape.key;
  const fresh = { batch, heads: keyHeads, rows, size, type: shape.type };
  const key = appended(context, { name: 'key', fresh: newKey, past: 3, present: 1, mayShareBuffer: true }, fresh);
  const value = appended(context, { name: 'value', fresh: shape.value, past: 4, present: 2, mayShareBuffer: true }, fresh);
  const columns = sizeAlong(key, 'Y');
  emitAttention(context, { batch, query, key, value, heads, keyHeads, rows, columns, headSize: size, valueSize: size }, result);
};

interface GroupedShape extends Pick<Heads, 'batch' | 'rows' | 'heads' | 'keyHeads' | 'query' | 'key' | 'value'> {
  /** Elements of a head. */
  readonly size: number;
  readonly type: number;
}

function groupedShape(context: NodeContext): GroupedShape {
  const first = context.input(0);
  const [heads, keyHeads] = [context.attributes.int('num_heads', 0), context.attributes.int('kv_num_heads', 0)];
  const packed = context.optional(1) === undefined;
  const [batch = 0, rows = 0, width = 0] = first.shape;
  const size = width / (packed ? heads + 2 * keyHeads : heads);
  const fits = first.shape.length === 3 && heads > 0 && keyHeads > 0 && heads % keyHeads === 0 && Number.isInteger(size);
  if (!fits)
    throw context.fail(
      `query [${first.shape.join(', ')}] with ${heads} and ${keyHeads} heads`,
      '[batch, positions, heads * size], num_heads a multiple of kv_num_heads',
    );
  const part = (index: number, offset: number): Projected => (packed ? { value: first, offset } : { value: context.input(index) });
  const shape = {
    batch,
    rows,
    heads,
    keyHeads,
    size,
    type: first.type,
    query: { value: first },
    key: part(1, heads * size),
    value: part(2, (heads + keyHeads) * size),
  };
  for (const { value } of packed ? [] : [shape.key, shape.value]) {
    if (value.shape.join() !== [batch, rows, keyHeads * size].join())
      throw context.fail(`'${value.name}' [${value.shape.join(', ')}] does not fit`, `[${batch}, ${rows}, ${keyHeads * size}]`);
  }
  return shape;
}

/** Rotary positions of all heads of one projection: a pair lies within its head. */
function rotated(context: NodeContext, { value, offset = 0 }: Projected, name: string, { batch, rows, size, type }: GroupedShape, heads: number): Projected {
  const result = context.internal(`${name}.rotated`, [batch, rows, heads * size], type, ['B', 'Y', 'C']);
  const [b, y, c] = context.dims(value, ['B', 'Y', 'C']) as [string, string, string];
  const tables = [context.optional(7), context.optional(8)].flatMap((table) => table ?? []);
  const head = { loop: 'G', coefficient: size };
  context.emit({
    operator: 'rotary-embedding',
    class: 'vector',
    suffix: `${name}.rotate`,
    loops: { B: batch, OY: rows, G: heads, K: size },
    operands: [
      { name: 'I', value, map: indexMap([along(b, 'B'), along(y, 'OY'), sum(c, [head], offset, size)]) },
      ...tables.map((table) => ({ value: table, map: indexMap(context.dims(table).map((dim, d) => whole(dim, table.shape[d]!))) })),
      { name: 'O', value: result, output: true, map: indexMap([along('B', 'B'), along('Y', 'OY'), sum('C', [head, { loop: 'K', coefficient: 1 }])]) },
    ],
    opsPerPoint: 3,
  });
  return { value: result };
}

/** ONNX Runtime's Attention: input, weights [inputs, Q + K + V], bias: the projection, then attention over its three parts. */
export function packedAttention(context: NodeContext): void {
  const [input, weights] = [context.input(0), context.input(1)];
  const heads = context.attributes.int('num_heads', 0);
  const width = weights.shape[1] ?? 0;
  const [queries = 0, keys = 0, values = 0] = context.attributes.ints('qkv_hidden_sizes') ?? [width / 3, width / 3, width / 3];
  const [batch = 0, rows = 0, inputs = 0] = input.shape;
  const fits = input.shape.length === 3 && weights.shape.length === 2 && weights.shape[0] === inputs && queries + keys + values === width && queries === keys;
  if (!fits || heads < 1 || [queries, values].some((size) => !Number.isInteger(size / heads))) {
    throw context.fail(
      `input [${input.shape.join(', ')}], weights [${weights.shape.join(', ')}] with ${heads} heads`,
      '[batch, positions, inputs] and [inputs, Q + K + V], each a multiple of num_heads',
    );
  }
  const isCached = context.optional(4) !== undefined || context.asks(1);
  if (isCached && values !== keys) throw context.fail(`a cache of keys of ${keys} and values of ${values}`, 'keys and values of one size in one cache');
  const result = context.define(0, [batch, rows, values], input.type, ['B', 'Y', 'C']);
  const packed = project(context, input, weights);
  const part = (offset: number): Projected => ({ value: packed, offset });
  const sizes = { headSize: queries / heads, valueSize: values / heads };
  const cache = { batch, heads, rows, size: sizes.headSize, type: input.type };
  const { key, value } = isCached
    ? appendedPair(context, packed, queries, { past: 4, present: 1 }, cache)
    : { key: part(queries), value: part(queries + keys) };
  const shape = { batch, rows, columns: sizeAlong(key, 'Y'), heads, keyHeads: heads, ...sizes };
  emitAttention(context, { ...shape, query: part(0), key, value, mask: context.optional(5) }, result);
}

function project(context: NodeContext, input: Value, weights: Value): Value {
  const [batch, rows, inputs] = input.shape as [number, number, number];
  const shape = [batch, rows, weights.shape[1]!];
  const product = context.internal('projected', shape, input.type, ['B', 'Y', 'C']);
  const [b, y, c] = context.dims(input, ['B', 'Y', 'C']) as [string, string, string];
  const [from, to] = context.dims(weights, ['C', 'K']) as [string, string];
  context.emit({
    operator: 'matmul',
    class: 'mac',
    suffix: 'projection',
    loops: { B: batch, OY: rows, K: shape[2]!, C: inputs },
    operands: [
      { name: 'I', value: input, map: indexMap([along(b, 'B'), along(y, 'OY'), along(c, 'C')]) },
      { name: 'W', value: weights, map: indexMap([along(from, 'C'), along(to, 'K')]) },
      output(context, product),
    ],
    opsPerPoint: 2,
  });
  const bias = context.optional(2);
  if (bias === undefined) return product;
  const biased = context.internal('biased', shape, input.type, ['B', 'Y', 'C']);
  context.emit({
    operator: 'add',
    class: 'vector',
    suffix: 'bias',
    loops: loopsOver(context, biased),
    operands: [broadcast(context, product, biased), broadcast(context, bias, biased), output(context, biased)],
    opsPerPoint: 1,
  });
  return biased;
}
