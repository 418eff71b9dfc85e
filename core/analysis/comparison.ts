import type { LayerResult, Performance, ResourceResult } from '../result/performance.js';

/** One quantity on both sides. */
export interface ComparedValue {
  readonly estimated: number;
  readonly simulated: number;
  /** estimated - simulated. */
  readonly difference: number;
  /** (estimated - simulated) / simulated: negative when the estimate was too optimistic. Undefined when nothing was simulated. */
  readonly relativeError: number | undefined;
}

export interface ComparedLayer {
  readonly layer: string;
  readonly operator: string;
  readonly cycles: ComparedValue;
  /** Cycles of compute alone, and what is left: the waiting. */
  readonly computeCycles: ComparedValue;
  readonly waitingCycles: ComparedValue;
  readonly energyPj?: ComparedValue;
  readonly bytes: Readonly<Record<string, ComparedValue>>;
}

export interface ComparedResource {
  readonly resource: string;
  readonly kind: string;
  readonly busyCycles: ComparedValue;
  readonly bytesRead?: ComparedValue;
  readonly bytesWritten?: ComparedValue;
  readonly energyPj?: ComparedValue;
}

export interface PerformanceComparison {
  readonly cycles: ComparedValue;
  readonly seconds: ComparedValue;
  readonly energyPj?: ComparedValue;
  /** Layers of both, in the order of the simulation. */
  readonly layers: readonly ComparedLayer[];
  readonly resources: readonly ComparedResource[];
  /** Layers and resources that only one side knows. */
  readonly onlyEstimated: readonly string[];
  readonly onlySimulated: readonly string[];
}

/** An estimate and a simulation side by side, with signed errors. */
export function comparePerformance(estimate: Performance, simulation: Performance): PerformanceComparison {
  const layers = pairs(estimate.layers, simulation.layers, (layer) => layer.layer);
  const resources = pairs(estimate.resources, simulation.resources, (resource) => resource.resource);
  return {
    cycles: compareValue(estimate.cycles, simulation.cycles),
    seconds: compareValue(estimate.seconds, simulation.seconds),
    ...optional('energyPj', estimate.energyPj, simulation.energyPj),
    layers: layers.both.map(([a, b]) => compareLayer(a, b)),
    resources: resources.both.map(([a, b]) => compareResource(a, b)),
    onlyEstimated: [...layers.onlyFirst, ...resources.onlyFirst],
    onlySimulated: [...layers.onlySecond, ...resources.onlySecond],
  };
}

export function compareValue(estimated: number, simulated: number): ComparedValue {
  const difference = estimated - simulated;
  const relativeError = simulated === 0 ? (estimated === 0 ? 0 : undefined) : difference / simulated;
  return { estimated, simulated, difference, relativeError };
}

function compareLayer(a: LayerResult, b: LayerResult): ComparedLayer {
  const bytes: Record<string, ComparedValue> = {};
  for (const memory of Object.keys(b.bytes ?? {})) {
    if (a.bytes?.[memory] !== undefined) bytes[memory] = compareValue(a.bytes[memory], b.bytes?.[memory] ?? 0);
  }
  return {
    layer: b.layer,
    operator: b.operator,
    cycles: compareValue(a.cycles, b.cycles),
    computeCycles: compareValue(a.computeCycles, b.computeCycles),
    waitingCycles: compareValue(a.cycles - a.computeCycles, b.cycles - b.computeCycles),
    ...optional('energyPj', a.energyPj, b.energyPj),
    bytes,
  };
}

function compareResource(a: ResourceResult, b: ResourceResult): ComparedResource {
  return {
    resource: b.resource,
    kind: b.kind,
    busyCycles: compareValue(a.busyCycles, b.busyCycles),
    ...optional('bytesRead', a.bytesRead, b.bytesRead),
    ...optional('bytesWritten', a.bytesWritten, b.bytesWritten),
    ...optional('energyPj', a.energyPj, b.energyPj),
  };
}

function optional<Name extends string>(name: Name, a: number | undefined, b: number | undefined): { readonly [key in Name]?: ComparedValue } {
  if (a === undefined || b === undefined) return {};
  return { [name]: compareValue(a, b) } as { readonly [key in Name]?: ComparedValue };
}

function pairs<Item>(first: readonly Item[], second: readonly Item[], keyOf: (item: Item) => string) {
  const byKey = new Map(first.map((item) => [keyOf(item), item]));
  const both: (readonly [Item, Item])[] = [];
  const onlySecond: string[] = [];
  for (const item of second) {
    const partner = byKey.get(keyOf(item));
    if (partner === undefined) onlySecond.push(keyOf(item));
    else both.push([partner, item]);
    byKey.delete(keyOf(item));
  }
  return { both, onlyFirst: [...byKey.keys()], onlySecond };
}
