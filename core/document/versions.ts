import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { installationFolder } from './installation.js';

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

function readOwnVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(installationFolder(), 'package.json'), 'utf8')) as { version?: string };
    return version ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
