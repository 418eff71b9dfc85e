import { Worker } from 'node:worker_threads';
import { HeapQueue } from 'tessera-sim';
import { digestOfRun } from './digest-of-run.js';

/**
 * `node dist/tools/determinism/main.js SCENARIO`: runs a scenario twice, in a worker, with its blocks constructed in reverse
 * order and on the heap queue; prints the digests as JSON and exits with 1 when they differ.
 */
async function main(file: string): Promise<void> {
  const digests = {
    first: await digestOfRun(file),
    again: await digestOfRun(file),
    worker: await digestInWorker(file),
    reversedConstruction: await digestOfRun(file, { reverseConstruction: true }),
    heapQueue: await digestOfRun(file, { queue: new HeapQueue() }),
  };
  process.stdout.write(`${JSON.stringify({ node: process.version, digests }, null, 2)}\n`);
  if (new Set(Object.values(digests)).size !== 1) process.exitCode = 1;
}

function digestInWorker(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: file });
    worker.on('message', (digest: string) => resolve(digest));
    worker.on('error', reject);
  });
}

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: node dist/tools/determinism/main.js SCENARIO\n');
  process.exitCode = 2;
} else await main(file);
