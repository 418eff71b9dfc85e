import type { InputProblem, SourcePlace } from '../errors.js';
import type { TestCase } from '../result/junit.js';
import type { Verdict } from '../result/verdict.js';
import type { PluginCode } from './consent/plugin-code.js';
import type { ToolPlugin } from './tool-plugins.js';

/**
 * One run of a suite as plain JSON: what another process or another machine needs to do it, and to see that it does the same.
 * Files are named relative to the project's folder with forward slashes; those of the installation begin with `tessera:`.
 */
export interface Job {
  /** SHA-256 of file, inputs, set, seed and version (`jobKey`): equal keys have equal results. */
  readonly key: string;
  /** The name that the run has in its suite. */
  readonly name: string;
  /** The project's folder (the nearest above the scenario with a package.json, .git or node_modules), relative to where the suite runs. */
  readonly project: string;
  /** The scenario. */
  readonly file: string;
  /** SHA-256 by file: the scenario and all that it includes or reads. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Parameters that are set, by path. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Where they are written; files that they name are relative to it. */
  readonly setPlaces: Readonly<Record<string, SourcePlace>>;
  /** Folders, besides the project, whose files may be named. */
  readonly allow: readonly string[];
  /** SHA-256 of plugins' code that the suite's user has agreed to: a worker runs no other, and asks nobody. */
  readonly code: readonly string[];
  readonly seed: number;
  /** Of Tessera, with the digest of its build. */
  readonly version: string;
}

/** One run of a suite. */
export interface SuitePoint {
  /** Unique in the suite: the file, and the values of the axes. */
  readonly name: string;
  readonly file: string;
  readonly set: Readonly<Record<string, unknown>>;
  /** Where in a suite file each value of `set` stands. */
  readonly setPlaces: Readonly<Record<string, SourcePlace>>;
  /** Why it cannot be run at all: a file that is missing or malformed. */
  readonly problems?: readonly InputProblem[];
}

/** A measured value. */
export interface Figure {
  readonly value: number;
  /** '' for a pure number. */
  readonly unit: string;
}

/** What a suite keeps of each run in memory: enough for its table, for JUnit and for the exit code. */
export interface RunSummary {
  readonly verdict: Verdict | 'bad-input';
  /** Why it is not as expected. */
  readonly reasons: readonly string[];
  readonly problems: readonly InputProblem[];
  readonly wallSeconds: number;
  /** False for what another try may end otherwise: interrupted, out of wall time, crashed. Such a run is not stored. */
  readonly isReproducible: boolean;
  /** Cycles of the reference clock, of a schedule. */
  readonly cycles?: number;
  /** What it measured, by the names that `expect` has for it: a schedule's totals, an experiment's metrics; with their units. */
  readonly figures?: Readonly<Record<string, Figure>>;
  /** Blocks that `figures.energyPj` is without. */
  readonly energyMissing?: readonly string[];
  /** Signed share by which the estimate differs. */
  readonly estimateError?: number;
  readonly digest?: string;
  /** Absent where there is no result. */
  readonly testCase?: TestCase;
}

/** How a job ended. */
export interface JobEnd {
  readonly summary: RunSummary;
  /** The result document (schemas/result.schema.json) as JSON text; absent where there is none. */
  readonly document?: string;
}

export interface StoredResult {
  readonly summary: RunSummary;
  readonly document: string;
}

/** Where results are kept between runs, and where they leave memory to. Keys are those of jobs. */
export interface ResultStore {
  has(key: string): Promise<boolean>;
  /** Whole or not at all; a second result of one key replaces the first. */
  put(key: string, result: StoredResult): Promise<void>;
  /** Undefined when there is none. Throws an Error that says why when what is there cannot be trusted. */
  get(key: string): Promise<StoredResult | undefined>;
}

/** Where a run stands; sent a few times a second, never per event of the simulation. */
export interface ProgressReport {
  readonly simulatedSeconds: number;
  readonly events: number;
  /** Events a wall-clock second since the last report. */
  readonly eventsPerSecond: number;
  readonly operationsDone: number;
  /** Absent when the schedule does not know its own length. */
  readonly operationsTotal?: number;
  readonly wallSeconds: number;
  /** Estimated from the operations done; absent until that can be said. */
  readonly secondsLeft?: number;
}

/** What is known of a job while it runs: enough to end it from outside, and to say whose code was in it. */
export type JobFact =
  /** The scenario's limit of wall time; told before any code of the scenario's is loaded. */
  | { readonly maxWallSeconds: number }
  /** Code that is not built in is about to be loaded: a path or a package, as the scenario names it, and its files. */
  | { readonly foreignCode: string; readonly files: readonly string[] }
  /** The plugins that have come of it, with their kinds and names. */
  | { readonly plugins: readonly string[] };

export interface JobControl {
  readonly shouldStop: () => boolean;
  readonly onFact?: (fact: JobFact) => void;
  readonly onProgress: (report: ProgressReport) => void;
}

/** What a runner is given, and whom it tells. It passes on the very job objects that it got. */
export interface SuiteContext {
  /** Jobs at a time (`--jobs`). */
  readonly workers: number;
  /** At least so many jobs will come: workers for them may start at once. */
  readonly expectedJobs: number;
  /** Runs a job in this process; whatever happens in it is its end, not an exception. */
  runJob(job: Job, control: JobControl): Promise<JobEnd>;
  /** A program for `child_process.fork` that speaks `WorkerRequest` and `WorkerReply` over its channel. */
  readonly workerProgram: string;
  /** The folder that `project` of the jobs is relative to: where workers are started. */
  readonly folder: string;
  /** A run whose scenario has no limit of wall time may take so long; default: for ever. */
  readonly timeoutSeconds?: number;
  /** True when the user wants an end: no further job is to be started, those that run are to be stopped. */
  readonly shouldStop: () => boolean;
  readonly onStart: (job: Job) => void;
  readonly onProgress: (job: Job, report: ProgressReport) => void;
  /** Once for each job, after its result is in the store. */
  readonly onEnd: (job: Job, summary: RunSummary) => void;
}

/** Runs jobs: here, in other processes, on other machines. */
export interface SuiteRunner {
  /** Ends when all jobs have. Every result with a document goes into the store, which decides what it keeps. */
  run(jobs: AsyncIterable<Job>, store: ResultStore, context: SuiteContext): Promise<void>;
}

/** A point of a suite that is to become a job: its scenario names code that is not built in, which is not loaded in the suite's own process. */
export interface MakeRequest {
  readonly point: SuitePoint;
  readonly options: { readonly set?: Readonly<Record<string, unknown>>; readonly allow?: readonly string[] };
}

export type WorkerRequest =
  | { readonly run: Job }
  | { readonly make: MakeRequest }
  | { readonly stop: true }
  /** To `ask`; with problems, the code may not run. */
  | { readonly answer: readonly InputProblem[] };

/**
 * `ready` comes first, once; then for each job any number of `fact` and `progress` and one `end`, for each point any number of `fact` and `ask`,
 * each to be answered, and one `made`.
 */
export type WorkerReply =
  | { readonly ready: true }
  /** It has heard that it is to stop. */
  | { readonly stopping: true }
  | { readonly fact: JobFact }
  | { readonly progress: ProgressReport }
  | { readonly ask: PluginCode; readonly place?: SourcePlace | undefined }
  | WorkerEnd;

/** With `retire`, the process is of no further use: code that was not built in is still at work in it. */
export type WorkerEnd = ({ readonly end: JobEnd } | { readonly made: Job | RunSummary }) & { readonly retire?: boolean };

type Loose = Readonly<Record<string, unknown>>;

/** `tessera suite --runner NAME`. */
export interface RunnerPlugin<Config = Loose> extends ToolPlugin {
  readonly kind: 'runner';
  /** True when it runs jobs in the suite's own process: then nothing that a scenario's plugins do can be kept from the suite. */
  readonly runsHere?: boolean;
  create(config: Config): SuiteRunner;
}

/** `tessera suite --store LOCATION` (the folder store) or `--store NAME:LOCATION`. */
export interface StorePlugin<Config = Loose> extends ToolPlugin {
  readonly kind: 'store';
  /** Throws InputError for a place that cannot be one. */
  open(location: string, config: Config): Promise<ResultStore>;
}
