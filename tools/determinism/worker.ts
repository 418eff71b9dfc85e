import { parentPort, workerData } from 'node:worker_threads';
import { digestOfRun } from './digest-of-run.js';

parentPort?.postMessage(await digestOfRun(String(workerData)));
