import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';
import { headMap, type Projected } from './heads.js';
import { along, indexMap, whole } from './maps.js';

export interface Heads {
  readonly batch: number;
  readonly query: Projected;
  readonly key: Projected;
  readonly value: Projected;
  readonly heads: number;
  readonly keyHeads: number;
  readonly rows: number;
  readonly columns: number;
  readonly headSize: number;
  readonly valueSize: number;
  /** Added to the scores. */
  readonly mask?: Value | undefined;
  /** Outputs of the node that are the scores, or the weights that softmax makes of them. */
  readonly scoresOutput?: { readonly index: number; readonly of: 'scores' | 'weights' } | undefined;
}

/** Attention as its three layers: scores, softmax, weighted sum. Heads are `G`; fewer key heads are shared (grouped queries). */
export function emitAttention(context: NodeContext, heads: Heads, result: Value): void {
  const { batch, query, rows, columns, valueSize } = heads;
  const { type } = query.value;
  const square = (name: 'scores' | 'weights'): Value => {
    const [shape, dims] = [
      [batch, heads.heads, rows, columns],
      ['B', 'G', 'Y', 'C'],
    ] as const;
    const asked = heads.scoresOutput;
    return asked?.of === name ? context.define(asked.index, shape, type, dims) : context.internal(name, shape, type, dims);
  };
  const scores = square('scores');
  const weights = square('weights');
  const share = heads.heads / heads.keyHeads;
  const plain = indexMap([along('B', 'B'), along('G', 'G'), along('Y', 'OY'), along('C', 'K')]);
  const space = { B: batch, G: heads.heads, OY: rows };
  context.emit({
    operator: 'matmul',
    class: 'mac',
    suffix: 'scores',
    loops: { ...space, K: columns, C: heads.headSize },
    operands: [
      { name: 'I', value: query.value, map: headMap(context, query, heads.headSize, { row: 'OY', column: 'C' }) },
      { name: 'I2', value: heads.key.value, map: headMap(context, heads.key, heads.headSize, { row: 'K', column: 'C', share }) },
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
      ...(heads.mask === undefined ? [] : [maskOperand(context, heads.mask, scores)]),
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
      { name: 'I2', value: heads.value.value, map: headMap(context, heads.value, valueSize, { row: 'C', column: 'K', share }) },
      { name: 'O', value: result, output: true, map: headMap(context, { value: result }, valueSize, { row: 'OY', column: 'K' }) },
    ],
    opsPerPoint: 2,
  });
}

/** What is added to the scores, broadcast from the last dimension; every weight needs its row whole. */
function maskOperand(context: NodeContext, mask: Value, scores: Value): OperandDraft {
  const ahead = scores.shape.length - mask.shape.length;
  const fits = ahead >= 0 && mask.shape.every((size, d) => size === 1 || size === scores.shape[d + ahead] || (d + ahead === 3 && size < scores.shape[3]!));
  if (!fits) throw context.fail(`the mask '${mask.name}' [${mask.shape.join(', ')}] does not fit`, `a shape that broadcasts to [${scores.shape.join(', ')}]`);
  const loops = ['B', 'G', 'OY', 'K'];
  const map = context.dims(mask, ['B', 'G', 'Y', 'C'].slice(ahead)).map((dim, d) => {
    if (d + ahead === 3) return whole(dim, mask.shape[d]!);
    return mask.shape[d] === 1 ? { dim, terms: [] } : along(dim, loops[d + ahead]!);
  });
  return { value: mask, map: indexMap(map) };
}
