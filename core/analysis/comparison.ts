/**
 * The one comparison of two performances: of an estimate with a simulation, of a result with another, of a simulated number
 * with a reference record. One side is the reference; every difference is `value - reference`, so that a positive one
 * always says: more than the reference.
 */
import { isPartial, type RunEnding } from '../result/partial.js';
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

/** How two quantities are laid side by side: with what lies between them, or without. */
type Compare = (value: number | undefined, reference: number | undefined) => ComparedValue;

/**
 * Two performances side by side; `value` is absent where there is nothing to hold against the reference.
 *
 * @param comparable false when one side is of a part of a run: both are told, and nothing of what lies between them.
 */
export function comparePerformance(value: Performance | undefined, reference: Performance, comparable = true): PerformanceComparison {
  const compare: Compare = comparable ? compareValue : sideBySide;
  const layers = pairsOf(value?.layers ?? [], reference.layers, ({ layer }) => layer);
  const resources = pairsOf(value?.resources ?? [], reference.resources, ({ resource }) => resource);
  return {
    cycles: compare(value?.cycles, reference.cycles),
    seconds: compare(value?.seconds, reference.seconds),
    energyPj: compare(value?.energyPj, reference.energyPj),
    layers: layers.map((layer) => compareLayer(layer, compare)),
    resources: resources.map((resource) => compareResource(resource, compare)),
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

function sideBySide(value: number | undefined, reference: number | undefined): ComparedValue {
  return { value, reference, difference: undefined, relativeError: undefined };
}

function compareLayer({ name, value, reference }: Pair<LayerResult>, compare: Compare): ComparedLayer {
  const known = (reference ?? value)!;
  const shared = Object.keys(reference?.bytes ?? {}).filter((memory) => value?.bytes?.[memory] !== undefined);
  return {
    layer: name,
    operator: known.operator,
    macs: known.macs,
    ...(value === undefined ? {} : { value }),
    ...(reference === undefined ? {} : { reference }),
    cycles: compare(value?.cycles, reference?.cycles),
    computeCycles: compare(value?.computeCycles, reference?.computeCycles),
    waitingCycles: compare(waitingOf(value), waitingOf(reference)),
    energyPj: compare(value?.energyPj, reference?.energyPj),
    bytes: Object.fromEntries(shared.map((memory) => [memory, compare(value?.bytes?.[memory], reference?.bytes?.[memory])])),
  };
}

function waitingOf(layer: LayerResult | undefined): number | undefined {
  return layer === undefined ? undefined : layer.cycles - layer.computeCycles;
}

function compareResource({ name, value, reference }: Pair<ResourceResult>, compare: Compare): ComparedResource {
  return {
    resource: name,
    kind: (reference ?? value)!.kind,
    busyCycles: compare(value?.busyCycles, reference?.busyCycles),
    bytesRead: compare(value?.bytesRead, reference?.bytesRead),
    bytesWritten: compare(value?.bytesWritten, reference?.bytesWritten),
    energyPj: compare(value?.energyPj, reference?.energyPj),
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

/** A simulation, and the estimate of it if there is one. The estimate is of the whole run: of one that was cut short, nothing is compared. */
export interface EstimatedRun extends RunEnding {
  readonly simulation: Performance;
  readonly estimate?: Performance | undefined;
}

/** An estimate against the simulation, which is the reference. */
export function compareEstimate(run: EstimatedRun): PerformanceComparison {
  return comparePerformance(run.estimate, run.simulation, !isPartial(run));
}

/** Relative error of the estimated total: negative when the estimate is too fast. Undefined without an estimate, and for a part of a run. */
export function estimateError(run: EstimatedRun): number | undefined {
  const { estimate, simulation } = run;
  return estimate === undefined || isPartial(run) ? undefined : relativeError(estimate.cycles, simulation.cycles);
}
