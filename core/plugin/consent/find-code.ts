import path from 'node:path';
import { InputError, type SourcePlace } from '../../errors.js';
import { real } from '../../document/input-files.js';
import { installationModule, type CodeOrigins } from './code-origins.js';
import { importedTexts, packageName, relativeModule, relativeTexts } from './named-modules.js';
import { findPackage, PackageFiles } from './package-code.js';
import { codeHash, CodeReader, type PluginCode } from './plugin-code.js';

const CODE = /\.(?:[mc]?[jt]s|json|wasm|node)$/;
const SCRIPT = /\.[mc]?[jt]s$/;

/**
 * The code that a module file would run: the file, all modules that it names by relative paths, through all of them, and the packages that
 * these import. InputError when some of it lies elsewhere than `origins` says.
 */
export function codeOfFile(specifier: string, file: string, origins: CodeOrigins, place?: SourcePlace): PluginCode {
  const at = real(file);
  if (!origins.has(at)) throw outside(specifier, at, origins, place);
  const reader = new CodeReader(place);
  new ModuleWalk(specifier, origins, reader, place).follow(at);
  return { specifier, at, isPackage: false, files: reader.files, sha256: codeHash(reader.files, path.dirname(at)) };
}

export interface PackageCode extends PluginCode {
  /** The file from which Node finds the package. */
  readonly foundFrom: string;
}

/** The code of an installed package, found from the file that names it or from this installation; undefined when there is none. */
export function codeOfPackage(specifier: string, from: string, origins: CodeOrigins, place?: SourcePlace): PackageCode | undefined {
  const name = packageName(specifier);
  if (name === undefined) return undefined;
  for (const foundFrom of [from, installationModule()]) {
    const found = findPackage(name, path.resolve(path.dirname(foundFrom)));
    if (found === undefined) continue;
    const reader = new CodeReader(place);
    new PackageFiles(reader, origins, place).add(name, found);
    return { specifier, at: found.root, isPackage: true, files: reader.files, sha256: codeHash(reader.files, found.root), foundFrom };
  }
  return undefined;
}

class ModuleWalk {
  private readonly packages: PackageFiles;

  constructor(
    private readonly specifier: string,
    private readonly origins: CodeOrigins,
    private readonly reader: CodeReader,
    private readonly place: SourcePlace | undefined,
  ) {
    this.packages = new PackageFiles(reader, origins, place);
  }

  /** @param first a file with its links resolved. */
  follow(first: string): void {
    const open = [first];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const content = this.reader.read(file);
      if (content === undefined || !SCRIPT.test(file)) continue;
      const script = content.toString('utf8');
      const imported = importedTexts(script);
      for (const text of new Set([...imported, ...relativeTexts(script)])) {
        if (/^\.{1,2}\//.test(text)) open.push(...this.relative(text, file, imported));
        else this.package(text, file);
      }
    }
  }

  private relative(text: string, file: string, imported: readonly string[]): string[] {
    const target = relativeModule(text, file);
    if (target === undefined || !CODE.test(target)) return [];
    const resolved = real(target);
    if (this.origins.has(resolved)) return [resolved];
    if (!imported.includes(text)) return [];
    throw new InputError({
      ...this.place,
      message: `'${this.specifier}' imports '${text}', which lies outside the scenario's folder (${resolved})`,
      expected: `modules below ${this.origins.folders.join(' or ')}; --allow ${shellWord(path.dirname(resolved))} adds a folder`,
    });
  }

  private package(text: string, file: string): void {
    const name = packageName(text);
    if (name !== undefined) this.packages.addNamed(name, path.dirname(file));
  }
}

/** Says what to type for a file that is there but elsewhere; only its own folder need be allowed for that. */
function outside(specifier: string, at: string, origins: CodeOrigins, place: SourcePlace | undefined): InputError {
  const folder = path.dirname(at);
  const { sha256 } = codeOfFile(specifier, at, origins.and(folder), place);
  return new InputError({
    ...place,
    message: `'${specifier}' lies outside the scenario's folder: ${at}, SHA-256 ${sha256}`,
    expected: `a file below ${origins.folders.join(' or ')}; to agree to this one: --allow ${shellWord(folder)} --allow-plugins ${sha256}`,
  });
}

/** As a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
