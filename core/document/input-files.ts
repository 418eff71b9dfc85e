import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { InputError, type SourcePlace } from '../errors.js';
import { LIMITS } from '../limits.js';

/** Files of the installation are named `tessera:scenarios/machines/...` from anywhere. */
export const INSTALLATION_PREFIX = 'tessera:';

/** The path of a file that a user names: relative to the working folder, or of the installation with its prefix. */
export function namedFile(file: string, installation: string): string {
  return file.startsWith(INSTALLATION_PREFIX) ? path.join(installation, file.slice(INSTALLATION_PREFIX.length)) : path.resolve(file);
}

const PROJECT_MARKERS = ['package.json', '.git', 'node_modules'];

export interface InputFilesOptions {
  /** Folder of the Tessera installation. */
  readonly installation?: string;
  /** More folders whose files a scenario may name. */
  readonly allow?: readonly string[];
  readonly workingFolder?: string;
}

/**
 * The files that one scenario may read: those of its project, of the working folder's project and of the installation.
 * A scenario from elsewhere can so not pull in any file of the machine. Every file read leaves its SHA-256.
 */
export class InputFiles {
  private readonly roots: readonly string[];
  /** By absolute path. */
  private readonly hashes = new Map<string, string>();
  private readonly installation: string | undefined;

  constructor(mainFile: string, options: InputFilesOptions = {}) {
    this.installation = options.installation;
    const workingFolder = options.workingFolder ?? process.cwd();
    const roots = [projectFolder(path.dirname(path.resolve(mainFile))), projectFolder(workingFolder), ...(options.allow ?? [])];
    if (options.installation !== undefined) roots.push(options.installation);
    this.roots = [...new Set(roots.map((root) => real(path.resolve(root))))];
  }

  /** The absolute path of a file named in another one. InputError when it is missing, a folder, or outside. */
  resolve(reference: string, fromFile: string, place: Partial<SourcePlace>): string {
    const absolute = this.locate(reference, fromFile, place);
    const resolved = real(absolute);
    if (!this.roots.some((root) => isInside(resolved, root))) {
      throw new InputError({
        ...place,
        message: `'${reference}' lies outside the project`,
        expected: `a file below ${this.roots.join(' or ')} (--allow FOLDER adds one)`,
      });
    }
    const found = statOf(absolute);
    if (found === undefined) {
      throw new InputError({ ...place, message: `no such file: '${reference}'`, expected: `a file at ${absolute}` });
    }
    if (!found.isFile()) throw new InputError({ ...place, message: `'${reference}' is not a file`, expected: 'a file' });
    return absolute;
  }

  readText(file: string, place: Partial<SourcePlace> = { file }): string {
    if ((statOf(file)?.size ?? 0) > LIMITS.yamlBytes) {
      throw new InputError({
        ...place,
        message: `'${path.basename(file)}' is too large for a description`,
        expected: `at most ${LIMITS.yamlBytes / 2 ** 20} MiB`,
      });
    }
    const bytes = this.readBytes(file, place);
    const text = bytes.toString('utf8');
    if (text.includes('\u0000')) throw new InputError({ line: 1, column: 1, ...place, message: 'this is no text file', expected: 'YAML or JSON in UTF-8' });
    return text;
  }

  /** Reads a file and keeps its hash. */
  readBytes(file: string, place: Partial<SourcePlace> = { file }): Buffer {
    if (isDevice(file)) throw new InputError({ ...place, message: `'${file}' is a device`, expected: 'a file that can be read' });
    if ((statOf(file)?.size ?? 0) > LIMITS.binaryBytes) {
      throw new InputError({ ...place, message: `'${path.basename(file)}' is too large`, expected: `at most ${LIMITS.binaryBytes} bytes` });
    }
    try {
      const bytes = readFileSync(file);
      this.hashes.set(path.resolve(file), createHash('sha256').update(bytes).digest('hex'));
      return bytes;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      const message = code === 'ENOENT' ? `no such file: '${file}'` : code === 'EISDIR' ? `'${file}' is a folder` : `cannot read '${file}' (${code})`;
      throw new InputError({ ...place, message, expected: 'a file that can be read' });
    }
  }

  /** Relative to the project with forward slashes, so that hashes have the same names on every machine. */
  nameOf(file: string): string {
    const resolved = real(file);
    const root = this.roots.find((candidate) => isInside(resolved, candidate));
    return (root === undefined ? path.basename(file) : path.relative(root, resolved)).split(path.sep).join('/');
  }

  /** SHA-256 by name, sorted by name. */
  inputs(): Record<string, string> {
    const named = [...this.hashes].map(([file, hash]): [string, string] => [this.nameOf(file), hash]);
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** SHA-256 of every file read so far, by its absolute path. */
  read(): ReadonlyMap<string, string> {
    return this.hashes;
  }

  private locate(reference: string, fromFile: string, place: Partial<SourcePlace>): string {
    if (!reference.startsWith(INSTALLATION_PREFIX)) return path.resolve(path.dirname(fromFile), reference);
    if (this.installation === undefined) throw new InputError({ ...place, message: `no installation to take '${reference}' from` });
    return path.join(this.installation, reference.slice(INSTALLATION_PREFIX.length));
  }
}

/** Reading a device such as /dev/zero would never end. */
export function isDevice(file: string): boolean {
  const found = statOf(file);
  return found !== undefined && (found.isCharacterDevice() || found.isBlockDevice() || found.isFIFO() || found.isSocket());
}

/** What a path names; undefined for nothing, and for what is no path: too long, with a NUL, a link to itself, or not to be looked at. */
export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The nearest folder above that is a project of its own; the folder itself when there is none. */
export function projectFolder(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (PROJECT_MARKERS.some((marker) => existsSync(path.join(current, marker)))) return current;
    if (path.dirname(current) === current) return folder;
  }
}

/** The path with symbolic links resolved, as far as it exists. */
export function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(real(parent), path.basename(file));
  }
}

export function isInside(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}
