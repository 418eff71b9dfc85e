import type { DeadlockReport } from '../kernel/deadlock.js';
import type { BoundViolation, Estimate, Performance } from './performance.js';
import type { ResultDigests } from './digests.js';
import type { PlanDigests } from './plan-digests.js';
import type { ComputeUnit } from '../model/machine-facts.js';
import type { StallClass } from '../model/stall-class.js';
import type { Supply } from '../model/supply.js';
import type { Schedule } from '../schedule/form/form.js';
import type { ReleaseCause } from '../schedule/resolve/record.js';
import type { FunctionalResult } from '../functional/functional-result.js';
import type { ScheduleViolation } from '../schedule/check/violations.js';

/** One class of a block's stall stack. */
export interface StallResult extends Pick<StallClass, 'role' | 'on'> {
  readonly class: string;
  /** Of the reference clock. */
  readonly cycles: number;
}

export interface BlockResult {
  readonly path: string;
  readonly plugin: string;
  readonly kind: string;
  readonly clockHz: number;
  /** Volts; its energies are those at `voltage`. Absent when the machine states none. */
  readonly supply?: Supply;
  readonly statistics: Readonly<Record<string, { readonly value: number; readonly unit: string }>>;
  /** What it computes with; absent for a block that executes no operators. */
  readonly computes?: ComputeUnit;
  /** Stall stack, the resting class first; the cycles sum to the run's length. */
  readonly stalls: readonly StallResult[];
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

/** A memory that held nothing, or a PIM unit that computed nothing, though a mapper could have planned with it. */
export interface UnusedBlock {
  readonly block: string;
  readonly kind: 'memory' | 'pim';
  /** Ends the sentence "... was not used: ". */
  readonly reason: string;
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
  /** How many recorded spans each of `spans` stands for; absent: one. */
  readonly merged?: Float64Array;
  /** Counters: tick, value, in turn. */
  readonly counter?: Float64Array;
  readonly unit?: string;
}

export interface TracedOperation {
  readonly id: number;
  readonly kind: string;
  readonly layer: string;
  readonly queue: string;
  readonly readyTick: number;
  readonly startTick: number;
  readonly endTick: number;
  /** What let it issue in the end, and the operation whose issue or end that was, -1 for none. */
  readonly releaseCause: ReleaseCause;
  readonly releasedBy: number;
}

export interface RunTrace {
  readonly tracks: readonly TraceTrack[];
  /** Spans of the operations, by issuing queue. */
  readonly queues: readonly TraceTrack[];
  /** Those that a span names. */
  readonly operations: readonly TracedOperation[];
  /** Spans closer together than this were recorded as one, and counters have no more than three values in so long a time; 0: all is there. */
  readonly mergedBelowTicks: number;
}

/**
 * How a run ended. `illegal`: the schedule broke a rule, whatever else happened. `bound`: a limit of the scenario was reached.
 * `wrong-values`: it came to its end without breaking a rule, and functional mode found outputs that are not what they should be.
 */
export type Outcome = 'finished' | 'illegal' | 'wrong-values' | 'deadlock' | 'bound' | 'interrupted';

/** What the results of schedules and of experiments have in common; schemas/result.schema.json describes the JSON. */
interface ResultHead {
  readonly tesseraResult: 1;
  /** The scenario and what was set: tells the runs of one scenario apart. */
  readonly name: string;
  readonly scenario: string;
  readonly file?: string;
  /** What the command line, an axis or a caller changed, by path. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
  /** The limit that was reached, with outcome `bound` (or an illegal schedule that reached one). */
  readonly bound?: RunLimit;
  /** Empty for a part of a run: what is expected is expected of the whole. */
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
  /** What tools warned of: parts of a source that were not used, layers left out, ... */
  readonly warnings?: readonly string[];
}

/** How more of a statistic slows a run down. */
export interface Slowdown {
  readonly why: string;
  /** Of a mean or a share: numerator and denominator, so that it can be formed over several blocks. */
  readonly ratio?: readonly [string, string];
}

/** A schedule on a machine. */
export interface ScheduleResult extends ResultHead {
  readonly kind: 'schedule';
  readonly simulation: Performance;
  readonly estimate?: Estimate;
  readonly boundViolations: readonly BoundViolation[];
  readonly blocks: readonly BlockResult[];
  readonly links: readonly LinkResult[];
  readonly memories: readonly MemoryResult[];
  readonly operations: { readonly finished: number; readonly total?: number };
  readonly violationCount: number;
  /** The first hundred. */
  readonly violations: readonly ViolationResult[];
  /** What the schedule's check could hold against nothing, in sentences; absent when nothing is, and in a part of a run. */
  readonly unchecked?: readonly string[];
  readonly deadlock?: DeadlockReport;
  /** What carrying values through the run has shown, when that was asked for. */
  readonly functional?: FunctionalResult;
  readonly mapper?: string;
  /** What the mapper left unused, and why; absent when nothing is. */
  readonly unused?: readonly UnusedBlock[];
  /** What the statistics of the blocks mean: by plugin, then by statistic. */
  readonly statisticDescriptions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What was executed, and in which order, as fingerprints; times are in neither. Absent in results of earlier versions. */
  readonly executed?: PlanDigests;
  /** Statistics of which more slows a run down, and how: by plugin, then by statistic. */
  readonly slowdowns?: Readonly<Record<string, Readonly<Record<string, Slowdown>>>>;
  /** Only when recorded; never in the JSON document. */
  readonly trace?: RunTrace;
  /** What was executed, collectives expanded; only when an exporter asks, never in the JSON document. */
  readonly schedule?: Schedule;
}

/** One subsystem alone (`kind: traffic`, `kind: memory-trace`, ...). */
export interface ExperimentResult extends ResultHead {
  readonly kind: 'experiment';
  /** The kind of the scenario: name of the experiment plugin. */
  readonly experiment: string;
  readonly simulatedSeconds: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Units of metrics and of columns of tables, by name. */
  readonly units?: Readonly<Record<string, string>>;
  readonly tables?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

export type RunResult = ScheduleResult | ExperimentResult;

/** A key of the scenario's `limits`. */
export type RunLimit = 'maxCycles' | 'maxEvents' | 'maxWallSeconds';

/** A broken rule, and the cycle of the reference clock at which it showed. */
export interface ViolationResult extends Omit<ScheduleViolation, 'source'> {
  readonly cycle: number;
  /** Where the later operation is written. */
  readonly file?: string;
  readonly line?: number;
}
