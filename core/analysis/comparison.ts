/**
 * The one comparison of two performances: of an estimate with a simulation, of a result with another, of a simulated number
 * with a reference record. One side is the reference; every difference is `value - reference`, so that a positive one
 * always says: more than the reference.
 */
import type { LayerResult, Performance, ResourceResult } from '../result/performance.js';

/** `scale` of `relativeError` for an error in per cent. */
export const PERCENT = 100;

/**
 * (value - reference) / |reference|: negative when the value is too small.
 *
 * Of a zero reference nothing is a share. Equal values (0 and 0 too) differ by 0; against a zero reference every other value is
 * infinitely far off, with its sign, so that no tolerance admits it. NaN on either side gives NaN.
 *
 * @param scale 1 for a fraction, `PERCENT` for per cent. It is multiplied in before the division, so that 7 of 100 are exactly 7 %.
 */
export function relativeError(value: number, reference: number, scale = 1): number {
  if (value === reference) return 0;
  return (scale * (value - reference)) / Math.abs(reference);
}

/** One quantity on both sides, in its own unit. A side that does not know it is undefined, and so is what follows from it. */
export interface ComparedValue {
  readonly value: number | undefined;
  readonly reference: number | undefined;
  /** value - reference. */
  readonly difference: number | undefined;
  /** See `relativeError`; a fraction. */
  readonly relativeError: number | undefined;
}

/** A layer that at least one side knows. */
export interface ComparedLayer {
  readonly layer: string;
  readonly operator: string;
  readonly macs: number;
  /** What each side says of it, whole. */
  readonly value?: LayerResult;
  readonly reference?: LayerResult;
  readonly cycles: ComparedValue;
  /** Cycles of compute alone, and what is left: the waiting. */
  readonly computeCycles: ComparedValue;
  readonly waitingCycles: ComparedValue;
  readonly energyPj: ComparedValue;
  /** By memory; those that both sides know. */
  readonly bytes: Readonly<Record<string, ComparedValue>>;
}

/** A block that at least one side knows. */
export interface ComparedResource {
  readonly resource: string;
  readonly kind: string;
  readonly busyCycles: ComparedValue;
  readonly bytesRead: ComparedValue;
  readonly bytesWritten: ComparedValue;
  readonly energyPj: ComparedValue;
}

/** Names that only one side knows. */
export interface OneSided {
  readonly layers: readonly string[];
  readonly resources: readonly string[];
}

export interface PerformanceComparison {
  readonly cycles: ComparedValue;
  readonly seconds: ComparedValue;
  readonly energyPj: ComparedValue;
  /** Layers of either side: those of the reference in its order, then what only the other one has. */
  readonly layers: readonly ComparedLayer[];
  readonly resources: readonly ComparedResource[];
  readonly onlyInValue: OneSided;
  readonly onlyInReference: OneSided;
}

/** Two performances side by side; `value` is absent where there is nothing to hold against the reference. */
export function comparePerformance(value: Performance | undefined, reference: Performance): PerformanceComparison {
  const layers = pairsOf(value?.layers ?? [], reference.layers, ({ layer }) => layer);
  const resources = pairsOf(value?.resources ?? [], reference.resources, ({ resource }) => resource);
  return {
    cycles: compareValue(value?.cycles, reference.cycles),
    seconds: compareValue(value?.seconds, reference.seconds),
    energyPj: compareValue(value?.energyPj, reference.energyPj),
    layers: layers.map(compareLayer),
    resources: resources.map(compareResource),
    onlyInValue: { layers: oneSided(layers, 'reference'), resources: oneSided(resources, 'reference') },
    onlyInReference: { layers: oneSided(layers, 'value'), resources: oneSided(resources, 'value') },
  };
}

/** One quantity on both sides. */
export function compareValue(value: number | undefined, reference: number | undefined): ComparedValue {
  const isKnown = value !== undefined && reference !== undefined;
  return {
    value,
    reference,
    difference: isKnown ? value - reference : undefined,
    relativeError: isKnown ? relativeError(value, reference) : undefined,
  };
}

function compareLayer({ name, value, reference }: Pair<LayerResult>): ComparedLayer {
  const known = (reference ?? value)!;
  const shared = Object.keys(reference?.bytes ?? {}).filter((memory) => value?.bytes?.[memory] !== undefined);
  return {
    layer: name,
    operator: known.operator,
    macs: known.macs,
    ...(value === undefined ? {} : { value }),
    ...(reference === undefined ? {} : { reference }),
    cycles: compareValue(value?.cycles, reference?.cycles),
    computeCycles: compareValue(value?.computeCycles, reference?.computeCycles),
    waitingCycles: compareValue(waitingOf(value), waitingOf(reference)),
    energyPj: compareValue(value?.energyPj, reference?.energyPj),
    bytes: Object.fromEntries(shared.map((memory) => [memory, compareValue(value?.bytes?.[memory], reference?.bytes?.[memory])])),
  };
}

function waitingOf(layer: LayerResult | undefined): number | undefined {
  return layer === undefined ? undefined : layer.cycles - layer.computeCycles;
}

function compareResource({ name, value, reference }: Pair<ResourceResult>): ComparedResource {
  return {
    resource: name,
    kind: (reference ?? value)!.kind,
    busyCycles: compareValue(value?.busyCycles, reference?.busyCycles),
    bytesRead: compareValue(value?.bytesRead, reference?.bytesRead),
    bytesWritten: compareValue(value?.bytesWritten, reference?.bytesWritten),
    energyPj: compareValue(value?.energyPj, reference?.energyPj),
  };
}

/** What the two sides say of one name; at least one of them says something. */
interface Pair<Item> {
  readonly name: string;
  readonly value: Item | undefined;
  readonly reference: Item | undefined;
}

function pairsOf<Item>(values: readonly Item[], references: readonly Item[], nameOf: (item: Item) => string): Pair<Item>[] {
  const left = new Map(values.map((item) => [nameOf(item), item]));
  const pairs = references.map((reference): Pair<Item> => {
    const name = nameOf(reference);
    const value = left.get(name);
    left.delete(name);
    return { name, value, reference };
  });
  return [...pairs, ...[...left].map(([name, value]): Pair<Item> => ({ name, value, reference: undefined }))];
}

function oneSided<Item>(pairs: readonly Pair<Item>[], missing: 'value' | 'reference'): string[] {
  return pairs.filter((pair) => pair[missing] === undefined).map(({ name }) => name);
}

/** A simulation, and the estimate of it if there is one. */
export interface EstimatedRun {
  readonly simulation: Performance;
  readonly estimate?: Performance | undefined;
}

/** An estimate against the simulation, which is the reference. */
export function compareEstimate({ estimate, simulation }: EstimatedRun): PerformanceComparison {
  return comparePerformance(estimate, simulation);
}

/** Relative error of the estimated total: negative when the estimate is too fast. Undefined without an estimate. */
export function estimateError({ estimate, simulation }: EstimatedRun): number | undefined {
  return estimate === undefined ? undefined : relativeError(estimate.cycles, simulation.cycles);
}
