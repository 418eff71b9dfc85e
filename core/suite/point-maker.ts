import { InputError } from '../errors.js';
import type { Job, RunSummary } from '../plugin/suite-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadOptions } from '../scenario/load.js';
import { JobMaker } from './job.js';
import type { SuitePoint } from './points.js';
import { failedSummary } from './run-job.js';
import { WorkerSlot } from './worker-slot.js';

/** Loading a scenario to see what it reads; longer, and its plugins do something else. */
const MAKE_SECONDS = 60;
/** Nothing is simulated there. */
const MAKE_MEMORY_MIB = 2048;

/** Where code that is not built in is loaded. */
export interface Isolation {
  readonly workerProgram: string;
  readonly timeoutSeconds: number | undefined;
}

/**
 * Makes the jobs of a suite's points. A scenario that names code which is not built in is loaded in a worker process of its own kind, so that
 * nothing that this code does can end the suite; all others are loaded here.
 */
export class PointMaker {
  private readonly here: JobMaker;
  private readonly slot: WorkerSlot | undefined;

  /** @param isolation without it, everything is loaded here */
  constructor(
    builtins: PluginRegistry,
    private readonly options: LoadOptions,
    folder: string,
    isolation: Isolation | undefined,
    shouldStop: () => boolean,
  ) {
    const plugins = (): never => {
      throw new ForeignCode();
    };
    this.here = new JobMaker(builtins, isolation === undefined ? options : { ...options, plugins }, folder);
    if (isolation === undefined) return;
    this.slot = new WorkerSlot({
      program: isolation.workerProgram,
      folder,
      stopMs: 1000,
      timeoutMs: Math.min(MAKE_SECONDS, isolation.timeoutSeconds ?? Infinity) * 1000,
      memoryMiB: MAKE_MEMORY_MIB,
      shouldStop,
      ...(options.plugins === undefined ? {} : { policy: options.plugins }),
    });
  }

  /** The job, or why there is none. */
  async make(point: SuitePoint): Promise<Job | RunSummary> {
    const startedAt = performance.now();
    try {
      if (point.problems !== undefined) throw new InputError(point.problems);
      return await this.here.make(point);
    } catch (error) {
      if (!(error instanceof ForeignCode) || this.slot === undefined) return failedSummary(error, (performance.now() - startedAt) / 1000);
    }
    const { set, allow } = this.options;
    return this.slot.make({ point, options: { ...(set === undefined ? {} : { set }), ...(allow === undefined ? {} : { allow }) } });
  }

  async dispose(): Promise<void> {
    await this.slot?.dispose();
  }
}

/** The scenario names code that is not built in. */
class ForeignCode extends Error {}
