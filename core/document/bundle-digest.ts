import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { installationFolder } from './installation.js';
import { runningBundle } from './running-bundle.js';

const DIGEST_LENGTH = 16;

/** What the running bundle's scripts are: the digests that the build has written into their first lines. Undefined outside of a bundle. */
export function bundleDigest(): string | undefined {
  if (runningBundle() === undefined) return undefined;
  try {
    return ['tessera', 'seldom'].map((name) => firstDigest(path.join(installationFolder(), 'dist', 'bundle', `${name}.cjs`))).join(' ');
  } catch {
    return undefined;
  }
}

/** After the two characters that begin a comment. */
function firstDigest(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(DIGEST_LENGTH);
    readSync(descriptor, bytes, 0, DIGEST_LENGTH, 2);
    return bytes.toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}
