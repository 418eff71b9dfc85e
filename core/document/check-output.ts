import { accessSync, closeSync, constants, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.js';
import { removeLeftovers, unfinishedName } from './unfinished-files.js';
import { followed, whyNotWritten } from './write-whole.js';

/** The smallest files that are worth writing take a block of the disk. */
const LEAST_BYTES = 4096;
/** A folder of reports with less room than this would fail at its end. */
const LEAST_BYTES_OF_FOLDER = 65_536;

/**
 * Before anything is simulated: can this file be written? Its folder is there or can be made, takes a file and has room for a small one;
 * what has the name already is no folder and may be replaced. Makes nothing that stays. InputError with the reason.
 */
export function checkOutputFile(file: string, leastBytes = LEAST_BYTES): void {
  try {
    const target = followed(path.resolve(file));
    const there = statSync(target, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw new InputError({ file, message: 'is a folder', expected: 'the name of a file' });
    if (there !== undefined) accessSync(target, constants.W_OK);
    if (there === undefined || there.isFile()) tryOut(path.dirname(target), leastBytes);
  } catch (error) {
    throw error instanceof InputError ? error : new InputError({ file, ...whyNotWritten(error) });
  }
}

/**
 * As `checkOutputFile`, for a folder of files that an exporter will name.
 * @param names of files that are known to be written there
 */
export function checkOutputFolder(folder: string, names: readonly string[] = []): void {
  try {
    tryOut(path.resolve(folder), LEAST_BYTES_OF_FOLDER);
  } catch (error) {
    throw error instanceof InputError ? error : new InputError({ file: folder, ...whyNotWritten(error) });
  }
  for (const name of names) checkReplaceable(path.join(folder, name));
}

function checkReplaceable(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) checkOutputFile(file);
}

/** Writes some bytes into the folder, or into the nearest one above that is there, and takes them away: what the system says of rights is not always so. */
function tryOut(folder: string, bytes: number): void {
  const nearest = nearestThere(folder);
  if (!statSync(nearest).isDirectory()) throw new InputError({ file: nearest, message: 'is a file', expected: 'a folder for what is written' });
  removeLeftovers(nearest);
  const file = path.join(nearest, unfinishedName('try'));
  const descriptor = openSync(file, 'wx');
  try {
    for (let left = bytes; left > 0;) left -= writeSync(descriptor, Buffer.alloc(left));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    rmSync(file, { force: true });
  }
}

function nearestThere(folder: string): string {
  if (isThere(folder) || path.dirname(folder) === folder) return folder;
  return nearestThere(path.dirname(folder));
}

/** A path that goes on below a file is not there, and the file will be said to be none. */
function isThere(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
