import type { SourcePlace } from '../errors.js';
import type { Bindings } from '../model/service.js';
import type { Supply } from '../model/supply.js';
import type { Expectation } from '../analysis/expectations.js';
import type { LinkOptions } from '../machine/specification.js';

/**
 * A scenario after loading: every include, template and `set` resolved, every configuration validated with its defaults
 * filled in, every file named by its absolute path. Plain data, so that it can be sent to a worker and printed.
 */
export interface LoadedScenario {
  readonly name: string;
  /** Absolute path of the scenario file. */
  readonly file: string;
  readonly seed: number;
  /** What the command line, an axis or a caller changed, by path. */
  readonly set: Readonly<Record<string, unknown>>;
  /** `schedule` (a workload on a machine), or the name of the experiment plugin (`traffic`, `memory-trace`, ...). */
  readonly kind: string;
  /** Absent for kinds that test one subsystem alone. */
  readonly machine?: LoadedMachine;
  /** Providers of services by name, for the simulation's container. */
  readonly bindings?: Bindings;
  /** Where `bind` is written, and each of its services: by `bind` and `bind.SERVICE`. */
  readonly bindingPlaces?: ReadonlyMap<string, SourcePlace>;
  readonly workload?: WorkloadSource;
  /** Either a mapper makes the schedule, or a file holds it. */
  readonly mapper?: ToolUse;
  readonly schedule?: ScheduleSource;
  readonly estimator?: ToolUse;
  /** An estimate that an importer reads, in place of an estimator. */
  readonly estimate?: ImportedSource;
  readonly experiment?: ToolUse;
  /** Values are carried through the run, and outputs compared with a plain reference. */
  readonly functional?: boolean;
  readonly expectations: readonly Expectation[];
  readonly limits: RunLimits;
  /** What is kept of a run that is traced. */
  readonly trace?: { readonly maxEvents?: number };
  /** Exporters whose files are written after the run. */
  readonly outputs: readonly ToolUse[];
  /** Third-party plugins in the order in which they were listed. */
  readonly plugins: readonly PluginSource[];
  /** Folders, besides the project, whose files the run may read. */
  readonly allow?: readonly string[];
  /** SHA-256 of every file read while loading, by its name relative to the project (posix separators), sorted. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What tools warned of while loading, e.g. the importer of the machine. */
  readonly warnings?: readonly string[];
}

export interface LoadedMachine {
  readonly name: string;
  /** Hertz by clock name. */
  readonly clocks: Readonly<Record<string, number>>;
  /** The clock in which results are quoted. */
  readonly referenceClock: string;
  /** Sorted by path. */
  readonly blocks: readonly LoadedBlock[];
  readonly connections: readonly LoadedConnection[];
}

export interface LoadedBlock {
  /** E.g. `core0.pe`. */
  readonly path: string;
  /** Name of the block plugin. */
  readonly use: string;
  /** Validated against the plugin's schema, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A key of `clocks`. */
  readonly clock: string;
  /** Absent when no voltage is stated. */
  readonly supply?: Supply;
  /** Where the block is described, for later messages. */
  readonly place: SourcePlace;
}

export interface LoadedConnection extends LinkOptions {
  /** Port paths, e.g. `core0.dma.network` and `noc.node0`. */
  readonly from: string;
  readonly to: string;
  readonly latencyCycles: number;
  /** Infinity when the ends set the pace. */
  readonly widthBits: number;
  readonly place: SourcePlace;
}

/** A plugin with its validated configuration. */
export interface ToolUse {
  readonly use: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly place: SourcePlace;
}

/** Files that an importer reads together. */
export interface FileSource {
  readonly file: string;
  readonly furtherFiles?: readonly string[];
}

/** Files, and the importer plugin that reads them. */
export interface ImportedSource extends FileSource {
  readonly importer: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly place: SourcePlace;
}

export type WorkloadSource =
  | (ImportedSource & { readonly form: 'file' })
  /** Layers written in YAML (or JSON), parsed but not yet checked. */
  | { readonly form: 'layers'; readonly file: string; readonly document: unknown; readonly place: SourcePlace };

/** A schedule file, read only when the run starts: it may be large. */
export interface ScheduleSource extends FileSource {
  /** Absent: Tessera's own form (JSON, YAML or NDJSON). */
  readonly importer?: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Laid over the `with` of every collective: another algorithm, without another file. */
  readonly collectives?: Readonly<Record<string, unknown>>;
  readonly place: SourcePlace;
}

export interface RunLimits {
  /** Cycles of the reference clock. */
  readonly maxCycles?: number;
  readonly maxEvents?: number;
  readonly maxWallSeconds?: number;
}

export interface PluginSource {
  /** As the scenario wrote it: a path or a package name. */
  readonly specifier: string;
  /** The file that named it: where a package is looked for. */
  readonly from: string;
  /** The absolute path, when the plugin is a file. */
  readonly file?: string;
  readonly place?: SourcePlace;
}
