import type { ExportedFile } from '../document/output-files.js';
import type { ExporterPlugin } from '../plugin/tool-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { validated } from '../document/validate.js';
import type { RunResult } from '../result/run-result.js';
import type { ToolUse } from '../scenario/loaded-scenario.js';

/** An exporter and how it is configured. */
export interface ExportUse {
  readonly plugin: ExporterPlugin;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The exporters that a scenario lists, then those asked for by name, each once. */
export function exportersFor(outputs: readonly ToolUse[], names: readonly string[], registry: PluginRegistry): ExportUse[] {
  const uses = outputs.map(({ use, config, place }) => ({ plugin: registry.get('exporter', use, place), config }));
  for (const name of names) {
    if (uses.some(({ plugin }) => plugin.name === name)) continue;
    uses.push(exporterNamed(name, registry));
  }
  return uses;
}

/** The exporter of this name with its default configuration. */
export function exporterNamed(name: string, registry: PluginRegistry): ExportUse {
  const plugin = registry.get('exporter', name, { file: 'command line', path: '--export' });
  return { plugin, config: validated(plugin.configSchema, {}, { path: name, owner: `plugin '${name}'` }) };
}

/** The files of all exporters for some results. */
export function exportAll(uses: readonly ExportUse[], results: readonly RunResult[]): ExportedFile[] {
  return uses.flatMap(({ plugin, config }) => [...plugin.export(results, config)]);
}

/** Text for a terminal from the exporter of this name, if it is there. */
export function exportText(name: string, results: readonly RunResult[], registry: PluginRegistry): string | undefined {
  const plugin = registry.find('exporter', name);
  if (plugin === undefined) return undefined;
  const config = validated<Record<string, unknown>>(plugin.configSchema, {}, { path: name, owner: `plugin '${name}'` });
  const decoder = new TextDecoder();
  return plugin
    .export(results, config)
    .map(({ content }) => (typeof content === 'string' ? content : decoder.decode(content)))
    .join('\n');
}
