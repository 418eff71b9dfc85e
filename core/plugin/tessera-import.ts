import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { reexportingModule, runningBundle } from '../document/running-bundle.js';
import { PUBLIC_MODULES, publicSpecifiers } from './public-modules.js';

/**
 * A plugin outside the repository writes `import { definePlugin } from 'tessera-sim'` and gets the installation that runs
 * it: there must be one core only, or its errors and tokens would not be ours. The same hook (`import-hook.js`) finds npm packages from
 * the folder of the scenario that names them, and holds the code of plugins to what was agreed to.
 */
const PACKAGE_SCHEME = 'tessera-package:';

/**
 * A URL that, with the hook installed, resolves to `specifier` as seen from the module or file at `parentUrl`.
 * @param isGuarded the file must be one that `tellAgreed` named.
 */
export function packageUrl(specifier: string, parentUrl: string, isGuarded: boolean): string {
  return `${PACKAGE_SCHEME}${[specifier, parentUrl, `${isGuarded}`].map(encodeURIComponent).join('&')}`;
}

/** Marks the URL of a plugin file: it is an ES module, also where no package.json says so. */
const MODULE_MARK = '?tessera-plugin';

/** The URL under which a plugin file is imported. */
export function pluginFileUrl(fileUrl: string): string {
  return fileUrl.endsWith('.js') ? `${fileUrl}${MODULE_MARK}` : fileUrl;
}

interface HookData {
  readonly publicUrls: Readonly<Record<string, string>>;
  /** Files that were agreed to come here. */
  readonly port: MessagePort;
}

interface Hook {
  initialize(data: HookData): void;
  readonly resolve: unknown;
  readonly load: unknown;
}

interface ModuleWithHooks {
  /** Since Node 22.15 and 23.5; replaces `register`. */
  registerHooks?(hooks: Pick<Hook, 'resolve' | 'load'>): unknown;
  register(url: string, options: { data: HookData; transferList: readonly MessagePort[] }): void;
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

let installed: Promise<MessagePort> | undefined;

/** Installs the hook once per process. */
export async function installTesseraImport(): Promise<void> {
  await (installed ??= install());
}

async function install(): Promise<MessagePort> {
  const { port1: here, port2: there } = new MessageChannel();
  here.unref();
  const data: HookData = { publicUrls: publicModuleUrls(), port: there };
  const url = new URL('./import-hook.js', import.meta.url).href;
  const module = nodeModule as unknown as ModuleWithHooks;
  if (module.registerHooks === undefined) {
    module.register(url, { data, transferList: [there] });
    return here;
  }
  const hook = (await import(/* @vite-ignore */ url)) as Hook;
  hook.initialize(data);
  module.registerHooks({ resolve: hook.resolve, load: hook.load });
  return here;
}

/** From here on these files may be loaded, as long as they have these SHA-256, and they may load each other. */
export async function tellAgreed(files: ReadonlyMap<string, string>): Promise<void> {
  const port = await (installed ??= install());
  port.postMessage([...files].map(([file, hash]) => [pathToFileURL(file).href, hash]));
}
