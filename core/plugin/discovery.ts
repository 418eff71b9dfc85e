import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, type SourcePlace } from '../errors.js';
import { packageName } from './consent/named-modules.js';
import type { CodeOrigins } from './consent/code-origins.js';
import { codeOfFile, codeOfPackage } from './consent/find-code.js';
import type { PluginCode, PluginPolicy } from './consent/plugin-code.js';
import type { Plugin } from './define-plugin.js';
import type { PluginRegistry } from './registry.js';
import { installTesseraImport, packageUrl, pluginFileUrl, tellAgreed } from './tessera-import.js';
import { asThrown, thrownText } from '../text/thrown.js';

type Loose = Readonly<Record<string, unknown>>;

/** Code that a scenario names, not the user: where it may come from, and who agrees to it. */
export interface PluginGate {
  readonly origins: CodeOrigins;
  readonly policy: PluginPolicy;
}

/** `./x.js`, `../x`, `/x` and `x.js` are files; everything else is a package. */
export function isFileSpecifier(specifier: string): boolean {
  return /^\.{0,2}[/\\]/.test(specifier) || path.isAbsolute(specifier) || /\.(m?js|cjs)$/.test(specifier);
}

/**
 * Loads third-party plugins and adds them to a registry, exactly as built-ins are added.
 * @param specifier a file (relative to `from`), a folder with an index.js, or an npm package found from there.
 * @param from the file that names the plugin.
 * @param gate nothing runs that it does not let through; undefined for what the user has typed himself, as after `node`.
 */
export async function loadPlugins(
  registry: PluginRegistry,
  specifier: string,
  from: string,
  place: SourcePlace | undefined,
  gate: PluginGate | undefined,
): Promise<readonly Plugin[]> {
  refuseText(specifier, place);
  const isFile = isFileSpecifier(specifier);
  const url = isFile ? await fileToImport(specifier, from, place, gate) : await packageToImport(specifier, from, place, gate);
  const module = await importPlugin(url, specifier, isFile, place);
  const candidates = exportedPlugins(module);
  if (candidates.length === 0) {
    const names = Object.keys(module).filter((name) => name !== 'default');
    throw new InputError({
      ...place,
      message: `plugin '${specifier}' exports no plugin${names.length === 0 ? '' : ` (only ${names.slice(0, 6).join(', ')})`}`,
      expected: "a default export made with definePlugin, or an export 'plugin' or 'plugins'",
    });
  }
  return candidates.map((candidate) => registry.add(candidate, specifier, place));
}

/** Code written into a scenario, and code fetched from elsewhere, never runs; a drive letter is no scheme. */
function refuseText(specifier: string, place: SourcePlace | undefined): void {
  const [scheme] = /^[a-z][a-z0-9+.-]+:/i.exec(specifier) ?? [];
  if (scheme === undefined) return;
  const shown = specifier.length > 60 ? `${specifier.slice(0, 57)}...` : specifier;
  throw new InputError({
    ...place,
    message: `'${shown}' is no plugin file: code of a '${scheme}' address never runs`,
    expected: "a file in the scenario's folder or an installed package, agreed to with --allow-plugins FILE or SHA-256",
  });
}

/** The URL of a plugin file. With a gate: once it has let the code through. */
async function fileToImport(specifier: string, from: string, place: SourcePlace | undefined, gate: PluginGate | undefined): Promise<string> {
  const file = pluginFile(specifier, from, place);
  if (gate === undefined) return pluginFileUrl(pathToFileURL(file).href);
  const code = readable(place, () => codeOfFile(specifier, file, gate.origins, place));
  await letThrough(code, gate, place);
  return pluginFileUrl(pathToFileURL(code.at).href);
}

/** SHA-256 of code that this process has let through, by its place: a module is loaded once, whatever becomes of its file. */
const letThroughBefore = new Map<string, string>();

async function letThrough(code: PluginCode, { policy }: PluginGate, place: SourcePlace | undefined): Promise<void> {
  await policy(code, place);
  const before = letThroughBefore.get(code.at) ?? code.sha256;
  if (before !== code.sha256) {
    throw new InputError({ ...place, message: `plugin '${code.specifier}' has changed since this process loaded it`, expected: 'a new process' });
  }
  letThroughBefore.set(code.at, code.sha256);
  await tellAgreed(code.files);
}

/** A file or folder that the system does not let us read is bad input. */
function readable<T>(place: SourcePlace | undefined, find: () => T): T {
  try {
    return find();
  } catch (error) {
    const { code, path: file } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError({ ...place, message: `code of a plugin cannot be read (${code}): ${file ?? 'a file'}`, expected: 'files that can be read' });
  }
}

/** The URL by which the hook finds a package. With a gate: once it has let the code through. */
async function packageToImport(specifier: string, from: string, place: SourcePlace | undefined, gate: PluginGate | undefined): Promise<string> {
  if (packageName(specifier) === undefined) {
    throw new InputError({ ...place, message: `'${specifier}' is no name of a package`, expected: 'an npm package, or a path that begins with ./' });
  }
  if (gate === undefined) return packageUrl(specifier, pathToFileURL(from).href, false);
  const code = readable(place, () => codeOfPackage(specifier, from, gate.origins, place));
  if (code === undefined) throw notInstalled(specifier, place);
  await letThrough(code, gate, place);
  return packageUrl(specifier, pathToFileURL(code.foundFrom).href, true);
}

/** `statSync` throws below a file in spite of `throwIfNoEntry`. */
function isThere(file: string): boolean {
  try {
    return !statSync(file).isDirectory();
  } catch {
    return false;
  }
}

/** The file that a specifier means; a folder stands for its index.js. */
export function pluginFile(specifier: string, from: string, place?: SourcePlace): string {
  const named = path.resolve(path.dirname(from), specifier);
  const tried = [named, path.join(named, 'index.js'), path.join(named, 'index.mjs'), `${named}.js`];
  const found = tried.find((file) => path.extname(file) !== '' && isThere(file));
  if (found === undefined) {
    throw new InputError({ ...place, message: `no such plugin file: '${specifier}'`, expected: `an ES module at ${named}` });
  }
  return found;
}

async function importPlugin(url: string, specifier: string, isFile: boolean, place: SourcePlace | undefined): Promise<Loose> {
  await installTesseraImport();
  try {
    return await withoutLooseEnds(async () => (await import(/* @vite-ignore */ url)) as Loose);
  } catch (thrown) {
    const error = asThrown(thrown);
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    const reason = thrownText(error).split('\n', 1)[0]!;
    if (!isFile && code === 'ERR_MODULE_NOT_FOUND' && reason.includes(`'${specifier}'`)) {
      throw notInstalled(specifier, place);
    }
    throw new InputError({ ...place, message: `plugin '${specifier}' cannot be loaded: ${reason}`, expected: 'an ES module that loads without an error' });
  }
}

/**
 * What a plugin rejects while it is loaded and nobody awaits is a failure to load, not the end of the process. Node 20 does so itself
 * when a CommonJS module throws that another one requires.
 */
async function withoutLooseEnds<T>(load: () => Promise<T>): Promise<T> {
  const rejected: unknown[] = [];
  const keep = (reason: unknown): void => void rejected.push(reason);
  process.on('unhandledRejection', keep);
  try {
    const loaded = await load();
    await nextTurn();
    if (rejected.length > 0) throw rejected[0];
    return loaded;
  } catch (error) {
    // Node tells of a rejection after the promises that wait for the same module.
    await nextTurn();
    throw error;
  } finally {
    process.off('unhandledRejection', keep);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function notInstalled(specifier: string, place: SourcePlace | undefined): InputError {
  return new InputError({
    ...place,
    message: `no npm package '${specifier}' is installed here`,
    expected: `npm install ${specifier}, or a path that begins with ./`,
  });
}

/** The default export, `plugin` and `plugins`; each may be one plugin or a list. The same plugin under two names counts once. */
function exportedPlugins(module: Loose): readonly unknown[] {
  const values = ['default', 'plugin', 'plugins'].flatMap((name) => {
    const value = module[name];
    return value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
  });
  return [...new Set(values)];
}
