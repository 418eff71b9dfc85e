import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

/**
 * Files that are being written: `.NAME.HOST-PROCESS-NUMBER.tessera-unfinished`. The name tells who writes, so that two processes never
 * meet in one and what a killed process has left can be told from what a living one is at.
 */
const ENDING = '.tessera-unfinished';
const FORM = /\.([0-9a-f]{8})-(\d+)-\d+\.tessera-unfinished$/;
/** Longer names get a digest instead: a file system takes 255 bytes. */
const LONGEST_NAME_BYTES = 180;
/** Nobody writes one file for so long: what is older goes, whoever has made it. */
const OLD_MS = 24 * 3600 * 1000;

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const tidied = new Set<string>();
let count = 0;

/** A new name for what will be called `name`. */
export function unfinishedName(name: string): string {
  const short = Buffer.byteLength(name) > LONGEST_NAME_BYTES ? createHash('sha256').update(name).digest('hex') : name;
  return `.${short}.${host}-${process.pid}-${++count}${ENDING}`;
}

/** Removes from a folder what processes that are no more have left; looked at once a process. */
export function removeLeftovers(folder: string): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  try {
    for (const name of readdirSync(folder)) if (name.endsWith(ENDING) && isLeftOver(path.join(folder, name))) rmSync(path.join(folder, name), { force: true });
  } catch {
    // Not ours to tidy, or just gone.
  }
}

function isLeftOver(file: string): boolean {
  const [, writer, id] = FORM.exec(file) ?? [];
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
  return age > OLD_MS || (writer === host && !isAlive(Number(id)));
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
