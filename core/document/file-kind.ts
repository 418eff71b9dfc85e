import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** What a file that a user names is, by its first lines: a scenario, reference records, or something of another tool. */
export type FileKind = 'scenario' | 'records' | 'foreign';

const LOOKED_AT_BYTES = 65_536;

/** A file that cannot be read counts as a scenario: whoever reads that says why. */
export function kindOfNamedFile(file: string): FileKind {
  const head = headOf(file);
  if (head === undefined) return 'scenario';
  if (/^\s*\{\s*"tesseraReference"\s*:/.test(head)) return 'records';
  return /^["']?tessera["']?\s*:/m.test(head) || /^\s*\{[^{}[\]]*"tessera"\s*:/.test(head) || head.trim() === '' ? 'scenario' : 'foreign';
}

function headOf(file: string): string | undefined {
  try {
    if (!statSync(file).isFile()) return undefined;
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(LOOKED_AT_BYTES);
      return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, LOOKED_AT_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
