import {
  hasEnergyFigure,
  inReferenceCycles,
  pathsWithoutEnergy,
  type Estimate,
  type LayerResult,
  type MachineDescription,
  type ResourceResult,
} from 'tessera-sim';
import { LINKS, type Spending } from './expected-spending.js';
import { addTo, type HomeFacts, type LayerTally, type ScheduleTally } from './layer-tally.js';

/** Cycles that a layer or a group of layers keeps each resource busy. */
export type Demand = ReadonlyMap<string, number>;

/** How one estimator sees a layer. */
export interface LayerModel {
  /** Busy cycles of each resource, by block path. */
  demandOf(tally: LayerTally): Demand;
  /** Cycles of fill and drain around a group that begins with the first and ends with the last layer. */
  edgesOf(first: LayerTally, last: LayerTally): number;
  readonly estimator: string;
  readonly notes: readonly string[];
}

/**
 * Layers whose tiles interleave in the schedule (a fused stack) overlap: their demands add up resource by resource, and
 * the busiest resource gives the group's time. Groups follow one another.
 */
export function assembleEstimate({ layers, spending }: ScheduleTally, machine: MachineDescription, model: LayerModel): Estimate {
  const results: LayerResult[] = [];
  const busy = new Map<string, number>();
  let cycle = 0;
  for (const group of interleavedGroups(layers)) {
    const demand = new Map<string, number>();
    for (const tally of group) for (const [resource, cycles] of model.demandOf(tally)) addTo(demand, resource, cycles);
    for (const [resource, cycles] of demand) addTo(busy, resource, cycles);
    const last = group.reduce((a, b) => (b.lastTile > a.lastTile ? b : a));
    const cycles = Math.max(0, ...demand.values()) + model.edgesOf(group[0] as LayerTally, last);
    for (const tally of group)
      results.push(layerResult(tally, group.length === 1 ? cycles : Math.max(0, ...model.demandOf(tally).values()), cycle, cycle + cycles));
    cycle += cycles;
  }
  const seconds = cycle / machine.referenceClock.frequencyHz;
  const spent = totalSpending([spending.standing(seconds), ...layers.map((tally) => tally.spending)]);
  const energyMissing = pathsWithoutEnergy(machine);
  return {
    estimator: model.estimator,
    cycles: cycle,
    seconds,
    ...(energyMissing.length === machine.blocks.length && !spent.has(LINKS) ? {} : { energyPj: sumOf(spent) }),
    energyMissing,
    layers: results,
    resources: resourceResults(layers, machine, busy, spent),
    notes: model.notes,
  };
}

function interleavedGroups(layers: readonly LayerTally[]): LayerTally[][] {
  const sorted = [...layers].sort((a, b) => a.firstTile - b.firstTile);
  const groups: LayerTally[][] = [];
  let end = -1;
  for (const tally of sorted) {
    const group = groups.at(-1);
    if (group !== undefined && tally.firstTile < end) group.push(tally);
    else groups.push([tally]);
    end = Math.max(end, tally.lastTile);
  }
  return groups;
}

function layerResult(tally: LayerTally, cycles: number, startCycle: number, endCycle: number): LayerResult {
  const bytes = Object.fromEntries([...tally.bytes].map(([memory, { read, written }]) => [memory, read + written]));
  return {
    layer: tally.layer,
    operator: tally.operator,
    macs: Math.round(tally.macs),
    ops: Math.round(tally.ops),
    cycles,
    startCycle,
    endCycle,
    computeCycles: Math.max(0, ...tally.computeCycles.values()),
    ...(tally.spending.size === 0 ? {} : { energyPj: sumOf(tally.spending) }),
    bytes,
  };
}

function totalSpending(parts: readonly Spending[]): Spending {
  const total: Spending = new Map();
  for (const part of parts) for (const [path, picojoules] of part) addTo(total, path, picojoules);
  return total;
}

function sumOf(spending: Spending): number {
  return [...spending.values()].reduce((a, b) => a + b, 0);
}

function resourceResults(layers: readonly LayerTally[], machine: MachineDescription, busy: ReadonlyMap<string, number>, spent: Spending): ResourceResult[] {
  return machine.blocks.flatMap(({ path, pluginKind, facts, actions }): ResourceResult[] => {
    const busyCycles = busy.get(path) ?? 0;
    const energy = hasEnergyFigure(actions) ? { energyPj: spent.get(path) ?? 0 } : {};
    const isUsed = busyCycles > 0 || spent.has(path);
    if (facts.kind !== 'memory' && facts.kind !== 'pim') return isUsed ? [{ resource: path, kind: pluginKind, busyCycles, ...energy }] : [];
    let [bytesRead, bytesWritten] = [0, 0];
    for (const { bytes } of layers) {
      bytesRead += bytes.get(path)?.read ?? 0;
      bytesWritten += bytes.get(path)?.written ?? 0;
    }
    return [{ resource: path, kind: pluginKind, busyCycles, bytesRead, bytesWritten, ...energy }];
  });
}

/** Cycles that the home memory, or the busier direction of its links, needs for a layer's traffic. */
export function homeDemand(tally: LayerTally, home: HomeFacts | undefined): [string, number][] {
  const bytes = home === undefined ? undefined : tally.bytes.get(home.path);
  if (home === undefined || bytes === undefined) return [];
  const own = (bytes.read + bytes.written) / home.bytesPerCycle;
  const links = Math.max(bytes.read, bytes.written) / home.linkBytesPerCycle;
  return [[home.path, Math.max(own, links)]];
}

/** Cycles that the ports of the local memories need for a layer's bytes, transfers and cores together. */
export function localMemoryDemand(tally: LayerTally, machine: MachineDescription): [string, number][] {
  return [...tally.bytes].flatMap(([path, { read, written }]): [string, number][] => {
    const block = machine.block(path);
    if (block?.facts.kind !== 'memory' || block.facts.isHome) return [];
    return [[path, (read + written) / inReferenceCycles(machine, block, block.facts.peakBytesPerCycle)]];
  });
}
