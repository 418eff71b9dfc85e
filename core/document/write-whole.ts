import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.js';
import { makeFolder } from './make-folder.js';
import { removeLeftovers, unfinishedName } from './unfinished-files.js';

export interface WriteOptions {
  /** The bytes reach the disk before the file gets its name, so that it is whole after a power failure too. Default true. */
  readonly isDurable?: boolean;
  /** Of folders that have to be made, e.g. 0o700. */
  readonly folderMode?: number;
}

/**
 * Writes a file under another name in the same folder and renames it: whoever reads it, and whenever the process is killed, finds it
 * absent, as it was, or whole. A link is followed; what is no file (`/dev/stdout`, a named pipe) is written to as it is.
 * InputError when it cannot be written; nothing is then left behind.
 */
export function writeWhole(file: string, content: string | Uint8Array, options: WriteOptions = {}): void {
  try {
    const target = followed(path.resolve(file));
    const there = statSync(target, { throwIfNoEntry: false });
    if (there !== undefined && !there.isFile()) writeFileSync(target, content);
    else replaceWhole(target, content, there, options);
  } catch (error) {
    throw new InputError({ file, ...whyNotWritten(error) });
  }
}

/** What a system's error says of an output. */
export function whyNotWritten(error: unknown): { readonly message: string; readonly expected: string } {
  const { code, message } = error as NodeJS.ErrnoException;
  return { message: `cannot be written (${code ?? message})`, expected: EXPECTED[code ?? ''] ?? 'a place where files can be written' };
}

const EXPECTED: Readonly<Record<string, string>> = {
  ENOSPC: 'a disk with room left',
  EDQUOT: 'room left in the quota',
  EROFS: 'a file system that is not read-only',
  EACCES: 'a place that you may write to',
  EPERM: 'a place that you may write to',
  EISDIR: 'a name that is no folder',
  ENOTDIR: 'a path whose folders are no files',
  ENAMETOOLONG: 'a shorter name',
};

function replaceWhole(target: string, content: string | Uint8Array, there: Stats | undefined, options: WriteOptions): void {
  const folder = path.dirname(target);
  makeFolder(folder, options.folderMode);
  removeLeftovers(folder);
  for (let isLastTry = false; ; isLastTry = true) {
    const unfinished = path.join(folder, unfinishedName(path.basename(target)));
    try {
      writeNew(unfinished, content, options.isDurable ?? true);
      if (there !== undefined) chmodSync(unfinished, there.mode & 0o777);
      renameSync(unfinished, target);
      return;
    } catch (error) {
      rmSync(unfinished, { force: true });
      // Someone tidied the folder up between the two steps, or our name was taken.
      if (isLastTry || !['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

function writeNew(file: string, content: string | Uint8Array, isDurable: boolean): void {
  const descriptor = openSync(file, 'wx');
  try {
    writeFileSync(descriptor, content);
    if (isDurable) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Where a link leads, though nothing may be there yet; other paths as they are. */
export function followed(file: string): string {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return file;
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return realpathSync(file);
  return path.resolve(path.dirname(file), readlinkSync(file));
}
