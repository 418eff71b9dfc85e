import type { IndexExpression, IndexTerm, RegionMap } from 'tessera-sim';
import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';

const OUTPUT_LOOPS: Readonly<Record<string, string>> = { C: 'K', Y: 'OY', X: 'OX', Z: 'OZ' };
const REDUCED_LOOPS: Readonly<Record<string, string>> = { C: 'C', Y: 'FY', X: 'FX', Z: 'FZ' };

/** The loop over a dimension of an output. */
export function loopOf(dim: string): string {
  return OUTPUT_LOOPS[dim] ?? dim;
}

/** The loop over a dimension that is reduced away. */
export function reducedLoopOf(dim: string): string {
  return REDUCED_LOOPS[dim] ?? `R${dim}`;
}

/** `dim = coefficient * loop + offset`. */
export function along(dim: string, loop: string, coefficient = 1, offset = 0): IndexExpression {
  return { dim, terms: [{ loop, coefficient }], ...(offset === 0 ? {} : { offset }) };
}

export function sum(dim: string, terms: readonly IndexTerm[], offset = 0, window = 1): IndexExpression {
  return { dim, terms, ...(offset === 0 ? {} : { offset }), ...(window === 1 ? {} : { window }) };
}

/** Every point needs the whole dimension. */
export function whole(dim: string, size: number): IndexExpression {
  return { dim, terms: [], ...(size === 1 ? {} : { window: size }) };
}

export function indexMap(expressions: readonly IndexExpression[]): RegionMap {
  return { kind: 'index', expressions };
}

/** Loops over all dimensions of a value, in its order. */
export function loopsOver(context: NodeContext, value: Value): Record<string, number> {
  return Object.fromEntries(context.dims(value).map((dim, d) => [loopOf(dim), value.shape[d] ?? 1]));
}

/** The value is written (or read) element by element in the loops over its own dimensions. */
export function direct(context: NodeContext, value: Value): RegionMap {
  return indexMap(context.dims(value).map((dim) => along(dim, loopOf(dim))));
}

export function output(context: NodeContext, value: Value): OperandDraft {
  return { name: 'O', value, output: true, map: direct(context, value) };
}

/** An input that is broadcast, aligned at the last dimension, into the loops over `target`. */
export function broadcast(context: NodeContext, value: Value, target: Value): OperandDraft {
  const loops = context.dims(target).map(loopOf);
  const ahead = target.shape.length - value.shape.length;
  const dims = context.dims(value, context.dims(target).slice(Math.max(0, ahead)));
  const map = indexMap(
    dims.map((dim, d) => {
      const spread = value.shape[d] === 1 && target.shape[d + ahead] !== 1;
      return spread ? { dim, terms: [] } : along(dim, loops[d + ahead] ?? dim);
    }),
  );
  return { value, map };
}

/** Shape of several values under NumPy's broadcasting. */
export function broadcastShape(context: NodeContext, values: readonly Value[]): number[] {
  const rank = Math.max(0, ...values.map((value) => value.shape.length));
  return Array.from({ length: rank }, (_, d) => {
    let size = 1;
    for (const value of values) {
      const own = value.shape[d - rank + value.shape.length] ?? 1;
      if (own === 1 || own === size) continue;
      if (size !== 1) {
        const shapes = values.map((each) => `'${each.name}' [${each.shape.join(', ')}]`).join(' and ');
        throw context.fail(`${shapes} do not fit together`, 'shapes that are equal, or 1, dimension by dimension from the last');
      }
      size = own;
    }
    return size;
  });
}

/** Names for an output that looks like one of its inputs: those of the first input of its rank that has any. */
export function namesLike(context: NodeContext, shape: readonly number[], values: readonly Value[]): readonly string[] | undefined {
  const model = values.find((value) => !value.constant && value.shape.length === shape.length);
  return model === undefined ? undefined : context.dims(model);
}
