import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { agreeTo, PluginRegistry, type Job, type ResultStore, type SuiteRunner } from '../../../core/index.js';
import { JobMaker } from '../../../core/suite/job.js';
import type { SuitePoint } from '../../../core/suite/points.js';
import { runSuite, type SuiteEntry, type SuiteOptions } from '../../../core/suite/run-suite.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { FILES } from '../../cli/bad-input-files.js';
import { project } from '../../cli/harness.js';

export const builtins = new PluginRegistry(builtinPlugins);

/** The program that pools start; of the build. */
export const WORKER_PROGRAM = path.resolve(import.meta.dirname, '../../../bin/worker.js');

/** A project of its own with a scenario that runs in no time, and more files. */
export function suiteProject(more: Readonly<Record<string, string>> = {}): string {
  return project({ ...FILES, ...more });
}

export function pointOf(folder: string, set: SuitePoint['set'] = {}, scenario = 's.yaml'): SuitePoint {
  return { name: `${scenario} ${JSON.stringify(set)}`, file: path.join(folder, scenario), set, setPlaces: {} };
}

export async function jobOf(folder: string, set: SuitePoint['set'] = {}, scenario = 's.yaml'): Promise<Job> {
  return new JobMaker(builtins, { plugins: agreeTo(['all']) }, process.cwd()).make(pointOf(folder, set, scenario));
}

export function replaceIn(file: string, text: string, by: string): void {
  const before = readFileSync(file, 'utf8');
  if (!before.includes(text)) throw new Error(`${file} has no '${text}'`);
  writeFileSync(file, before.replace(text, by));
}

export const inProcess = (): SuiteRunner => builtins.get('runner', 'in-process').create({});

export async function run(points: readonly SuitePoint[], store: ResultStore, more: Partial<SuiteOptions> = {}): Promise<SuiteEntry[]> {
  const shared = {
    runner: inProcess(),
    plugins: agreeTo(['all']),
    mayResume: true,
    workers: 1,
    workerProgram: WORKER_PROGRAM,
    shouldStop: () => false,
    warn: () => {},
  };
  return runSuite(points, builtins, { ...shared, store, ...more });
}
