/** What limits an execution: the arrays, a memory's port, a link, a memory's own rate, or the longest chain of dependences. */
export type DemandKind = 'compute' | 'port' | 'link' | 'memory' | 'dependencies';

/**
 * The least that one resource must do in any execution of a mapping or a schedule (or, `scope: 'workload'`, in any execution of the workload on
 * that machine, whatever the mapping), and the cycles that this takes. Worked out from the mapping or schedule, never taken from an estimate.
 */
export interface ResourceDemand {
  /** Default: `mapping`. */
  readonly scope?: 'mapping' | 'workload';
  /** Absent: of the whole. */
  readonly layer?: string;
  /** Name of the resource, e.g. `DRAM rw_port_1`, `link (0,0) > (1,0)`, `array`. */
  readonly resource: string;
  readonly kind: DemandKind;
  /** In `unit`, e.g. `words`, `bytes`, `MACs`; of dependences the cycles themselves. */
  readonly amount: number;
  readonly unit: string;
  /** Units a cycle that the resource can do at most; 1 of dependences. */
  readonly perCycle: number;
  /** What makes up the amount, e.g. `I 4,608 + W 73,728`. */
  readonly parts?: string;
}

/** What must be in a memory at once, and what it holds. */
export interface CapacityDemand {
  readonly layer?: string;
  readonly resource: string;
  readonly bytes: number;
  readonly capacityBytes: number;
  readonly parts?: string;
}

/** A mapping or schedule with the estimate that somebody made of it. */
export interface AuditSubject {
  readonly name: string;
  /** Who made the estimate, e.g. `zigzag`. */
  readonly estimator?: string;
  /** Cycles that were estimated for the whole; absent: there is none, and bounds alone are shown. */
  readonly estimatedCycles?: number;
  /** Of single layers, by name. */
  readonly layerCycles?: Readonly<Record<string, number>>;
  readonly demands: readonly ResourceDemand[];
  readonly capacities?: readonly CapacityDemand[];
}
