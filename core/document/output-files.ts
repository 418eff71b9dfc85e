import path from 'node:path';
import { InputError } from '../errors.js';
import { writeWhole } from './write-whole.js';

/** One file that an exporter made. */
export interface ExportedFile {
  /** Relative to the output folder, e.g. `trace.json`. */
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What a reader should know of it, in a few words, e.g. that it shows one span in eight. */
  readonly note?: string;
}

/** A folder name made of any title: no separators, no leading dots. */
export function folderName(title: string): string {
  const name = title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '');
  return name === '' ? 'run' : name;
}

/** Writes a file of an exporter into a folder; returns its path. A name that leaves the folder is refused. */
export function writeExported(file: ExportedFile, folder: string): string {
  const target = path.resolve(folder, file.name);
  if (path.relative(folder, target).startsWith('..')) {
    throw new InputError({ file: file.name, message: 'an exporter names a file outside of its output folder' });
  }
  writeWhole(target, file.content);
  return path.relative(process.cwd(), target).startsWith('..') ? target : path.relative(process.cwd(), target);
}
