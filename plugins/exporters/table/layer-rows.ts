import type { LayerResult, RunResult } from 'tessera-sim';

/** One layer, predicted and measured; cycles of the reference clock. */
export interface LayerRow {
  readonly layer: string;
  readonly operator: string;
  readonly macs: number;
  readonly estimatedCycles?: number;
  readonly simulatedCycles?: number;
  /** (estimate - simulation) / simulation: negative when the estimate is too fast. */
  readonly error?: number;
  /** Cycles in which some core computed the layer. */
  readonly computeCycles?: number;
  readonly startCycle?: number;
  readonly endCycle?: number;
}

/** All layers that either side names: the simulated ones in their order, then those that only the estimate knows. */
export function layerRows(result: RunResult): LayerRow[] {
  const estimated = new Map((result.estimate?.layers ?? []).map((layer) => [layer.layer, layer]));
  const rows = result.simulation.layers.map((layer) => rowOf(estimated.get(layer.layer), layer));
  const simulated = new Set(result.simulation.layers.map((layer) => layer.layer));
  for (const layer of estimated.values()) if (!simulated.has(layer.layer)) rows.push(rowOf(layer, undefined));
  return rows;
}

function rowOf(estimate: LayerResult | undefined, simulation: LayerResult | undefined): LayerRow {
  const named = simulation ?? estimate;
  if (named === undefined) throw new RangeError('a layer row needs one side at least');
  return {
    layer: named.layer,
    operator: named.operator,
    macs: named.macs,
    ...(estimate === undefined ? {} : { estimatedCycles: estimate.cycles }),
    ...(simulation === undefined ? {} : simulatedPart(simulation)),
    ...errorPart(estimate?.cycles, simulation?.cycles),
  };
}

function simulatedPart(layer: LayerResult): Partial<LayerRow> {
  return {
    simulatedCycles: layer.cycles,
    computeCycles: layer.computeCycles,
    ...(layer.startCycle === undefined ? {} : { startCycle: layer.startCycle }),
    ...(layer.endCycle === undefined ? {} : { endCycle: layer.endCycle }),
  };
}

function errorPart(estimate: number | undefined, simulation: number | undefined): { error?: number } {
  const error = relativeError(estimate, simulation);
  return error === undefined ? {} : { error };
}

/** (estimate - simulation) / simulation; undefined when a side is missing or the simulation took no time. */
export function relativeError(estimate: number | undefined, simulation: number | undefined): number | undefined {
  if (estimate === undefined || simulation === undefined || simulation === 0) return undefined;
  return (estimate - simulation) / simulation;
}
