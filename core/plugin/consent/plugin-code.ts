import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError, type SourcePlace } from '../../errors.js';

/** The code of one plugin before any of it has run: what somebody agrees to, or not. */
export interface PluginCode {
  /** As a scenario wrote it: a path, or the name of a package. */
  readonly specifier: string;
  /** The module's file, or the folder of the package; links are resolved. */
  readonly at: string;
  readonly isPackage: boolean;
  /** SHA-256 of each file by its absolute path, links resolved: the module, all that it names of its folder, packages that it needs. */
  readonly files: ReadonlyMap<string, string>;
  /** What is agreed to: of the only file its SHA-256, of several `codeHash`. */
  readonly sha256: string;
}

/**
 * Says whether code may run, before it does: returns when it may, throws InputError when it may not. Called for every plugin that a scenario
 * names, each time that one is loaded.
 */
export type PluginPolicy = (code: PluginCode, place?: SourcePlace) => void | Promise<void>;

/** Of one file its own SHA-256; of several that of the lines `HASH  NAME`, sorted by name (relative to `base`): `sha256sum A B | sha256sum`. */
export function codeHash(files: ReadonlyMap<string, string>, base: string): string {
  const [first] = files.values();
  if (files.size === 1 && first !== undefined) return first;
  const named = [...files].map(([file, hash]): [string, string] => [path.relative(base, file).split(path.sep).join('/'), hash]);
  const lines = named.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, hash]) => lineOf(name, hash));
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** As `sha256sum` writes it: a name with a line break in it is marked, so that it cannot pass for two lines. */
function lineOf(name: string, hash: string): string {
  const written = name
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
  return `${written === name ? '' : '\\'}${hash}  ${written}\n`;
}

const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 64 * 2 ** 20;
const MAX_BYTES = 256 * 2 ** 20;

/** Reads the files of one plugin, each once, and keeps their hashes. */
export class CodeReader {
  readonly files = new Map<string, string>();
  private bytes = 0;

  constructor(private readonly place: SourcePlace | undefined) {}

  /** The file's content when it is new. InputError for what is no regular file (a pipe would never end) and for too much code. */
  read(file: string): Buffer | undefined {
    if (this.files.has(file)) return undefined;
    const found = statSync(file);
    if (!found.isFile()) throw new InputError({ ...this.place, message: `'${file}' is no regular file`, expected: 'a plugin made of files' });
    this.bytes += found.size;
    if (found.size > MAX_FILE_BYTES || this.bytes > MAX_BYTES || this.files.size >= MAX_FILES) {
      throw new InputError({
        ...this.place,
        message: 'the plugin has too much code to agree to',
        expected: `at most ${MAX_FILES} files, 64 MiB each and 256 MiB in all`,
      });
    }
    const content = readFileSync(file);
    this.files.set(file, createHash('sha256').update(content).digest('hex'));
    return content;
  }
}
