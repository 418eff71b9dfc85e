import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { relativeTexts } from '../plugin/consent/named-modules.js';
import type { PluginSource } from './loaded-scenario.js';

const SCRIPT = /\.[mc]?js$/;

/**
 * The files of third-party plugins: what they name, and what those scripts name by relative paths, through all of them. Of an npm
 * package its package.json and what that names; what it takes from other packages is told by its version alone.
 */
export function filesOfPlugins(plugins: readonly PluginSource[]): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { file, specifier, from } of plugins) follow(file ?? packageFile(specifier, path.dirname(from)), files);
  return files;
}

function follow(file: string | undefined, files: Set<string>): void {
  if (file === undefined || files.has(file)) return;
  files.add(file);
  const isPackage = path.basename(file) === 'package.json';
  if (!isPackage && !SCRIPT.test(file)) return;
  const text = readFileSync(file, 'utf8');
  const named = relativeTexts(text);
  const main = isPackage ? /"main"\s*:\s*"([^"]+)"/.exec(text)?.[1] : undefined;
  for (const name of main === undefined ? named : [...named, main]) {
    const target = path.resolve(path.dirname(file), name);
    if (statSync(target, { throwIfNoEntry: false })?.isFile() === true) follow(target, files);
  }
}

/** The package.json of a package as Node finds it; `@scope/name/part` belongs to `@scope/name`. */
function packageFile(specifier: string, folder: string): string | undefined {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const file = path.join(folder, 'node_modules', name, 'package.json');
  if (existsSync(file)) return file;
  return path.dirname(folder) === folder ? undefined : packageFile(specifier, path.dirname(folder));
}
