import { InputError, type InputProblem } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { loadScenario, type LoadOptions } from '../scenario/load.js';
import type { SuiteJob } from './jobs.js';
import { RunProgress } from '../run/progress.js';
import { runScenario } from '../run/run.js';
import type { RunResult } from '../result/run-result.js';
import { reasonsOf, verdictOf, type Verdict } from '../result/verdict.js';

/** How one run of a suite ended. */
export interface SuiteEntry {
  readonly name: string;
  readonly file: string;
  readonly verdict: Verdict | 'bad-input';
  /** Why it is not as expected. */
  readonly reasons: readonly string[];
  readonly problems: readonly InputProblem[];
  readonly wallSeconds: number;
  readonly result?: RunResult;
}

export interface SuiteOptions extends LoadOptions {
  readonly shouldStop: () => boolean;
  readonly onStart?: (job: SuiteJob, index: number, total: number, progress: RunProgress) => void;
  readonly onEnd?: (entry: SuiteEntry, index: number, total: number) => void;
}

/** Runs the jobs one after the other; a job that fails does not stop the others, an interrupt does. */
export async function runSuite(jobs: readonly SuiteJob[], builtins: PluginRegistry, options: SuiteOptions): Promise<SuiteEntry[]> {
  const entries: SuiteEntry[] = [];
  for (const [index, job] of jobs.entries()) {
    if (options.shouldStop()) break;
    const progress = new RunProgress();
    options.onStart?.(job, index, jobs.length, progress);
    const entry = await runJob(job, builtins, progress, options);
    entries.push(entry);
    options.onEnd?.(entry, index, jobs.length);
  }
  return entries;
}

async function runJob(job: SuiteJob, builtins: PluginRegistry, progress: RunProgress, options: SuiteOptions): Promise<SuiteEntry> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const { name, file } = job;
  try {
    const loaded = await loadScenario(file, builtins, { ...options, set: { ...options.set, ...job.set }, setPlaces: job.setPlaces });
    const result = await runScenario(loaded.scenario, loaded.registry, { progress, shouldStop: options.shouldStop });
    return { name, file, verdict: verdictOf(result), reasons: reasonsOf(result), problems: [], wallSeconds: seconds(), result };
  } catch (error) {
    const problems = error instanceof InputError ? error.problems : [];
    const isInput = error instanceof InputError;
    const reason = error instanceof Error ? error.message : String(error);
    return { name, file, verdict: isInput ? 'bad-input' : 'machine-failed', reasons: [reason], problems, wallSeconds: seconds() };
  }
}
