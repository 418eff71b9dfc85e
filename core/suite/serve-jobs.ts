import type { PluginRegistry } from '../plugin/registry.js';
import type { Job, WorkerReply, WorkerRequest } from '../plugin/suite-plugins.js';
import { JobWorker } from './run-job.js';

/** A worker's way to the runner that started it. */
export interface WorkerChannel {
  send(reply: WorkerReply): void;
  onRequest(listener: (request: WorkerRequest) => void): void;
}

/** Serves jobs until the process ends: says that it is ready, then answers each request to run with one end. */
export function serveJobs(channel: WorkerChannel, builtins: PluginRegistry, folder?: string): void {
  const worker = new JobWorker(builtins, folder);
  let isStopping = false;
  const serve = async (job: Job): Promise<void> => {
    const end = await worker.run(job, { shouldStop: () => isStopping, onProgress: (progress) => channel.send({ progress }) });
    channel.send({ end });
  };
  channel.onRequest((request) => {
    if ('stop' in request) isStopping = true;
    else void serve(request.run);
  });
  channel.send({ ready: true });
}
