import path from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { tessera, tesseraProcess } from './harness.js';

/** `plugin new` writes a folder in which `plugin test` finds nothing to complain about. */
export async function writesPassingFolder(kind: string): Promise<void> {
  const cwd = temporaryFolder('new');
  const written = await tessera('plugin/new', kind, `my-${kind}`, '--dir', path.join(cwd, `my-${kind}`));
  expect(written).toMatchObject({ code: 0, stderr: '' });
  const tested = await tesseraProcess(['plugin', 'test', `my-${kind}`], { cwd });
  expect(tested.stdout).toMatch(/\d+ passed, 0 failed/);
  expect(tested).toMatchObject({ code: 0, stderr: '' });
}
