import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.js';

/** One file that an exporter made. */
export interface ExportedFile {
  /** Relative to the output folder, e.g. `trace.json`. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Writes a file under another name first and renames it: a reader never sees half of it. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const folder = path.dirname(path.resolve(file));
  const temporary = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    makeFolder(folder);
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    removeIfThere(temporary);
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new InputError({ file, message: `cannot be written (${code})`, expected: 'a place where files can be written' });
  }
}

/** One folder after the other: Node's own recursive way never ends where the system refuses in an unusual way (below /proc). */
function makeFolder(folder: string): void {
  const isThere = (): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!isThere()) throw error;
  }
}

/** `force` still throws where the folder is a file. */
function removeIfThere(file: string): void {
  if (existsSync(file)) rmSync(file);
}

/** A folder name made of any title: no separators, no leading dots. */
export function folderName(title: string): string {
  const name = title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '');
  return name === '' ? 'run' : name;
}

/** Writes the files of an exporter into a folder; returns their paths. Names that leave the folder are refused. */
export function writeExported(files: readonly ExportedFile[], folder: string): string[] {
  return files.map((file) => {
    const target = path.resolve(folder, file.name);
    if (path.relative(folder, target).startsWith('..')) {
      throw new InputError({ file: file.name, message: 'an exporter names a file outside of its output folder' });
    }
    writeWhole(target, file.content);
    return path.relative(process.cwd(), target).startsWith('..') ? target : path.relative(process.cwd(), target);
  });
}
