import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const GOLDEN = 'tests/golden';
/** Sets that take minutes: run by `npm run accuracy` only. */
const LONG = 'tests/golden/long';

/** All reference files; where the long set of a file is there, that one and not the part that the tests run. */
export function goldenFiles(): string[] {
  const namesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.json'));
  const long = namesIn(LONG);
  return [
    ...namesIn(GOLDEN)
      .filter((name) => !long.includes(name))
      .map((name) => join(GOLDEN, name)),
    ...long.map((name) => join(LONG, name)),
  ].sort();
}

/** The record kind of a reference file; undefined for other data that tests keep beside them. */
export function kindOf(file: string): string | undefined {
  const document = JSON.parse(readFileSync(file, 'utf8')) as { tesseraReference?: unknown; kind?: unknown };
  return document.tesseraReference === 1 ? String(document.kind) : undefined;
}
