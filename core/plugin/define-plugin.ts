import type { BlockPlugin } from './block-plugin.js';
import type { Needs } from '../model/service.js';
import type { ExtensionPlugin } from './extension-plugin.js';
import type { RunnerPlugin, StorePlugin } from './suite-plugins.js';
import type { ImporterPlugin } from './importer-plugin.js';
import type { CrosscheckPlugin, EstimatorPlugin, ExporterPlugin, MapperPlugin, ExperimentPlugin } from './tool-plugins.js';

/** Any plugin, as the registry holds it. */
export type Plugin =
  | BlockPlugin
  | MapperPlugin
  | EstimatorPlugin
  | ImporterPlugin
  | ExporterPlugin
  | ExperimentPlugin
  | CrosscheckPlugin
  | ExtensionPlugin
  | RunnerPlugin
  | StorePlugin;

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
  'runner',
  'store',
] as const satisfies readonly PluginKind[];

/**
 * Gives a plugin its type. The configuration type is the plugin's own statement of what its `configSchema` accepts: the
 * schema has been checked before `create` sees it, which is why the loss of the type here is safe.
 */
export function definePlugin<Config, Statistic extends string, N extends Needs = Needs>(plugin: BlockPlugin<Config, Statistic, N>): Plugin;
export function definePlugin<Config>(plugin: MapperPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: EstimatorPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: ImporterPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: ExporterPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: ExperimentPlugin<Config>): Plugin;
export function definePlugin(plugin: CrosscheckPlugin): Plugin;
export function definePlugin<Config>(plugin: RunnerPlugin<Config>): Plugin;
export function definePlugin<Config>(plugin: StorePlugin<Config>): Plugin;
export function definePlugin<T>(plugin: ExtensionPlugin<T>): Plugin;
export function definePlugin<T, Config, N extends Needs = Needs>(plugin: ExtensionPlugin<T, Config, N>): Plugin;
export function definePlugin(plugin: unknown): Plugin {
  return plugin as Plugin;
}
