import { createHash, type Hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { InputFiles } from '../document/input-files.js';
import { installationFolder } from '../document/installation.js';
import { sha256OfFile } from '../document/regular-file.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';

/** Larger files (weights of language models, of which an importer reads a few shapes) are not read whole for their hash. */
const MOST_HASHED_BYTES = 2 ** 30;

/** The files that an importer read beside those that the scenario names: inputs of the run like them. */
export class ImportedFiles {
  private readonly parts = new Map<string, Hash>();

  readonly tell = (file: string, bytes: Uint8Array): void => {
    let parts = this.parts.get(file);
    if (parts === undefined) this.parts.set(file, (parts = createHash('sha256')));
    parts.update(`${bytes.length}:`).update(bytes);
  };

  /** SHA-256 by name; of a file above 1 GiB, that of the bytes that were read, and its name says so. */
  inputs({ file: scenario, allow }: Pick<LoadedScenario, 'file' | 'allow'>): Record<string, string> {
    if (this.parts.size === 0) return {};
    const names = new InputFiles(scenario, { installation: installationFolder(), ...(allow === undefined ? {} : { allow }) });
    const hashes = [...this.parts].map(([file, parts]): [string, string] => {
      const isLarge = (statSync(file, { throwIfNoEntry: false })?.size ?? Infinity) > MOST_HASHED_BYTES;
      const whole = isLarge ? undefined : sha256OfFile(file);
      return whole === undefined ? [`${names.nameOf(file)} (bytes that were read)`, parts.copy().digest('hex')] : [names.nameOf(file), whole];
    });
    return Object.fromEntries(hashes.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
