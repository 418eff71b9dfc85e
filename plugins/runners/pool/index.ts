import { definePlugin, type Job, type ResultStore, type SuiteContext, type SuiteRunner } from 'tessera-sim';
import { WorkerSlot } from './worker-slot.js';

interface PoolConfig {
  /** How long a worker may take to end its run after Ctrl-C. */
  readonly stopSeconds: number;
}

const LOOK_UP_MS = 100;

/**
 * Long-lived worker processes. Processes, not threads: a model that ends the process, runs out of memory or is killed takes its own job
 * with it and no other, and the CPU seconds of a run are those of its process.
 */
class PoolRunner implements SuiteRunner {
  constructor(private readonly config: PoolConfig) {}

  async run(jobs: AsyncIterable<Job>, store: ResultStore, context: SuiteContext): Promise<void> {
    const slots = Array.from({ length: context.workers }, () => new WorkerSlot(context, this.config.stopSeconds * 1000));
    for (const slot of slots.slice(0, context.expectedJobs)) slot.start();
    const source = jobs[Symbol.asyncIterator]();
    const watch = setInterval(() => {
      if (context.shouldStop()) for (const slot of slots) slot.stop();
    }, LOOK_UP_MS);
    try {
      await Promise.all(slots.map((slot) => work(slot, source, store, context)));
    } finally {
      clearInterval(watch);
      await Promise.all(slots.map((slot) => slot.dispose()));
    }
  }
}

/** Job after job, until there is none left. */
async function work(slot: WorkerSlot, source: AsyncIterator<Job>, store: ResultStore, context: SuiteContext): Promise<void> {
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    const job = next.value;
    context.onStart(job);
    const { summary, document } = await slot.run(job);
    if (document !== undefined) await store.put(job.key, { summary, document });
    context.onEnd(job, summary);
  }
}

export default definePlugin<PoolConfig>({
  kind: 'runner',
  name: 'pool',
  version: '1.0.0',
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
        description: 'How long a worker may take to end its run after Ctrl-C; then it is killed',
      },
    },
  },
  create: (config) => new PoolRunner(config),
});
