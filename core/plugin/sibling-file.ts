import { statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.js';
import { isInside, real } from '../document/input-files.js';
import { kindOfFile, readRange, withRegularFile } from '../document/regular-file.js';

/** Bytes of a file; without a length to its end. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

/** A file beside another one that names it, after all links. */
export interface SiblingFile {
  readonly file: string;
  readonly bytes: number;
}

/** More than this is read by nobody at once. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The file that another one names by a path relative to its folder. Undefined when there is none; InputError when it lies outside of
 * that folder, after all links are followed, or is no regular file.
 */
export function siblingFile(mainFile: string, reference: string): SiblingFile | undefined {
  const folder = path.dirname(path.resolve(mainFile));
  const refuse = (message: string): never => {
    throw new InputError({ file: path.basename(mainFile), message: `the file '${reference}' that it names ${message}`, expected: EXPECTED });
  };
  if (reference === '' || reference.includes('\0')) refuse('has no name');
  if (path.isAbsolute(reference) || path.win32.isAbsolute(reference)) refuse('is named by an absolute path');
  const named = path.resolve(folder, reference);
  if (!isInside(named, folder)) refuse('lies outside of its folder');
  const file = real(named);
  if (!isInside(file, real(folder))) refuse('lies outside of its folder, through a link');
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const kind = kindOfFile(found);
  if (kind !== undefined) refuse(`is ${kind}`);
  return { file, bytes: found.size };
}

const EXPECTED = 'a regular file in the folder of the file that names it, or below (a copy, where a link leads elsewhere)';

/** The bytes of a range, no more. InputError when the file does not hold them. */
export function readSibling(mainFile: string, reference: string, sibling: SiblingFile, { offset, length }: ByteRange): Uint8Array {
  const fail = (message: string, expected: string): InputError => new InputError({ file: path.basename(mainFile), message, expected });
  const wanted = length ?? sibling.bytes - offset;
  if (![offset, wanted].every((value) => Number.isSafeInteger(value) && value >= 0) || offset + wanted > sibling.bytes)
    throw fail(`bytes ${offset} to ${offset + wanted} of '${reference}' are asked for, which holds ${sibling.bytes}`, `bytes from 0 to ${sibling.bytes}`);
  if (wanted > MOST_BYTES) throw fail(`${wanted} bytes of '${reference}' are asked for at once`, `at most ${MOST_BYTES}`);
  const bytes = wanted === 0 ? new Uint8Array() : withRegularFile(sibling.file, (descriptor) => readRange(descriptor, offset, wanted));
  if (bytes?.length === wanted) return bytes;
  throw fail(`'${reference}' changed while it was read`, 'a regular file that nobody writes');
}
