import { getHeapStatistics } from 'node:v8';
import { totalmem } from 'node:os';
import { definePlugin, WorkerSlot, type Job, type ResultStore, type SuiteContext, type SuiteRunner } from 'tessera-sim';

interface PoolConfig {
  readonly stopSeconds: number;
  readonly memoryMiB?: number;
}

/** Of the machine's memory, for all workers together. */
const MEMORY_SHARE = 0.75;

/**
 * Long-lived worker processes. Processes, not threads: a model that ends the process, runs out of memory or is killed takes its own job
 * with it and no other, and the CPU seconds of a run are those of its process.
 */
class PoolRunner implements SuiteRunner {
  constructor(private readonly config: PoolConfig) {}

  async run(jobs: AsyncIterable<Job>, store: ResultStore, context: SuiteContext): Promise<void> {
    const places = Array.from({ length: context.workers }, () => new Place(context, this.config));
    for (const { slot } of places.slice(0, context.expectedJobs)) slot.start();
    const source = jobs[Symbol.asyncIterator]();
    try {
      await Promise.all(places.map((place) => place.work(source, store)));
    } finally {
      await Promise.all(places.map(({ slot }) => slot.dispose()));
    }
  }
}

/** One worker at a time, and the job that it does. */
class Place {
  readonly slot: WorkerSlot;
  private job: Job | undefined;

  constructor(
    private readonly context: SuiteContext,
    { stopSeconds, memoryMiB = memoryOfOne(context.workers) }: PoolConfig,
  ) {
    const { workerProgram, folder, timeoutSeconds = Infinity } = context;
    this.slot = new WorkerSlot({
      program: workerProgram,
      folder,
      stopMs: stopSeconds * 1000,
      timeoutMs: timeoutSeconds * 1000,
      memoryMiB,
      shouldStop: context.shouldStop,
      onProgress: (report) => {
        if (this.job !== undefined) context.onProgress(this.job, report);
      },
    });
  }

  /** Job after job, until there is none left. */
  async work(source: AsyncIterator<Job>, store: ResultStore): Promise<void> {
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      const job = (this.job = next.value);
      this.context.onStart(job);
      const { summary, document } = await this.slot.run(job);
      if (document !== undefined) await store.put(job.key, { summary, document });
      this.context.onEnd(job, summary);
    }
  }
}

/** As much as a process has by itself, unless the machine has too little for all of them. */
function memoryOfOne(workers: number): number {
  const byItself = getHeapStatistics().heap_size_limit;
  return Math.floor(Math.min(byItself, (MEMORY_SHARE * totalmem()) / workers) / 2 ** 20);
}

export default definePlugin<PoolConfig>({
  kind: 'runner',
  name: 'pool',
  version: '1.1.0',
  summary: 'Runs a suite in long-lived worker processes, several jobs at a time',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      stopSeconds: {
        type: 'number',
        exclusiveMinimum: 0,
        default: 5,
        unit: 's',
        description: 'How long a worker that has heard of Ctrl-C may take to end its run; one that has not heard of it has 0.8 s. Then it is killed',
      },
      memoryMiB: {
        type: 'number',
        minimum: 64,
        unit: 'MiB',
        description: "Largest heap of a worker; default: Node's own, and at most an equal share of three quarters of the machine's memory",
      },
    },
  },
  create: (config) => new PoolRunner(config),
});
