import type { Job, ProgressReport, ResultStore, RunSummary, SuiteRunner } from '../plugin/suite-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadOptions } from '../scenario/load.js';
import { PointMaker } from './point-maker.js';
import type { SuitePoint } from './points.js';
import { JobWorker } from './run-job.js';
import { thrownMessage } from '../text/thrown.js';

/** How one run of a suite ended. Results are not held: they are in the store, by the key. */
export interface SuiteEntry extends RunSummary {
  readonly name: string;
  readonly file: string;
  /** What the suite sets for this run, by path. */
  readonly set: SuitePoint['set'];
  /** Absent when the scenario could not be loaded. */
  readonly key?: string;
  /** It was there from an earlier suite and has not been run. */
  readonly isFromStore: boolean;
}

export interface SuiteOptions extends LoadOptions {
  readonly runner: SuiteRunner;
  /** Whatever it has is not run again. */
  readonly store: ResultStore;
  /** True when the store may have results of earlier suites. */
  readonly mayResume: boolean;
  /** Jobs at a time. */
  readonly workers: number;
  /** See `SuiteContext.workerProgram`. */
  readonly workerProgram: string;
  /** See `SuiteContext.timeoutSeconds`. */
  readonly timeoutSeconds?: number;
  /** True when the runner runs jobs elsewhere: then code that is not built in is never loaded here, not even to make a job. Default: false. */
  readonly isIsolated?: boolean;
  readonly shouldStop: () => boolean;
  readonly onStart?: (point: SuitePoint, index: number) => void;
  readonly onProgress?: (point: SuitePoint, index: number, report: ProgressReport) => void;
  readonly onEnd?: (entry: SuiteEntry, index: number) => void;
  /** A stored result that cannot be trusted. */
  readonly warn: (message: string) => void;
}

/**
 * Runs the points of a suite. One that fails does not stop the others, an interrupt does.
 * @returns the entries of what was run or found, in the order of the points, whatever order they ended in.
 */
export async function runSuite(points: readonly SuitePoint[], builtins: PluginRegistry, options: SuiteOptions): Promise<SuiteEntry[]> {
  return new SuiteRun(points, builtins, options).run();
}

class SuiteRun {
  private readonly entries: (SuiteEntry | undefined)[] = [];
  private readonly running = new Map<Job, number>();
  private readonly folder = process.cwd();

  constructor(
    private readonly points: readonly SuitePoint[],
    private readonly builtins: PluginRegistry,
    private readonly options: SuiteOptions,
  ) {}

  async run(): Promise<SuiteEntry[]> {
    const { runner, store, mayResume, workers, workerProgram, timeoutSeconds, shouldStop } = this.options;
    const worker = new JobWorker(this.builtins, this.folder);
    await runner.run(this.jobs(), store, {
      workers,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      expectedJobs: mayResume ? 0 : this.points.length,
      runJob: (job, control) => worker.run(job, control),
      workerProgram,
      folder: this.folder,
      shouldStop,
      onStart: (job) => this.options.onStart?.(...this.pointOf(job)),
      onProgress: (job, report) => this.options.onProgress?.(...this.pointOf(job), report),
      onEnd: (job, summary) => this.end(job, summary),
    });
    return this.entries.filter((entry) => entry !== undefined);
  }

  /** Made one by one, as runners ask for them: a job is prepared while others run. */
  private async *jobs(): AsyncGenerator<Job, void, void> {
    const { isIsolated = false, workerProgram, timeoutSeconds, shouldStop } = this.options;
    const isolation = isIsolated ? { workerProgram, timeoutSeconds } : undefined;
    const maker = new PointMaker(this.builtins, this.options, this.folder, isolation, shouldStop);
    try {
      for (const [index, point] of this.points.entries()) {
        if (shouldStop()) return;
        const job = await maker.make(point);
        if ('verdict' in job) {
          this.enter(index, job, undefined, false);
          continue;
        }
        const stored = await this.stored(job);
        if (stored === undefined) {
          this.running.set(job, index);
          yield job;
        } else this.enter(index, stored, job.key, true);
      }
    } finally {
      await maker.dispose();
    }
  }

  private async stored({ key, name }: Job): Promise<RunSummary | undefined> {
    const { store, warn } = this.options;
    if (!(await store.has(key))) return undefined;
    try {
      return (await store.get(key))?.summary;
    } catch (error) {
      warn(`${name}: the stored result is damaged and the run is done again: ${thrownMessage(error)}`);
      return undefined;
    }
  }

  private end(job: Job, summary: RunSummary): void {
    const [, index] = this.pointOf(job);
    this.running.delete(job);
    this.enter(index, summary, job.key, false);
  }

  private enter(index: number, summary: RunSummary, key: string | undefined, isFromStore: boolean): void {
    const { name, file, set } = this.points[index] as SuitePoint;
    const entry: SuiteEntry = { name, file, set, ...summary, ...(key === undefined ? {} : { key }), isFromStore };
    this.entries[index] = entry;
    this.options.onEnd?.(entry, index);
  }

  private pointOf(job: Job): [SuitePoint, number] {
    const index = this.running.get(job);
    if (index === undefined) throw new Error(`the runner tells of job '${job.name}', which it was not given or has ended already`);
    return [this.points[index] as SuitePoint, index];
  }
}
