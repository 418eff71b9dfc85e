import * as nodeModule from 'node:module';
import { PUBLIC_MODULES, publicSpecifiers } from './public-modules.js';
import { reexportingModule, runningBundle } from '../document/running-bundle.js';

/**
 * A plugin outside the repository writes `import { definePlugin } from 'tessera-sim'` and gets the installation that runs
 * it: there must be one core only, or its errors and tokens would not be ours. The same hook finds npm packages from the
 * folder of the scenario that names them.
 */
const PACKAGE_SCHEME = 'tessera-package:';

/** A URL that, with the hook installed, resolves to `specifier` as seen from the module or file at `parentUrl`. */
export function packageUrl(specifier: string, parentUrl: string): string {
  return `${PACKAGE_SCHEME}${encodeURIComponent(specifier)}?from=${encodeURIComponent(parentUrl)}`;
}

/** Marks the URL of a plugin file: it is an ES module, also where no package.json says so. */
const MODULE_MARK = '?tessera-plugin';

/** The URL under which a plugin file is imported. */
export function pluginFileUrl(fileUrl: string): string {
  return fileUrl.endsWith('.js') ? `${fileUrl}${MODULE_MARK}` : fileUrl;
}

/** What the hook does; as text too, because on Node 20 it runs in a thread of its own. */
const HOOK_SOURCE = `
let publicUrls;
export function initialize(data) { publicUrls = data; }
export function resolve(specifier, context, nextResolve) {
  if (Object.hasOwn(publicUrls, specifier)) return { url: publicUrls[specifier], shortCircuit: true };
  if (specifier.endsWith('${MODULE_MARK}')) return { url: specifier.slice(0, -${MODULE_MARK.length}), format: 'module', shortCircuit: true };
  if (!specifier.startsWith('${PACKAGE_SCHEME}')) return nextResolve(specifier, context);
  const [name, from] = specifier.slice(${PACKAGE_SCHEME.length}).split('?from=').map(decodeURIComponent);
  return nextResolve(name, { ...context, parentURL: from });
}`;

type NextResolve = (specifier: string, context: { parentURL?: string }) => unknown;
type ResolveHook = (specifier: string, context: { parentURL?: string }, nextResolve: NextResolve) => unknown;

interface ModuleWithSyncHooks {
  /** Since Node 22.15 and 23.5; replaces `register`. */
  registerHooks?(hooks: { resolve: ResolveHook }): unknown;
  register(url: string, options: { data: unknown }): void;
}

/** The URL of each public module: a file of the build, or, in the bundle, an ES module that hands on the bundle's own. */
function publicModuleUrls(): Readonly<Record<string, string>> {
  const bundled = runningBundle()?.publicModules;
  const urlOf = (name: string): string => {
    const module = bundled?.[name];
    if (module !== undefined) return `data:text/javascript,${encodeURIComponent(reexportingModule(name, module.exportNames))}`;
    return new URL(`../../${PUBLIC_MODULES[name]}`, import.meta.url).href;
  };
  return Object.fromEntries(publicSpecifiers().map(([specifier, name]) => [specifier, urlOf(name)]));
}

let isInstalled = false;

/** Installs the hook once per process. */
export function installTesseraImport(): void {
  if (isInstalled) return;
  isInstalled = true;
  const urls = publicModuleUrls();
  const module = nodeModule as unknown as ModuleWithSyncHooks;
  if (module.registerHooks === undefined) {
    module.register(`data:text/javascript,${encodeURIComponent(HOOK_SOURCE)}`, { data: urls });
    return;
  }
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (Object.hasOwn(urls, specifier)) return { url: urls[specifier], shortCircuit: true };
      if (specifier.endsWith(MODULE_MARK)) return { url: specifier.slice(0, -MODULE_MARK.length), format: 'module', shortCircuit: true };
      if (!specifier.startsWith(PACKAGE_SCHEME)) return nextResolve(specifier, context);
      const [name = '', from = ''] = specifier.slice(PACKAGE_SCHEME.length).split('?from=').map(decodeURIComponent);
      return nextResolve(name, { ...context, parentURL: from });
    },
  });
}
