import type { Plugin, PluginKind } from './define-plugin.js';
import type { ImportPart } from './importer-plugin.js';

/** A plugin that is known by name and evaluated at its first use. The build writes these from the plugins themselves. */
export interface LazyPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  /** The extension point's name, of an extension only. */
  readonly point?: string;
  /** Of a service that binds itself. */
  readonly binds?: boolean;
  /** Of an importer only: which files it reads, and what they hold. */
  readonly extensions?: readonly string[];
  readonly produces?: readonly ImportPart[];
  load(): Plugin;
}

export function isLazyPlugin(candidate: Plugin | LazyPlugin): candidate is LazyPlugin {
  return typeof (candidate as Partial<LazyPlugin>).load === 'function';
}

/** What a registry must know of a plugin to find it, without evaluating it. */
export function lazyFactsOf(plugin: Plugin): Omit<LazyPlugin, 'load'> {
  const { kind, name } = plugin;
  if (plugin.kind === 'extension') return { kind, name, point: plugin.point.name, ...(plugin.binds === true ? { binds: true } : {}) };
  if (plugin.kind === 'importer') return { kind, name, extensions: plugin.extensions, produces: plugin.produces };
  return { kind, name };
}
