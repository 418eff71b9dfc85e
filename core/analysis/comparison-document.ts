import { comparePerformance, type ComparedLayer, type ComparedValue } from './comparison.js';
import { compareRuns } from './faster-run.js';
import type { SlowerCause } from './slower-causes.js';
import type { RunResult } from '../result/run-result.js';
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
  /** The difference is absent when one side is a part of a run. */
  readonly total: { readonly cyclesA: number; readonly cyclesB: number; readonly difference?: number };
  /** Energies that both sides know, in picojoules. */
  readonly energy?: { readonly energyPjA: number; readonly energyPjB: number; readonly difference?: number };
  /** In the order of A, then what only B has. */
  readonly layers: readonly ComparisonLine[];
}

/**
 * Lays two performances side by side; A is the reference.
 *
 * @param comparable false when one of them is of a part of a run
 */
export function comparisonDocument(a: Performance, b: Performance, titleA: string, titleB: string, comparable = true): ComparisonDocument {
  const { layers, cycles, energyPj } = comparePerformance(b, a, comparable);
  const { energyPj: energyPjA } = a;
  const { energyPj: energyPjB } = b;
  return {
    titleA,
    titleB,
    total: { cyclesA: a.cycles, cyclesB: b.cycles, ...differenceOf(cycles) },
    ...(energyPjA === undefined || energyPjB === undefined ? {} : { energy: { energyPjA, energyPjB, ...differenceOf(energyPj) } }),
    layers: layers.map(lineOf),
  };
}

function differenceOf({ relativeError: difference }: ComparedValue): { difference?: number } {
  return difference === undefined ? {} : { difference };
}

function lineOf({ layer, operator, cycles }: ComparedLayer): ComparisonLine {
  const { reference, value } = cycles;
  return {
    layer,
    operator,
    ...(reference === undefined ? {} : { cyclesA: reference }),
    ...(value === undefined ? {} : { cyclesB: value }),
    ...differenceOf(cycles),
  };
}

/** Which of two runs is slower, and by which mechanisms. */
export interface SlowerRun {
  readonly slower: 'A' | 'B';
  readonly causes: readonly SlowerCause[];
}

/** Undefined when one is no run of a schedule, or when neither is slower than the other. */
export function slowerRun(a: RunResult | undefined, b: RunResult | undefined): SlowerRun | undefined {
  if (a?.kind !== 'schedule' || b?.kind !== 'schedule') return undefined;
  const [comparison] = compareRuns([a, b]);
  return comparison?.verdict === 'faster' ? { slower: comparison.slower === a ? 'A' : 'B', causes: comparison.causes } : undefined;
}
