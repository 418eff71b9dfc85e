import { announceBundle, type RunningBundle } from '../../core/document/running-bundle.js';
import type { WorkerRequest } from '../../core/plugin/suite-plugins.js';
import { builtinRegistry } from '../engine.js';
import { guardOutput } from '../output-guard.js';

/** A worker process of `tessera suite`: serves the jobs that come over its channel, and ends with the process that started it. */
export async function work(bundle: RunningBundle): Promise<void> {
  announceBundle(bundle);
  guardOutput();
  // Ctrl-C reaches the whole group of processes; the suite says what is to be stopped.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit());
  const { serveJobs } = await import('../../core/suite/serve-jobs.js');
  const channel = {
    send: (reply: object) => void process.send?.(reply),
    onRequest: (listener: (request: WorkerRequest) => void) => void process.on('message', listener),
    hold: (isHeld: boolean) => (isHeld ? process.channel?.ref() : process.channel?.unref()),
    onIdle: (listener: () => void) => void process.on('beforeExit', listener),
    onStray: (listener: (error: unknown) => void) => {
      process.on('uncaughtException', listener);
      process.on('unhandledRejection', listener);
    },
  };
  serveJobs(channel, await builtinRegistry());
}
