import { agreeTo } from '../plugin/consent/agree-to.js';
import { estimateError } from '../analysis/comparison.js';
import { InputError } from '../errors.js';
import type { Job, JobControl, JobEnd, RunSummary } from '../plugin/suite-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { testCaseOf } from '../result/junit.js';
import type { RunResult } from '../result/run-result.js';
import { reasonsOf, resultDocument, verdictOf } from '../result/verdict.js';
import { RunProgress } from '../run/progress.js';
import { runScenario } from '../run/run.js';
import { loadScenario } from '../scenario/load.js';
import { FileHashes } from './file-hashes.js';
import { checkJob } from './job.js';
import { JobFiles } from './job-files.js';

interface Simulated {
  readonly result: RunResult;
  /** The job names every file that was loaded, as it was loaded: its key stands for this result. */
  readonly isWhole: boolean;
}

/** Does jobs one after the other; lives as long as its process, so that a second job of a file finds what the first has prepared. */
export class JobWorker {
  private readonly hashes = new FileHashes();

  /** @param folder that the projects of jobs are relative to. */
  constructor(
    private readonly builtins: PluginRegistry,
    private readonly folder: string = process.cwd(),
  ) {}

  /** Checks the inputs, loads, runs. Whatever goes wrong is an end, not an exception. */
  async run(job: Job, control: JobControl): Promise<JobEnd> {
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const { result, isWhole } = await this.simulate(job, control);
      return { summary: summaryOf(result, isWhole, seconds()), document: JSON.stringify(resultDocument(result)) };
    } catch (error) {
      return { summary: failedSummary(error, seconds()) };
    }
  }

  private async simulate(job: Job, { shouldStop, onProgress }: JobControl): Promise<Simulated> {
    const files = JobFiles.at(job.project, this.folder);
    checkJob(job, files, this.hashes);
    const places = Object.entries(job.setPlaces).map(([key, place]) => [key, { ...place, file: files.fileOf(place.file) }] as const);
    const { scenario, registry, read } = await loadScenario(files.fileOf(job.file), this.builtins, {
      set: job.set,
      setPlaces: Object.fromEntries(places),
      plugins: agreeTo(job.code),
      ...(job.allow.length === 0 ? {} : { allow: job.allow.map((name) => files.fileOf(name)) }),
    });
    const progress = new RunProgress();
    progress.on('progress', onProgress);
    const isWhole = [...read].every(([file, hash]) => job.inputs[files.nameOf(file)] === hash);
    return { result: await runScenario(scenario, registry, { progress, shouldStop }), isWhole };
  }
}

function summaryOf(result: RunResult, isWhole: boolean, wallSeconds: number): RunSummary {
  const schedule = result.kind === 'schedule' ? result : undefined;
  const error = schedule === undefined ? undefined : estimateError(schedule);
  return {
    verdict: verdictOf(result),
    reasons: reasonsOf(result),
    problems: [],
    wallSeconds,
    isReproducible: isWhole && result.outcome !== 'interrupted' && schedule?.bound !== 'maxWallSeconds',
    ...(schedule === undefined ? {} : { cycles: Math.round(schedule.simulation.cycles) }),
    ...(error === undefined ? {} : { estimateError: error }),
    digest: result.digest,
    testCase: testCaseOf(result),
  };
}

/** Of a job that has no result: bad input, or a model that threw. */
export function failedSummary(error: unknown, wallSeconds: number): RunSummary {
  const isInput = error instanceof InputError;
  return {
    verdict: isInput ? 'bad-input' : 'machine-failed',
    reasons: [error instanceof Error ? error.message : String(error)],
    problems: isInput ? error.problems : [],
    wallSeconds,
    isReproducible: false,
  };
}
