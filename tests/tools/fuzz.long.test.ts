import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A small part of `npm run fuzz`, with cases of its own: another seed than the default. Needs a build. */
it('three hundred mutated inputs end as they should', { timeout: 900_000 }, async () => {
  const words = [path.join(ROOT, 'dist/tools/fuzz/main.js'), '--count', '300', '--seed', '2'];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: ROOT });
  expect(stdout).toMatch(/^300 cases, 0 failed/m);
});
