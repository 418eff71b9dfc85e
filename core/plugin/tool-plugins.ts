import type { AuditSubject } from '../analysis/audit/demand.js';
import type { Estimate } from '../result/performance.js';
import type { MachineDescription } from '../model/machine-facts.js';
import type { Schedule } from '../schedule/form/form.js';
import type { RunResult, ScheduleResult } from '../result/run-result.js';
import type { Workload } from '../workload/index.js';
import type { ExportedFile } from '../document/output-files.js';
import type { JsonSchema } from '../document/json-schema.js';
import type { BlockCatalogue } from './block-schema.js';
import type { ToolContext } from './tool-context.js';

/** What every plugin that is no block says of itself. */
export interface ToolPlugin {
  /** The name after `use:`, or the importer's or exporter's name. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly sources?: readonly string[];
  readonly configSchema: JsonSchema;
}

type Loose = Readonly<Record<string, unknown>>;

export interface MapperInput<Config = Loose> {
  readonly workload: Workload;
  readonly machine: MachineDescription;
  readonly config: Config;
}

/** Workload + machine -> schedule. Throws InputError when it finds no legal mapping, and says why. */
export interface MapperPlugin<Config = Loose> extends ToolPlugin {
  readonly kind: 'mapper';
  /**
   * The schedule depends on workload, machine, configuration and seed alone, and `version` changes with what the mapper makes of them: it
   * may then be kept in a file and taken from there.
   */
  readonly cacheable?: boolean;
  /** Called once a run: the schedule's `operations` can be walked as often as one likes. */
  map(input: MapperInput<Config>, context: ToolContext): Schedule | Promise<Schedule>;
  /**
   * Why its schedule leaves a memory or a PIM unit without work; asked after the run, of those that had none. Ends the sentence "dram was
   * not used: ...". Undefined where it cannot say.
   */
  whyUnused?(input: MapperInput<Config>, path: string): string | undefined;
}

export interface EstimatorInput<Config = Loose> extends MapperInput<Config> {
  readonly schedule: Schedule;
}

/** Workload + machine + schedule -> estimate, without simulating. */
export interface EstimatorPlugin<Config = Loose> extends ToolPlugin {
  readonly kind: 'estimator';
  estimate(input: EstimatorInput<Config>, context: ToolContext): Estimate | Promise<Estimate>;
}

/** Results of one or several runs -> text or files. */
export interface ExporterPlugin<Config = Loose> extends ToolPlugin {
  readonly kind: 'exporter';
  /** True when the exporter wants `result.trace`, which costs time and memory to record. */
  readonly needsTrace: boolean;
  /** True when the exporter wants `result.schedule`. */
  readonly needsSchedule?: boolean;
  /** Names of files that it may write, as far as they are known: whether they can be written is looked at before anything is simulated. */
  readonly writes?: readonly string[];
  export(results: readonly RunResult[], config: Config, context: ToolContext): readonly ExportedFile[] | Promise<readonly ExportedFile[]>;
}

/** Reported by an experiment while it works. */
export interface ExperimentProgress {
  readonly simulatedSeconds: number;
  readonly events: number;
  readonly done: number;
  readonly total?: number;
}

/** A tool's context whose progress has figures of the simulation, and the files that the scenario names. */
export interface ExperimentControl extends Omit<ToolContext, 'progress'> {
  /** Block plugins and extensions, for an experiment that builds a machine of its own. */
  readonly catalogue: BlockCatalogue;
  /** Reads a file named in the scenario, relative to it; InputError when it is missing or outside. */
  readFile(relativePath: string): Uint8Array;
  readonly progress: (progress: ExperimentProgress) => void;
}

/** A kind of scenario of its own (`kind: traffic`, `kind: memory-trace`), that tests one subsystem without a schedule. */
export interface ExperimentPlugin<Config = Loose> extends ToolPlugin {
  readonly kind: 'experiment';
  run(config: Config, control: ExperimentControl): Promise<ExperimentFigures>;
}

/** Plain JSON: scalars that can be expected and compared, and tables. */
export interface ExperimentFigures {
  readonly metrics: Readonly<Record<string, number>>;
  /** Units of metrics and of columns of tables, by name. */
  readonly units?: Readonly<Record<string, string>>;
  readonly tables?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** One reference record of the form `tesseraReference: 1`. */
export interface ReferenceRecord {
  readonly id: string;
  readonly config: Loose;
  /** Empty in a record that tells what ran in keys of its own. */
  readonly workload: Loose;
  /** Empty in a record whose numbers stand elsewhere: then every number of the record outside `config` and `workload` counts, by its dotted name. */
  readonly expected: Loose;
  readonly [key: string]: unknown;
}

/** A machine with a schedule, as a crosscheck wants it run. */
export interface CrosscheckRun {
  /** As in a scenario: `{ include: 'tessera:scenarios/machines/...', set: {...} }`, or a machine written out. */
  readonly machine: Readonly<Record<string, unknown>>;
  readonly schedule: Schedule;
}

export interface CrosscheckContext extends ToolContext {
  /** Simulates a schedule on a machine of blocks, as a scenario would be. Absent where records are not run from a file. */
  readonly run?: (scenario: CrosscheckRun) => Promise<ScheduleResult>;
}

/** Runs reference records of one kind through the matching plugin. */
export interface CrosscheckPlugin extends ToolPlugin {
  readonly kind: 'crosscheck';
  /** `kind` of the record files that it runs, e.g. `dram-trace`. */
  readonly recordKind: string;
  /** Simulated values under the reference's own names; only those are compared. Throws InputError with the reason when it cannot run the record. */
  simulate(record: ReferenceRecord, context: CrosscheckContext): Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
  /** The names in `expected` that count for this record (default: all numeric ones that `simulate` returned). */
  comparable?(record: ReferenceRecord): readonly string[];
  /** Further reference values, of records that hold some elsewhere than under `expected`, e.g. beside the parts of the machine. */
  stated?(record: ReferenceRecord): Readonly<Record<string, number>>;
  /** What the record's mapping or schedule demands of the machine, and what was estimated: for `tessera audit`. */
  audit?(record: ReferenceRecord, context: ToolContext): AuditSubject | Promise<AuditSubject>;
}
