import { showWarning } from './base-command.js';
import type { ConsentOptions } from './consent/command-line-consent.js';
import type { LazyPlugin } from '../core/plugin/lazy-plugin.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import type { LoadOptions } from '../core/scenario/load.js';

/** The registry with all built-in plugins. Loaded when a command needs it, so that `--help` stays light. */
export async function builtinRegistry(): Promise<PluginRegistry> {
  await import('reflect-metadata');
  const [{ PluginRegistry: Registry }, { runningBundle }] = await Promise.all([
    import('../core/plugin/registry.js'),
    import('../core/document/running-bundle.js'),
  ]);
  const bundled = runningBundle()?.plugins as readonly LazyPlugin[] | undefined;
  return new Registry(bundled ?? (await import('../plugins/index.js')).builtinPlugins);
}

export interface LoadFlags {
  readonly allow?: readonly string[] | undefined;
  readonly 'allow-plugins'?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
}

/** The load options of the shared flags. */
export async function loadOptionsOf(flags: LoadFlags, aroundQuestion?: ConsentOptions['aroundQuestion']): Promise<LoadOptions> {
  const [{ parseSetValue }, { InputError }, { commandLineConsent }, { bareTable }] = await Promise.all([
    import('../core/scenario/load.js'),
    import('../core/errors.js'),
    import('./consent/command-line-consent.js'),
    import('../core/text/names.js'),
  ]);
  const set = bareTable();
  for (const text of flags.set ?? []) {
    const split = text.indexOf('=');
    if (split <= 0) throw new InputError({ file: 'command line', path: '--set', message: `'${text}' sets nothing`, expected: 'PATH=VALUE' });
    set[text.slice(0, split)] = parseSetValue(text.slice(split + 1));
  }
  const plugins = commandLineConsent({ list: flags['allow-plugins'] ?? [], warn: showWarning, ...(aroundQuestion === undefined ? {} : { aroundQuestion }) });
  return { set, plugins, ...(flags.allow === undefined ? {} : { allow: flags.allow }) };
}

/**
 * The built-in plugins and those of the given files or packages, found from the working folder: `--plugin FILE`. Whoever types it agrees
 * to it, as after `node`.
 */
export async function registryWith(specifiers: readonly string[]): Promise<PluginRegistry> {
  const registry = await builtinRegistry();
  if (specifiers.length === 0) return registry;
  const [{ loadPlugins }, { join }] = await Promise.all([import('../core/plugin/discovery.js'), import('node:path')]);
  const extended = registry.extend();
  for (const specifier of specifiers) {
    await loadPlugins(extended, specifier, join(process.cwd(), 'command-line'), { file: 'command line', path: '--plugin' }, undefined);
  }
  return extended;
}
