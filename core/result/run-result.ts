import type { DeadlockReport } from '../kernel/deadlock.js';
import type { RunOutcome } from '../kernel/kernel.js';
import type { BoundViolation, Estimate, Performance } from './performance.js';
import type { ResultDigests } from './digests.js';
import type { Supply } from '../model/supply.js';
import type { ScheduleViolation } from '../schedule/check/violations.js';

export interface BlockResult {
  readonly path: string;
  readonly plugin: string;
  readonly kind: string;
  readonly clockHz: number;
  /** Volts; its energies are those at `voltage`. Absent when the machine states none. */
  readonly supply?: Supply;
  readonly statistics: Readonly<Record<string, { readonly value: number; readonly unit: string }>>;
  /** Cycles of the reference clock by stall class; they sum to the run's length. */
  readonly stallCycles: Readonly<Record<string, number>>;
  readonly energyPj: Readonly<Record<string, number>>;
  /** The block's own tables. */
  readonly report?: Readonly<Record<string, unknown>>;
}

export interface LinkResult {
  readonly path: string;
  readonly bytes: number;
  readonly messages: number;
  /** 0..1 of the run's length. */
  readonly utilisation: number;
  /** Absent when the connection states no energy. */
  readonly energyPj?: number;
}

export interface MemoryResult {
  readonly path: string;
  readonly capacityBytes: number;
  /** Largest live content of buffers and homed tensors. */
  readonly peakBytes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Addresses given out: end of the highest region, and the share of the free bytes that lie outside of the largest hole. */
  readonly highWaterBytes?: number;
  readonly fragmentation?: number;
}

export interface ExpectationResult {
  /** E.g. `cycles.atMost`. */
  readonly name: string;
  readonly expected: string;
  readonly actual: number;
  readonly holds: boolean;
}

/** Spans and counters over time, recorded only when an exporter asks; numbers are ticks. */
export interface TraceTrack {
  /** Path of the probe, e.g. `core0.pe.work`. */
  readonly path: string;
  readonly block: string;
  readonly kind: string;
  readonly labels: readonly string[];
  /** Spans: start, end, label, operation, in turn. */
  readonly spans?: Float64Array;
  /** Counters: tick, value, in turn. */
  readonly counter?: Float64Array;
  readonly unit?: string;
  /** Events that were left out because the track was full. */
  readonly dropped: number;
}

export interface TracedOperation {
  readonly id: number;
  readonly kind: string;
  readonly layer: string;
  readonly queue: string;
  readonly readyTick: number;
  readonly startTick: number;
  readonly endTick: number;
}

export interface RunTrace {
  readonly tracks: readonly TraceTrack[];
  readonly operations: readonly TracedOperation[];
}

/** The result document of a scenario; schemas/result.schema.json describes its JSON. */
export interface RunResult {
  readonly tesseraResult: 1;
  readonly scenario: string;
  readonly file?: string;
  readonly outcome: RunOutcome;
  readonly simulation: Performance;
  readonly estimate?: Estimate;
  readonly boundViolations: readonly BoundViolation[];
  readonly blocks: readonly BlockResult[];
  readonly links: readonly LinkResult[];
  readonly memories: readonly MemoryResult[];
  readonly operations: { readonly finished: number; readonly total?: number };
  readonly violations: readonly ScheduleViolation[];
  readonly deadlock?: DeadlockReport;
  readonly expectations: readonly ExpectationResult[];
  readonly events: number;
  /** CPU seconds of the engine's run loop; not part of the digest. */
  readonly engineCpuSeconds: number;
  readonly seed: number;
  /** SHA-256 of the results that a model determines. */
  readonly digest: string;
  /** The same by what changed: times, counted work, energy. */
  readonly digests: ResultDigests;
  /** SHA-256 by file name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly mapper?: string;
  /** What the statistics of the blocks mean: by plugin, then by statistic. */
  readonly statisticDescriptions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Metrics and tables of an experiment (`kind: traffic`, ...). */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Units of metrics and of columns of tables, by name. */
  readonly units?: Readonly<Record<string, string>>;
  readonly tables?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** Only when recorded; never in the JSON document. */
  readonly trace?: RunTrace;
}
