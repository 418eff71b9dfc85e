import { statSync, type BigIntStats } from 'node:fs';
import { sha256OfFile } from '../document/regular-file.js';

/** A file that was written so recently may be written again without a sign in its times. */
const SETTLED_MS = 2000n;

/** SHA-256 of files, worked out again when a file's identity, size or times have changed. Undefined for what is no file that can be read. */
export class FileHashes {
  private readonly known = new Map<string, { readonly mark: string; readonly hash: string }>();

  of(file: string): string | undefined {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (found?.isFile() !== true) return undefined;
    const mark = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const known = this.known.get(file);
    if (known?.mark === mark) return known.hash;
    const hash = sha256OfFile(file);
    if (hash !== undefined && isSettled(found)) this.known.set(file, { mark, hash });
    return hash;
  }
}

function isSettled({ mtimeMs, ctimeMs }: BigIntStats): boolean {
  const latest = mtimeMs > ctimeMs ? mtimeMs : ctimeMs;
  return BigInt(Date.now()) - latest > SETTLED_MS;
}
