import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What is under `with` in a scenario file: peers get their work from the same file that Tessera runs. */
export function settingsOf<T>(file: string): T {
  return (parse(readFileSync(file, 'utf8')) as { with: T }).with;
}
