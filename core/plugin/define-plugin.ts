import type { BlockPlugin } from './block-plugin.js';
import type { ExtensionPlugin } from './extension-plugin.js';
import type { ImporterPlugin } from './importer-plugin.js';
import type { CrosscheckPlugin, EstimatorPlugin, ExporterPlugin, MapperPlugin, ExperimentPlugin } from './tool-plugins.js';

/** Any plugin, as the registry holds it. */
export type Plugin = BlockPlugin | MapperPlugin | EstimatorPlugin | ImporterPlugin | ExporterPlugin | ExperimentPlugin | CrosscheckPlugin | ExtensionPlugin;

export type PluginKind = Plugin['kind'];

export const PLUGIN_KINDS = [
  'core',
  'memory',
  'network',
  'dma',
  'pim',
  'link',
  'mapper',
  'estimator',
  'importer',
  'exporter',
  'experiment',
  'crosscheck',
  'extension',
] as const satisfies readonly PluginKind[];

/**
 * Gives a plugin its type. The configuration type is the plugin's own statement of what its `configSchema` accepts: the
 * schema has been checked before `create` sees it, which is why the loss of the type here is safe.
 */
export function definePlugin<Config, Statistic extends string>(plugin: BlockPlugin<Config, Statistic>): Plugin;
export function definePlugin<Config>(plugin: MapperPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: EstimatorPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: ImporterPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: ExporterPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: ExperimentPlugin<Config>): Plugin;
export function definePlugin(plugin: CrosscheckPlugin): Plugin;
export function definePlugin<T>(plugin: ExtensionPlugin<T>): Plugin;
export function definePlugin<T, Config>(plugin: ExtensionPlugin<T, Config>): Plugin;
export function definePlugin(plugin: unknown): Plugin {
  return plugin as Plugin;
}
