import type { RegionMap } from 'tessera-sim';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, sum, whole } from './maps.js';

/** Queries, keys or values: a tensor, or the part of its last dimension that begins at `offset`. */
export interface Projected {
  readonly value: Value;
  readonly offset?: number;
}

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
}

/** Attention as its three layers: scores, softmax, weighted sum. Heads are `G`; fewer key heads are shared (grouped queries). */
export function emitAttention(context: NodeContext, heads: Heads, result: Value): void {
  const { batch, query, rows, columns, valueSize } = heads;
  const { type } = query.value;
  const scores = context.internal('scores', [batch, heads.heads, rows, columns], type, ['B', 'G', 'Y', 'C']);
  const weights = context.internal('weights', scores.shape, type, ['B', 'G', 'Y', 'C']);
  const share = heads.heads / heads.keyHeads;
  const plain = indexMap([along('B', 'B'), along('G', 'G'), along('Y', 'OY'), along('C', 'K')]);
  const space = { B: batch, G: heads.heads, OY: rows };
  context.emit({
    operator: 'matmul',
    class: 'mac',
    suffix: 'scores',
    loops: { ...space, K: columns, C: heads.headSize },
    operands: [
      { name: 'I', value: query.value, map: headMap(context, query, 'OY', 'C', heads.headSize, 1) },
      { name: 'I2', value: heads.key.value, map: headMap(context, heads.key, 'K', 'C', heads.headSize, share) },
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
      { name: 'I2', value: heads.value.value, map: headMap(context, heads.value, 'C', 'K', valueSize, share) },
      { name: 'O', value: result, output: true, map: headMap(context, { value: result }, 'OY', 'K', valueSize, 1) },
    ],
    opsPerPoint: 2,
  });
}

/** [B, position, head * size] or [B, head, position, size]; `share` query heads use one head of the tensor. */
function headMap(context: NodeContext, { value, offset = 0 }: Projected, row: string, column: string, size: number, share: number): RegionMap {
  const head = { loop: 'G', coefficient: 1, ...(share === 1 ? {} : { divisor: share }) };
  if (value.shape.length === 4) {
    const [b, g, y, c] = context.dims(value, ['B', 'G', 'Y', 'C']) as [string, string, string, string];
    return indexMap([along(b, 'B'), sum(g, [head]), along(y, row), along(c, column)]);
  }
  const [b, y, c] = context.dims(value, ['B', 'Y', 'C']) as [string, string, string];
  if (share === 1)
    return indexMap([
      along(b, 'B'),
      along(y, row),
      sum(
        c,
        [
          { loop: 'G', coefficient: size },
          { loop: column, coefficient: 1 },
        ],
        offset,
      ),
    ]);
  // floor(G / share) * size as one term would floor after multiplying: every head of the tensor may be meant.
  return indexMap([along(b, 'B'), along(y, row), whole(c, value.shape[2]!)]);
}
