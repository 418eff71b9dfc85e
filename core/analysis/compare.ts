import type { Performance } from '../result/performance.js';

/** One line of a comparison; cycles of the reference clock. */
export interface ComparedLayer {
  readonly layer: string;
  readonly operator: string;
  readonly cyclesA?: number;
  readonly cyclesB?: number;
  /** (B - A) / A; absent when one side lacks the layer. */
  readonly difference?: number;
}

export interface Comparison {
  readonly titleA: string;
  readonly titleB: string;
  readonly total: { readonly cyclesA: number; readonly cyclesB: number; readonly difference: number };
  readonly layers: readonly ComparedLayer[];
}

/** Lays two performances side by side, layer by layer, in the order of A, then what only B has. */
export function comparePerformance(a: Performance, b: Performance, titleA: string, titleB: string): Comparison {
  const inB = new Map(b.layers.map((layer) => [layer.layer, layer]));
  const layers = a.layers.map((layer): ComparedLayer => {
    const other = inB.get(layer.layer);
    inB.delete(layer.layer);
    if (other === undefined) return { layer: layer.layer, operator: layer.operator, cyclesA: layer.cycles };
    return { layer: layer.layer, operator: layer.operator, cyclesA: layer.cycles, cyclesB: other.cycles, difference: relative(layer.cycles, other.cycles) };
  });
  const onlyB = [...inB.values()].map((layer): ComparedLayer => ({ layer: layer.layer, operator: layer.operator, cyclesB: layer.cycles }));
  return { titleA, titleB, total: { cyclesA: a.cycles, cyclesB: b.cycles, difference: relative(a.cycles, b.cycles) }, layers: [...layers, ...onlyB] };
}

function relative(a: number, b: number): number {
  return a === b ? 0 : (b - a) / Math.abs(a);
}
