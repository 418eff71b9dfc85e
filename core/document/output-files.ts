import path from 'node:path';
import { InputError } from '../errors.js';
import { digestOf } from '../kernel/digest.js';
import { isInside, real } from './input-files.js';
import { writeWhole } from './write-whole.js';

/** One file that an exporter made. */
export interface ExportedFile {
  /** Relative to the output folder, e.g. `trace.json`. */
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What a reader should know of it, in a few words, e.g. that it shows one span in eight. */
  readonly note?: string;
}

/** Names that Windows gives to devices, with any ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** File systems take 255 bytes; a letter may have four, and exporters and temporary names add to it. */
const LONGEST_NAME = 48;

/**
 * A folder name made of any title: no separators, no leading or trailing dots, no name of a device, no more than a file system takes.
 * A title that loses its end keeps a digest of the whole.
 */
export function folderName(title: string): string {
  const name = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|\.+$/g, '');
  const whole = name === '' ? 'run' : DEVICES.test(name) ? `run-${name}` : name;
  const letters = [...whole];
  return letters.length <= LONGEST_NAME ? whole : `${letters.slice(0, LONGEST_NAME).join('')}-${digestOf(title).slice(0, 8)}`;
}

/** Folder names for several titles, each its own, also where a file system takes capital and small letters for the same. */
export function folderNames(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const first = folderName(title);
    let name = first;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${first}-${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** Writes a file of an exporter into a folder; returns its path. A name that leaves the folder, and a link out of it, is refused. */
export function writeExported(file: ExportedFile, folder: string): string {
  const target = path.resolve(folder, file.name);
  if (target === path.resolve(folder) || !isInside(real(path.dirname(target)), real(path.resolve(folder)))) {
    throw new InputError({ file: file.name, message: 'an exporter names a file outside of its output folder' });
  }
  writeWhole(target, file.content);
  return isInside(target, process.cwd()) ? path.relative(process.cwd(), target) : target;
}
