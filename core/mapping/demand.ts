import type { Schedule, ScheduleOperation } from '../schedule/form/form.js';
import type { Workload } from '../workload/index.js';
import { AccessSizer, type OperationSizes } from './access-sizes.js';

export interface MemoryTraffic {
  bytesRead: number;
  bytesWritten: number;
}

/** What a schedule asks of the machine for one layer, whatever the timing. */
export interface LayerDemand {
  readonly layer: string;
  readonly operator: string;
  /** Points of compute tiles, recomputed ones included. */
  macs: number;
  computeOperations: number;
  transfers: number;
  /** By memory path, transfers and compute accesses together. */
  readonly traffic: Map<string, MemoryTraffic>;
}

export interface ScheduleSummary {
  readonly layers: ReadonlyMap<string, LayerDemand>;
  readonly traffic: ReadonlyMap<string, MemoryTraffic>;
  readonly operationCount: number;
}

/** Walks a schedule once; `visit` sees each operation with the sizes of its accesses. */
export function summariseSchedule(
  schedule: Schedule,
  workload: Workload,
  visit?: (operation: ScheduleOperation, sizes: OperationSizes, demand: LayerDemand) => void,
): ScheduleSummary {
  const sizer = new AccessSizer(schedule, workload);
  const layers = new Map<string, LayerDemand>();
  const traffic = new Map<string, MemoryTraffic>();
  let operationCount = 0;
  for (const operation of schedule.operations) {
    operationCount++;
    const sizes = sizer.sizesOf(operation);
    const demand = demandOf(layers, schedule, operation);
    if (operation.kind === 'compute' || operation.kind === 'pim') {
      demand.computeOperations++;
      demand.macs += Object.values(operation.loops ?? {}).reduce((product, size) => product * size, 1);
    } else if (operation.kind === 'transfer') demand.transfers++;
    // A PIM kernel works inside its memory: its operands do not cross the memory's ports.
    for (const totals of operation.kind === 'pim' ? [] : [traffic, demand.traffic]) {
      for (const { memory, bytes } of sizes.reads) trafficAt(totals, memory).bytesRead += bytes;
      for (const { memory, bytes } of sizes.writes) trafficAt(totals, memory).bytesWritten += bytes;
    }
    visit?.(operation, sizes, demand);
  }
  return { layers, traffic, operationCount };
}

function demandOf(layers: Map<string, LayerDemand>, schedule: Schedule, operation: ScheduleOperation): LayerDemand {
  const name = operation.layer ?? '';
  let demand = layers.get(name);
  if (demand === undefined) {
    const operator = schedule.layers?.[name]?.operator ?? operation.operator ?? operation.kind;
    demand = { layer: name, operator, macs: 0, computeOperations: 0, transfers: 0, traffic: new Map() };
    layers.set(name, demand);
  }
  return demand;
}

function trafficAt(totals: Map<string, MemoryTraffic>, memory: string): MemoryTraffic {
  let found = totals.get(memory);
  if (found === undefined) totals.set(memory, (found = { bytesRead: 0, bytesWritten: 0 }));
  return found;
}
