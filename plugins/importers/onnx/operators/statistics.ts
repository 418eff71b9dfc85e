import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap, loopOf, reducedLoopOf, whole } from './maps.js';

/** Sums over some axes of a tensor, and what is made of them. */
export interface Statistics {
  readonly input: Value;
  /** Axes that are summed over. */
  readonly reduced: readonly number[];
  /** Values of one shape: that of the input with the summed axes of size 1, or without them. */
  readonly results: readonly Value[];
  /** What else is read: running means. */
  readonly parameters?: readonly OperandDraft[];
  /** Operations an element of the input. */
  readonly ops: number;
}

/**
 * Means, variances and the like as a layer of their own: they are complete when all of the summed axes has been read, while the
 * normalised values come element by element.
 */
export function emitStatistics(context: NodeContext, { input, reduced, results, parameters = [], ops }: Statistics): void {
  const dims = context.dims(input);
  const kept = dims.map((_, d) => d).filter((d) => !reduced.includes(d));
  const loopAt = (d: number): string => (reduced.includes(d) ? reducedLoopOf(dims[d]!) : loopOf(dims[d]!));
  const written = (value: Value, index: number): OperandDraft => {
    const isShort = value.shape.length < input.shape.length;
    const map = context.dims(value).map((dim, d) => {
      const from = isShort ? kept[d]! : d;
      return reduced.includes(from) ? whole(dim, 1) : along(dim, loopAt(from));
    });
    return { name: index === 0 ? 'O' : `O${index + 1}`, value, output: true, map: indexMap(map) };
  };
  context.emit({
    operator: 'statistics',
    class: 'vector',
    suffix: 'statistics',
    loops: Object.fromEntries([...kept, ...reduced].map((d) => [loopAt(d), input.shape[d]!])),
    operands: [{ name: 'I', value: input, map: indexMap(dims.map((dim, d) => along(dim, loopAt(d)))) }, ...parameters, ...results.map(written)],
    opsPerPoint: ops,
    attributes: { axes: reduced },
  });
}

/** Sizes of the statistics over some axes, which stay with size 1. */
export function statisticsShape(input: Value, reduced: readonly number[]): number[] {
  return input.shape.map((size, d) => (reduced.includes(d) ? 1 : size));
}
