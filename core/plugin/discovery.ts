import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, type SourcePlace } from '../errors.js';
import type { Plugin } from './define-plugin.js';
import type { PluginRegistry } from './registry.js';
import { installTesseraImport, packageUrl, pluginFileUrl } from './tessera-import.js';

type Loose = Readonly<Record<string, unknown>>;

/** `./x.js`, `../x`, `/x` and `x.js` are files; everything else is a package. */
export function isFileSpecifier(specifier: string): boolean {
  return /^\.{0,2}[/\\]/.test(specifier) || path.isAbsolute(specifier) || /\.(m?js|cjs)$/.test(specifier);
}

/**
 * Loads third-party plugins and adds them to a registry, exactly as built-ins are added.
 * @param specifier a file (relative to `from`), a folder with an index.js, or an npm package found from there.
 * @param from the file that names the plugin.
 */
export async function loadPlugins(registry: PluginRegistry, specifier: string, from: string, place?: SourcePlace): Promise<readonly Plugin[]> {
  const isFile = isFileSpecifier(specifier);
  const url = isFile ? pluginFileUrl(pathToFileURL(pluginFile(specifier, from, place)).href) : packageUrl(specifier, pathToFileURL(from).href);
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

/** The file that a specifier means; a folder stands for its index.js. */
export function pluginFile(specifier: string, from: string, place?: SourcePlace): string {
  const named = path.resolve(path.dirname(from), specifier);
  const tried = [named, path.join(named, 'index.js'), path.join(named, 'index.mjs'), `${named}.js`];
  const found = tried.find((file) => existsSync(file) && path.extname(file) !== '');
  if (found === undefined) {
    throw new InputError({ ...place, message: `no such plugin file: '${specifier}'`, expected: `an ES module at ${named}` });
  }
  return found;
}

async function importPlugin(url: string, specifier: string, isFile: boolean, place: SourcePlace | undefined): Promise<Loose> {
  installTesseraImport();
  try {
    return (await import(/* @vite-ignore */ url)) as Loose;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    const reason = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
    if (!isFile && code === 'ERR_MODULE_NOT_FOUND' && reason.includes(`'${specifier}'`)) {
      throw new InputError({
        ...place,
        message: `no npm package '${specifier}' is installed here`,
        expected: `npm install ${specifier}, or a path that begins with ./`,
      });
    }
    throw new InputError({ ...place, message: `plugin '${specifier}' cannot be loaded: ${reason}`, expected: 'an ES module that loads without an error' });
  }
}

/** The default export, `plugin` and `plugins`; each may be one plugin or a list. The same plugin under two names counts once. */
function exportedPlugins(module: Loose): readonly unknown[] {
  const values = ['default', 'plugin', 'plugins'].flatMap((name) => {
    const value = module[name];
    return value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
  });
  return [...new Set(values)];
}
