import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { emitAttention } from './attention-layers.js';
import { groupQueryAttention, packedAttention } from './fused-attention.js';
import { orderOf, sizeAlong, type Projected } from './heads.js';
import { appended } from './key-value-cache.js';
import { along, indexMap, whole } from './maps.js';

/** Where an operator has what is optional: inputs and outputs by number. */
interface AttentionSlots {
  readonly mask: number;
  readonly pastKey: number;
  readonly pastValue: number;
  readonly scores: number;
}

const SLOTS: Readonly<Record<string, AttentionSlots>> = {
  Attention: { mask: 3, pastKey: 4, pastValue: 5, scores: 3 },
  MultiHeadAttention: { mask: 5, pastKey: 6, pastValue: 7, scores: 3 },
};

/** Scaled dot-product attention in one node: ONNX Attention of opset 23, ONNX Runtime's MultiHeadAttention. */
const attention: OperatorReader = (context) => {
  if (context.node.domain === 'com.microsoft' && context.op === 'Attention') return packedAttention(context);
  const slots = SLOTS[context.op]!;
  const parts = readParts(context);
  const { query, heads, keyHeads, headSize, valueSize } = parts;
  const batch = sizeAlong(query, 'B');
  const rows = sizeAlong(query, 'Y');
  const { type } = query.value;
  const isFlat = !orderOf(query).includes('G') || query.value.shape.length === 5;
  const shape = isFlat ? [batch, rows, heads * valueSize] : [batch, heads, rows, valueSize];
  const result = context.define(0, shape, type, isFlat ? ['B', 'Y', 'C'] : ['B', 'G', 'Y', 'C']);
  const fresh = { batch, heads: keyHeads, rows: sizeAlong(parts.key, 'Y'), type };
  const key = appended(context, { name: 'key', fresh: parts.key, past: slots.pastKey, present: 1 }, { ...fresh, size: headSize });
  const value = appended(context, { name: 'value', fresh: parts.value, past: slots.pastValue, present: 2 }, { ...fresh, size: valueSize });
  const columns = sizeAlong(key, 'Y');
  if (sizeAlong(value, 'Y') !== columns)
    throw context.fail(`${columns} keys and ${sizeAlong(value, 'Y')} values, with their past`, 'as many keys as values: past_key and past_value, or neither');
  const scoresOutput = context.asks(slots.scores) ? ({ index: slots.scores, of: scoresKind(context) } as const) : undefined;
  const mask = context.optional(slots.mask);
  emitAttention(context, { batch, query, key, value, heads, keyHeads, rows, columns, headSize, valueSize, mask, scoresOutput }, result);
};

/** `qk_matmul_output_mode` 3 is what softmax makes; the others are the scores, scaled, masked and capped in place. */
function scoresKind(context: NodeContext): 'scores' | 'weights' {
  return context.attributes.int('qk_matmul_output_mode', 0) === 3 ? 'weights' : 'scores';
}

interface Parts {
  readonly query: Projected;
  readonly key: Projected;
  readonly value: Projected;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly valueSize: number;
}

/** [B, position, head, part, size]: queries, keys and values (or keys and values) packed into one tensor. */
const PACKED = ['B', 'Y', 'G', 'P', 'C'] as const;

function readParts(context: NodeContext): Parts {
  const first = context.input(0);
  const packed = (value: Value, part: number): Projected => ({ value, order: PACKED, part });
  const query: Projected = first.shape.length === 5 ? packed(first, 0) : { value: first };
  const second = first.shape.length === 5 ? undefined : context.input(1);
  const key: Projected = second === undefined ? packed(first, 1) : second.shape.length === 5 ? packed(second, 0) : { value: second };
  const value: Projected = second === undefined ? packed(first, 2) : second.shape.length === 5 ? packed(second, 1) : { value: context.input(2) };
  const stated = context.attributes.int('q_num_heads', context.attributes.int('num_heads', 0));
  const heads = orderOf(query).includes('G') ? sizeAlong(query, 'G') : stated;
  const keyHeads = orderOf(key).includes('G') ? sizeAlong(key, 'G') : context.attributes.int('kv_num_heads', heads);
  const sizeOfHead = (projected: Projected, count: number): number =>
    orderOf(projected).includes('G') ? sizeAlong(projected, 'C') : sizeAlong(projected, 'C') / count;
  const headSize = sizeOfHead(query, heads);
  const valueSize = sizeOfHead(value, keyHeads);
  const all = [query, key, value];
  const fits =
    all.every((each) => each.value.shape.length === orderOf(each).length && sizeAlong(each, 'B') === first.shape[0]) &&
    [headSize, valueSize].every((size) => Number.isInteger(size) && size >= 1) &&
    heads % keyHeads === 0 &&
    sizeOfHead(key, keyHeads) === headSize &&
    sizeAlong(key, 'Y') === sizeAlong(value, 'Y');
  if (fits) return { query, key, value, heads, keyHeads, headSize, valueSize };
  throw context.fail(
    `${all.map((each, index) => `${'QKV'[index]} [${each.value.shape.join(', ')}]`).join(', ')} with ${heads} and ${keyHeads} heads`,
    'three tensors [batch, positions, heads * size] or [batch, heads, positions, size]',
  );
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
