import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';
import { headMap, type Projected } from './heads.js';
import { along, direct, indexMap, loopsOver, sum } from './maps.js';

/** Sizes of what is appended to a cache. */
export interface CacheShape {
  readonly batch: number;
  readonly heads: number;
  /** New positions. */
  readonly rows: number;
  readonly size: number;
  readonly type: number;
}

/** Keys or values of one attention node, and where its cache stands among the inputs and outputs. */
export interface CacheEntry {
  readonly name: 'key' | 'value';
  readonly fresh: Projected;
  readonly past: number;
  readonly present: number;
  /** A runtime that shares one buffer declares past and present of one length: then the new positions are its last ones. */
  readonly mayShareBuffer?: boolean;
}

const DIMS = ['B', 'G', 'Y', 'C'] as const;

/** The cache [B, head, position, size] with the new positions behind the past ones; what is new itself where there is no cache. */
export function appended(context: NodeContext, entry: CacheEntry, shape: CacheShape): Projected {
  const { batch, heads, rows, size, type } = shape;
  const past = context.optional(entry.past);
  if (past === undefined && !context.asks(entry.present)) return entry.fresh;
  const pastRows = past === undefined ? 0 : checkedPast(context, past, [batch, heads, undefined, size]);
  const declared = entry.mayShareBuffer === true ? (context.declared(entry.present)?.[2] ?? 0) : 0;
  const total = declared < rows ? pastRows + rows : declared;
  const result = present(context, entry.present, `${entry.name}.cache`, [batch, heads, total, size], type, DIMS);
  const before: OperandDraft[] =
    past === undefined ? [] : [{ value: past, map: indexMap(context.dims(past, DIMS).map((dim, d) => along(dim, ['B', 'G', 'OY', 'K'][d]!))) }];
  emitAppend(context, `${entry.name}.append`, result, [
    ...before,
    { value: entry.fresh.value, map: headMap(context, entry.fresh, size, { row: 'OY', column: 'K', rowOffset: rows - total }) },
  ]);
  return { value: result };
}

/**
 * Keys and values in one cache [2, B, head, position, size], the new ones side by side in the last dimension of one tensor, from
 * `offset` on.
 */
export function appendedPair(
  context: NodeContext,
  fresh: Value,
  offset: number,
  indices: { readonly past: number; readonly present: number },
  shape: CacheShape,
) {
  const { batch, heads, rows, size, type } = shape;
  const order = ['P', 'B', 'G', 'Y', 'C'] as const;
  const past = context.optional(indices.past);
  const pastRows = past === undefined ? 0 : checkedPast(context, past, [2, batch, heads, undefined, size]);
  const result = present(context, indices.present, 'cache', [2, batch, heads, pastRows + rows, size], type, order);
  const [b, y, c] = context.dims(fresh, ['B', 'Y', 'C']) as [string, string, string];
  const channel = [
    { loop: 'P', coefficient: heads * size },
    { loop: 'G', coefficient: size },
    { loop: 'K', coefficient: 1 },
  ];
  const before: OperandDraft[] =
    past === undefined ? [] : [{ value: past, map: indexMap(context.dims(past, order).map((dim, d) => along(dim, ['P', 'B', 'G', 'OY', 'K'][d]!))) }];
  emitAppend(context, 'cache.append', result, [
    ...before,
    { value: fresh, map: indexMap([along(b, 'B'), along(y, 'OY', 1, -pastRows), sum(c, channel, offset)]) },
  ]);
  return { key: { value: result, order, part: 0 }, value: { value: result, order, part: 1 } } satisfies Record<string, Projected>;
}

function present(context: NodeContext, index: number, name: string, shape: readonly number[], type: number, dims: readonly string[]): Value {
  return context.asks(index) ? context.define(index, shape, type, dims) : context.internal(name, shape, type, dims);
}

/** Positions of a past, whose other sizes must be these. */
function checkedPast(context: NodeContext, past: Value, wanted: readonly (number | undefined)[]): number {
  const open = wanted.indexOf(undefined);
  if (past.shape.length === wanted.length && wanted.every((size, d) => size === undefined || size === past.shape[d])) return past.shape[open]!;
  throw context.fail(`the past '${past.name}' [${past.shape.join(', ')}] does not fit`, `[${wanted.map((size) => size ?? 'positions').join(', ')}]`);
}

function emitAppend(context: NodeContext, suffix: string, result: Value, inputs: readonly OperandDraft[]): void {
  context.emit({
    operator: 'concat',
    class: 'move',
    suffix,
    loops: loopsOver(context, result),
    operands: [...inputs, { name: 'O', value: result, output: true, map: direct(context, result) }],
    opsPerPoint: 0,
  });
}
