import type { IndexExpression, RegionMap } from 'tessera-sim';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, sum, whole } from './maps.js';

/** What a dimension of queries, keys or values is: batch, head, position, element of the head (of all heads where there is no `G`), part. */
type HeadDim = 'B' | 'G' | 'Y' | 'C' | 'P';

/** Queries, keys or values: a tensor, or a part of one. */
export interface Projected {
  readonly value: Value;
  /** [B, position, head * size] or [B, head, position, size] when absent, by its rank. */
  readonly order?: readonly HeadDim[];
  /** Of a tensor with a dimension of parts (queries, keys, values): which one. */
  readonly part?: number;
  /** Where the part begins in a last dimension that holds several. */
  readonly offset?: number;
}

/** Which loops run over the positions and over the elements of a head. */
export interface HeadLoops {
  readonly row: string;
  readonly column: string;
  /** Position of row 0: negative where other positions lie before. */
  readonly rowOffset?: number;
  /** As many query heads use one head of the tensor. */
  readonly share?: number;
}

export function orderOf({ value, order }: Projected): readonly HeadDim[] {
  return order ?? (value.shape.length === 4 ? ['B', 'G', 'Y', 'C'] : ['B', 'Y', 'C']);
}

/** Size of one of its dimensions. */
export function sizeAlong(projected: Projected, dim: HeadDim): number {
  return projected.value.shape[orderOf(projected).indexOf(dim)] ?? 1;
}

/** Where a tile over `B`, `G`, rows and columns lies in the tensor. */
export function headMap(context: NodeContext, projected: Projected, size: number, { row, column, rowOffset = 0, share = 1 }: HeadLoops): RegionMap {
  const { value, part = 0, offset = 0 } = projected;
  const order = orderOf(projected);
  const head = { loop: 'G', coefficient: 1, ...(share === 1 ? {} : { divisor: share }) };
  const place = (dim: string, role: HeadDim): IndexExpression => {
    if (role === 'B') return along(dim, 'B');
    if (role === 'G') return sum(dim, [head]);
    if (role === 'Y') return along(dim, row, 1, rowOffset);
    if (role === 'P') return sum(dim, [], part);
    if (order.includes('G')) return along(dim, column);
    // floor(G / share) * size as one term would floor after multiplying: every head of the tensor may be meant.
    if (share !== 1) return whole(dim, value.shape[order.length - 1]!);
    return sum(
      dim,
      [
        { loop: 'G', coefficient: size },
        { loop: column, coefficient: 1 },
      ],
      offset,
    );
  };
  return indexMap(context.dims(value, order).map((dim, d) => place(dim, order[d]!)));
}
