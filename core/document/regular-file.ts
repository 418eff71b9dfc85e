import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

const CHUNK_BYTES = 1 << 20;

/** What a path names when it is no regular file, in words. */
export function kindOfFile(found: Stats): string | undefined {
  if (found.isFile()) return undefined;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe (FIFO)';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * Opens a file for as long as `use` needs it. Never waits for another program: a pipe that took the file's place since somebody
 * looked is seen by its kind. Undefined when it is no regular file any more.
 */
export function withRegularFile<T>(file: string, use: (descriptor: number, bytes: number) => T): T | undefined {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(descriptor);
    return found.isFile() ? use(descriptor, found.size) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes of an open file from `offset` on; fewer when it ends before. */
export function readRange(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

/** SHA-256 of a regular file, read piece by piece; undefined for what cannot be read. */
export function sha256OfFile(file: string): string | undefined {
  try {
    return withRegularFile(file, (descriptor, size) => {
      const hash = createHash('sha256');
      for (let offset = 0; offset < size; offset += CHUNK_BYTES) hash.update(readRange(descriptor, offset, Math.min(CHUNK_BYTES, size - offset)));
      return hash.digest('hex');
    });
  } catch {
    return undefined;
  }
}
