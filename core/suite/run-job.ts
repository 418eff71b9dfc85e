import { agreeTo } from '../plugin/consent/agree-to.js';
import { estimateError } from '../analysis/comparison.js';
import { placedError } from '../document/problem-places.js';
import { InputError } from '../errors.js';
import type { Job, JobControl, JobEnd, RunSummary } from '../plugin/suite-plugins.js';
import { BUILT_IN, type PluginRegistry } from '../plugin/registry.js';
import type { PluginPolicy } from '../plugin/consent/plugin-code.js';
import type { StopCause } from '../plugin/stop-watch.js';
import { testCaseOf } from '../result/junit.js';
import type { RunResult } from '../result/run-result.js';
import { reasonsOf, resultDocument, verdictOf } from '../result/verdict.js';
import { RunProgress } from '../run/progress.js';
import { runScenario } from '../run/run.js';
import { loadScenario } from '../scenario/load.js';
import { figuresOf } from './figures.js';
import { FileHashes } from './file-hashes.js';
import { checkJob } from './job.js';
import { JobFiles } from './job-files.js';
import { thrownMessage } from '../text/thrown.js';

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
    const halt = new Halt();
    try {
      const { result, isWhole } = await this.simulate(job, control, startedAt, halt);
      return { summary: summaryOf(result, isWhole, seconds()), document: JSON.stringify(resultDocument(result)) };
    } catch (error) {
      return { summary: failedSummary(error, seconds()) };
    } finally {
      halt.clear();
    }
  }

  private async simulate(job: Job, { shouldStop, onProgress, onFact }: JobControl, startedAt: number, halt: Halt): Promise<Simulated> {
    const files = JobFiles.at(job.project, this.folder);
    checkJob(job, files, this.hashes);
    const places = Object.entries(job.setPlaces).map(([key, place]) => [key, { ...place, file: files.fileOf(place.file) }] as const);
    const { scenario, registry, read } = await loadScenario(files.fileOf(job.file), this.builtins, {
      set: job.set,
      setPlaces: Object.fromEntries(places),
      plugins: tellingPolicy(agreeTo(job.code), onFact),
      onWallLimit: (maxWallSeconds) => {
        halt.after(maxWallSeconds);
        onFact?.({ maxWallSeconds });
      },
      ...(job.allow.length === 0 ? {} : { allow: job.allow.map((name) => files.fileOf(name)) }),
    });
    const foreign = registry.list().filter(({ origin }) => origin !== BUILT_IN);
    if (foreign.length > 0) onFact?.({ plugins: foreign.map(({ kind, name, origin }) => `${kind} plugin '${name}' (${origin})`) });
    const progress = new RunProgress();
    progress.on('progress', onProgress);
    const isWhole = [...read].every(([file, hash]) => job.inputs[files.nameOf(file)] === hash);
    return { result: await runScenario(scenario, registry, { progress, shouldStop, startedAt, halted: halt.halted }), isWhole };
  }
}

/** Ends a run whose promises are never settled, when its time is over: nothing of it looks at a clock. */
class Halt {
  readonly halted: Promise<StopCause>;
  private halt: (cause: StopCause) => void = () => {};
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.halted = new Promise((resolve) => (this.halt = resolve));
  }

  after(seconds: number): void {
    const milliseconds = Math.min(seconds * 1000 + PATIENCE_MS, LONGEST_MS);
    this.timer = setTimeout(() => this.halt('maxWallSeconds'), milliseconds).unref();
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}

/** For a run that does look at a clock. */
const PATIENCE_MS = 300;
/** Node's timers know no longer time. */
const LONGEST_MS = 2 ** 31 - 1;

/** The same policy; code that it lets through is told of. */
export function tellingPolicy(policy: PluginPolicy, onFact: JobControl['onFact']): PluginPolicy {
  return async (code, place) => {
    await policy(code, place);
    onFact?.({ foreignCode: code.specifier, files: [...code.files.keys()] });
  };
}

function summaryOf(result: RunResult, isWhole: boolean, wallSeconds: number): RunSummary {
  const schedule = result.kind === 'schedule' ? result : undefined;
  const error = schedule === undefined ? undefined : estimateError(schedule);
  return {
    verdict: verdictOf(result),
    reasons: reasonsOf(result),
    problems: [],
    wallSeconds,
    isReproducible: isWhole && result.outcome !== 'interrupted' && result.bound !== 'maxWallSeconds',
    ...(schedule === undefined ? {} : { cycles: Math.round(schedule.simulation.cycles) }),
    ...(error === undefined ? {} : { estimateError: error }),
    figures: figuresOf(result),
    ...(schedule === undefined ? {} : { energyMissing: schedule.simulation.energyMissing ?? [] }),
    digest: result.digest,
    testCase: testCaseOf(result),
  };
}

/** Of a job that has no result: bad input, or a model that threw. */
export function failedSummary(thrown: unknown, wallSeconds: number): RunSummary {
  const error = thrown instanceof Error ? placedError(thrown) : thrown;
  const isInput = error instanceof InputError;
  return {
    verdict: isInput ? 'bad-input' : 'machine-failed',
    reasons: [thrownMessage(error)],
    problems: isInput ? error.problems : [],
    wallSeconds,
    isReproducible: false,
  };
}
