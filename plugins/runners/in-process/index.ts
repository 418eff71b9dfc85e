import { definePlugin, type Job, type ResultStore, type SuiteContext, type SuiteRunner } from 'tessera-sim';

/** One job after the other, in the process of the suite itself. */
class InProcessRunner implements SuiteRunner {
  async run(jobs: AsyncIterable<Job>, store: ResultStore, context: SuiteContext): Promise<void> {
    for await (const job of jobs) {
      context.onStart(job);
      const { summary, document } = await context.runJob(job, { shouldStop: context.shouldStop, onProgress: (report) => context.onProgress(job, report) });
      if (document !== undefined) await store.put(job.key, { summary, document });
      context.onEnd(job, summary);
    }
  }
}

export default definePlugin({
  kind: 'runner',
  name: 'in-process',
  runsHere: true,
  version: '1.0.0',
  summary: 'Runs a suite one job after the other in its own process',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  create: () => new InProcessRunner(),
});
