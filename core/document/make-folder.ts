import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder with all above it, one after the other: Node's own recursive way never ends where the system refuses in an unusual way
 * (below /proc). Throws what the system says.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const isThere = (): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  if (path.dirname(folder) !== folder) makeFolder(path.dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!isThere()) throw error;
  }
}
