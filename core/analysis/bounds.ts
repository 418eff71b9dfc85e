import type { BlockFacts, MachineBlock, MachineDescription } from '../model/machine-facts.js';
import type { DemandKind } from './audit/demand.js';
import type { BoundViolation, Estimate, LayerResult } from '../result/performance.js';
import type { MemoryTraffic, ScheduleSummary } from '../mapping/demand.js';

/** Cycles below a bound that rounding explains. */
const TOLERANCE = 1 + 1e-9;

/** A time that nothing can beat, and what has to be done in it. */
export interface Bound {
  readonly layer?: string;
  readonly resource: string;
  readonly bound: string;
  readonly kind: DemandKind;
  readonly amount: number;
  readonly unit: string;
  /** Of the reference clock. */
  readonly perCycle: number;
  readonly cycles: number;
}

function boundOf(bound: Omit<Bound, 'cycles'>): Bound {
  return { ...bound, cycles: bound.amount / bound.perCycle };
}

/**
 * Holds an estimate against what the machine can physically do: bytes through a memory's ports and through the links
 * that lead to the home memory, multiply-accumulates against all arrays, contents against capacity. What comes back
 * cannot be right, whatever the mapping.
 *
 * @param summary the schedule's own demand; with it a bound holds even where the estimate forgot traffic or work
 */
export function checkBounds(estimate: Estimate, machine: MachineDescription, summary?: ScheduleSummary): BoundViolation[] {
  const layerCycles = new Map(estimate.layers.map((layer) => [layer.layer, layer.cycles]));
  const violations: BoundViolation[] = [];
  for (const { layer, resource, bound, cycles } of boundsOf(estimate, machine, summary)) {
    const estimated = layer === undefined ? estimate.cycles : layerCycles.get(layer);
    if (estimated === undefined || estimated * TOLERANCE >= cycles) continue;
    violations.push({ ...(layer === undefined ? {} : { layer }), resource, bound, boundCycles: cycles, estimatedCycles: estimated });
  }
  return [...violations, ...capacityViolations(estimate, machine)];
}

/** All bounds, those of the whole run and those of each layer, in cycles of the reference clock. */
export function boundsOf(estimate: Pick<Estimate, 'layers' | 'resources'>, machine: MachineDescription, summary?: ScheduleSummary): Bound[] {
  const bounds: Bound[] = [];
  const peak = peakMacsPerCycle(machine);
  const compute = { resource: 'cores', bound: 'operations / peak of all cores', kind: 'compute', unit: 'operations', perCycle: peak } as const;
  const macs = estimate.layers.reduce((sum, layer) => sum + macsOf(layer, summary), 0);
  if (peak > 0) bounds.push(boundOf({ ...compute, amount: macs }));
  for (const layer of estimate.layers) {
    if (peak > 0) bounds.push(boundOf({ ...compute, layer: layer.layer, amount: macsOf(layer, summary) }));
    for (const [path, traffic] of layerTraffic(layer, summary)) bounds.push(...memoryBounds(machine, path, traffic, layer.layer));
  }
  for (const [path, traffic] of totalTraffic(estimate, summary)) bounds.push(...memoryBounds(machine, path, traffic));
  return bounds;
}

function macsOf(layer: LayerResult, summary: ScheduleSummary | undefined): number {
  return summary?.layers.get(layer.layer)?.macs ?? layer.macs;
}

function layerTraffic(layer: LayerResult, summary: ScheduleSummary | undefined): Map<string, MemoryTraffic> {
  const demand = summary?.layers.get(layer.layer);
  if (demand !== undefined) return demand.traffic;
  // Direction unknown: all of it as reads can only make the port's bound the same and the links' bound looser by half.
  return new Map(Object.entries(layer.bytes ?? {}).map(([path, bytes]) => [path, { bytesRead: bytes / 2, bytesWritten: bytes / 2 }]));
}

function totalTraffic(estimate: Pick<Estimate, 'resources'>, summary: ScheduleSummary | undefined): Map<string, MemoryTraffic> {
  if (summary !== undefined) return new Map(summary.traffic);
  return new Map(estimate.resources.map(({ resource, bytesRead = 0, bytesWritten = 0 }) => [resource, { bytesRead, bytesWritten }]));
}

function memoryBounds(machine: MachineDescription, path: string, traffic: MemoryTraffic, layer?: string): Bound[] {
  const block = machine.block(path);
  if (block === undefined || !isMemory(block.facts)) return [];
  const place = layer === undefined ? {} : { layer };
  const bounds: Bound[] = [];
  const perCycle = inReferenceCycles(machine, block, block.facts.peakBytesPerCycle);
  if (perCycle > 0 && Number.isFinite(perCycle)) {
    const amount = traffic.bytesRead + traffic.bytesWritten;
    bounds.push(boundOf({ ...place, resource: path, bound: 'bytes / peak of the memory', kind: 'memory', amount, unit: 'bytes', perCycle }));
  }
  const cut = cutBytesPerCycle(machine, block);
  if (block.facts.isHome && Number.isFinite(cut)) {
    const amount = Math.max(traffic.bytesRead, traffic.bytesWritten);
    bounds.push(boundOf({ ...place, resource: path, bound: 'bytes / links to the memory', kind: 'link', amount, unit: 'bytes', perCycle: cut }));
  }
  return bounds;
}

/** Bytes a reference cycle, each way, that all connections of a block carry together. */
export function cutBytesPerCycle(machine: MachineDescription, block: MachineBlock): number {
  let total = 0;
  for (const connection of machine.connections) {
    const ends = [connection.from, connection.to].map((port) => port.slice(0, port.lastIndexOf('.')));
    if (!ends.includes(block.path)) continue;
    const other = machine.block(ends[0] === block.path ? (ends[1] as string) : (ends[0] as string));
    const wire = (connection.widthBits / 8) * (connection.clock.frequencyHz / machine.referenceClock.frequencyHz);
    const beyond =
      other !== undefined && (other.facts.kind === 'network' || other.facts.kind === 'link')
        ? inReferenceCycles(machine, other, other.facts.linkBytesPerCycle)
        : Infinity;
    total += Math.min(wire, beyond);
  }
  return total === 0 ? Infinity : total;
}

function capacityViolations(estimate: Estimate, machine: MachineDescription): BoundViolation[] {
  return estimate.resources.flatMap(({ resource, peakBytes }) => {
    const facts = machine.block(resource)?.facts;
    if (facts === undefined || !isMemory(facts) || peakBytes === undefined || peakBytes <= facts.capacityBytes) return [];
    const bound = `capacity: ${peakBytes} bytes in ${facts.capacityBytes}`;
    return [{ resource, bound, boundCycles: 0, estimatedCycles: estimate.cycles }];
  });
}

function isMemory(facts: BlockFacts): facts is Extract<BlockFacts, { kind: 'memory' | 'pim' }> {
  return facts.kind === 'memory' || facts.kind === 'pim';
}

/** Multiply-accumulates (or lane operations) of all cores and PIM blocks in one reference cycle. */
export function peakMacsPerCycle(machine: MachineDescription): number {
  return machine.blocks.reduce((sum, block) => {
    if (block.facts.kind !== 'core' && block.facts.kind !== 'pim') return sum;
    return sum + inReferenceCycles(machine, block, block.facts.peakMacsPerCycle);
  }, 0);
}

/** A rate per cycle of the block's clock as a rate per cycle of the reference clock. */
export function inReferenceCycles(machine: MachineDescription, block: MachineBlock, perCycle: number): number {
  return perCycle * (block.clock.frequencyHz / machine.referenceClock.frequencyHz);
}
