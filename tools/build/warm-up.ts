/**
 * Fills V8's code caches of the bundle: runs commands that users run most in one process, so that what they compile is in
 * the caches, and writes those beside the scripts. Run in a process of its own, whose output nobody reads.
 */
import { createRequire } from 'node:module';
import path from 'node:path';

interface Bundle {
  main(): { run(root: string, words: readonly string[]): Promise<void> };
  writeCaches(folder: string): string[];
}

const COMMANDS = [
  'run scenarios/examples/hand-written-schedule.yaml',
  '--help',
  'run --help',
  'check scenarios/quickstart/depth-first.yaml',
  'run scenarios/examples/hand-written-schedule.yaml',
];

const root = process.cwd();
const { Bundle } = createRequire(import.meta.url)(path.join(root, 'bin', 'load-bundle.js')) as {
  Bundle: new (root: string, options: { useCaches: boolean }) => Bundle;
};
const bundle = new Bundle(root, { useCaches: false });
const { run } = bundle.main();
for (const command of COMMANDS) await run(root, command.split(' '));
bundle.writeCaches(path.join(root, 'dist', 'bundle'));
