import { formatCount } from '../../text/index.js';
import type { AuditSubject, CapacityDemand, ResourceDemand } from './demand.js';

/** Cycles below a bound that rounding explains. */
const TOLERANCE = 1 + 1e-9;

/** A demand as the cycles that nothing can beat. */
export interface AuditBound extends ResourceDemand {
  readonly cycles: number;
  /** E.g. `46,240 words / 1 words per cycle = 46,240 cycles (I 1,440 + W 44,800)`. */
  readonly arithmetic: string;
  /** What was estimated for the same part; absent: nothing was. */
  readonly estimatedCycles?: number;
  /** The estimate is below the bound. */
  readonly impossible: boolean;
}

export interface AuditCapacity extends CapacityDemand {
  readonly impossible: boolean;
}

export interface Audit {
  readonly name: string;
  readonly estimator?: string;
  readonly estimatedCycles?: number;
  /** The longest time first, those of the mapping before those of the workload. */
  readonly bounds: readonly AuditBound[];
  readonly capacities: readonly AuditCapacity[];
  /** Cycles that no execution of this mapping or schedule can beat. */
  readonly boundCycles: number;
  /** Cycles that no execution of the workload on the machine can beat; absent when they were not asked for. */
  readonly workloadBoundCycles?: number;
  /** Some estimate is below a bound, or something does not fit. */
  readonly impossible: boolean;
}

/** Holds an estimate against what the resources must do. */
export function auditOf(subject: AuditSubject): Audit {
  const bounds = subject.demands.map((demand) => boundOf(demand, subject));
  const ofScope = (scope: 'mapping' | 'workload'): AuditBound[] =>
    bounds.filter((bound) => (bound.scope ?? 'mapping') === scope).sort((a, b) => b.cycles - a.cycles || compareNames(a.resource, b.resource));
  const capacities = (subject.capacities ?? []).map((capacity) => ({ ...capacity, impossible: capacity.bytes > capacity.capacityBytes }));
  const [mapping, workload] = [ofScope('mapping'), ofScope('workload')];
  const most = (list: readonly AuditBound[]): number =>
    list.reduce((longest, { layer, cycles }) => (layer === undefined ? Math.max(longest, cycles) : longest), 0);
  return {
    name: subject.name,
    ...(subject.estimator === undefined ? {} : { estimator: subject.estimator }),
    ...(subject.estimatedCycles === undefined ? {} : { estimatedCycles: subject.estimatedCycles }),
    bounds: [...mapping, ...workload],
    capacities,
    boundCycles: most(mapping),
    ...(workload.length === 0 ? {} : { workloadBoundCycles: most(workload) }),
    impossible: bounds.some((bound) => bound.impossible) || capacities.some((capacity) => capacity.impossible),
  };
}

function boundOf(demand: ResourceDemand, { estimatedCycles, layerCycles = {} }: AuditSubject): AuditBound {
  const { amount, perCycle, unit, layer, parts } = demand;
  const cycles = amount / perCycle;
  const estimated = layer === undefined ? estimatedCycles : Object.hasOwn(layerCycles, layer) ? layerCycles[layer] : undefined;
  const detail = parts === undefined ? '' : ` (${parts})`;
  const time = `${formatCount(cycles, 1)} cycles`;
  const division = `${formatCount(amount, 1)} ${unit} / ${formatCount(perCycle, 3)} ${unit} per cycle = ${time}`;
  return {
    ...demand,
    cycles,
    arithmetic: `${unit === 'cycles' ? time : division}${detail}`,
    ...(estimated === undefined ? {} : { estimatedCycles: estimated }),
    impossible: estimated !== undefined && estimated * TOLERANCE < cycles,
  };
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
