import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** A fresh folder whose name begins with `tessera-` and `purpose`; it goes when the tests of the file are done. */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `tessera-${purpose}-`));
  made.push(folder);
  return folder;
}

/** tests/setup.ts does so after each file: a worker imports this module once, whatever it runs. */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
