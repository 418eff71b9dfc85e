import { comparePerformance, relativeError, type ComparedLayer } from './comparison.js';
import type { Performance } from '../result/performance.js';

/** One line of the document that `tessera compare --json` prints; cycles of the reference clock. */
export interface ComparisonLine {
  readonly layer: string;
  readonly operator: string;
  readonly cyclesA?: number;
  readonly cyclesB?: number;
  /** (B - A) / |A|; absent when one side lacks the layer. */
  readonly difference?: number;
}

export interface ComparisonDocument {
  readonly titleA: string;
  readonly titleB: string;
  readonly total: { readonly cyclesA: number; readonly cyclesB: number; readonly difference: number };
  /** Energies that both sides know, in picojoules. */
  readonly energy?: { readonly energyPjA: number; readonly energyPjB: number; readonly difference: number };
  /** In the order of A, then what only B has. */
  readonly layers: readonly ComparisonLine[];
}

/** Lays two performances side by side; A is the reference. */
export function comparisonDocument(a: Performance, b: Performance, titleA: string, titleB: string): ComparisonDocument {
  const { layers } = comparePerformance(b, a);
  return {
    titleA,
    titleB,
    total: { cyclesA: a.cycles, cyclesB: b.cycles, difference: relativeError(b.cycles, a.cycles) },
    ...energyOf(a, b),
    layers: layers.map(lineOf),
  };
}

function energyOf({ energyPj: energyPjA }: Performance, { energyPj: energyPjB }: Performance): Pick<ComparisonDocument, 'energy'> {
  if (energyPjA === undefined || energyPjB === undefined) return {};
  return { energy: { energyPjA, energyPjB, difference: relativeError(energyPjB, energyPjA) } };
}

function lineOf({ layer, operator, cycles: { reference, value, relativeError: difference } }: ComparedLayer): ComparisonLine {
  return {
    layer,
    operator,
    ...(reference === undefined ? {} : { cyclesA: reference }),
    ...(value === undefined ? {} : { cyclesB: value }),
    ...(difference === undefined ? {} : { difference }),
  };
}
