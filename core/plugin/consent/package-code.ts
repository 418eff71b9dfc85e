import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { InputError, type SourcePlace } from '../../errors.js';
import { isPlainObject } from '../../document/places.js';
import { real } from '../../document/input-files.js';
import { PUBLIC_MODULES } from '../public-modules.js';
import type { CodeReader } from './plugin-code.js';
import type { CodeOrigins } from './code-origins.js';

export interface FoundPackage {
  /** Its folder, links resolved. */
  readonly root: string;
  /** The folder that holds the `node_modules` in which it was found. */
  readonly foundIn: string;
}

/** A package as Node finds it: in the nearest `node_modules` above. */
export function findPackage(name: string, folder: string): FoundPackage | undefined {
  const root = path.join(folder, 'node_modules', name);
  if (existsSync(path.join(root, 'package.json'))) return { root: real(root), foundIn: folder };
  return path.dirname(folder) === folder ? undefined : findPackage(name, path.dirname(folder));
}

/** Takes in all files of a package and of the packages that it depends on: what it loads by computed names is among them. */
export class PackageFiles {
  private readonly roots = new Set<string>();

  constructor(
    private readonly reader: CodeReader,
    private readonly origins: CodeOrigins,
    private readonly place: SourcePlace | undefined,
  ) {}

  add(name: string, { root, foundIn }: FoundPackage): void {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    if (!this.origins.hasPackage(root, foundIn)) {
      throw new InputError({
        ...this.place,
        message: `package '${name}' is a link to ${root}, outside of the folder in which it is installed`,
        expected: `an installed package, or --allow ${root}`,
      });
    }
    this.addFolder(root);
    for (const dependency of dependenciesOf(root)) this.addNamed(dependency, root);
  }

  /** A package that code names; nothing where none is installed: loading will say so. */
  addNamed(name: string, fromFolder: string): void {
    if (isBuiltin(name) || Object.hasOwn(PUBLIC_MODULES, name) || name === 'tessera') return;
    const found = findPackage(name, fromFolder);
    if (found !== undefined) this.add(name, found);
  }

  /** Links are not followed: what they lead to is not of the package, and is refused when it is loaded. */
  private addFolder(folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules') continue;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) this.addFolder(file);
      else if (entry.isFile()) this.reader.read(file);
    }
  }
}

function dependenciesOf(root: string): string[] {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    if (!isPlainObject(manifest)) return [];
    const lists = ['dependencies', 'optionalDependencies', 'peerDependencies'].map((key) => manifest[key]);
    return lists.flatMap((list) => (isPlainObject(list) ? Object.keys(list) : []));
  } catch {
    // Node will say what is wrong with it.
    return [];
  }
}
