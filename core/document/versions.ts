import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';

let tesseraVersion: string | undefined;

/** Versions that a result depends on: ours and the runtime's. */
export function runVersions(): Readonly<Record<string, string>> {
  tesseraVersion ??= readOwnVersion();
  return { tessera: tesseraVersion, node: process.version };
}

/** A file as the user knows it: relative to where the command runs, with slashes. */
export function displayPath(file: string): string {
  return relative(process.cwd(), file).split(sep).join('/');
}

/** The package.json above this file, whether it runs from `core/` or from `dist/core/`. */
function readOwnVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { name?: string; version?: string };
      if (parsed.name === 'tessera-sim' && parsed.version !== undefined) return parsed.version;
    } catch {
      // Not there: look one level further up.
    }
  }
  return 'unknown';
}
