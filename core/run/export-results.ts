import type { ExportedFile } from '../document/output-files.js';
import type { ExporterPlugin } from '../plugin/tool-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { validated } from '../document/validate.js';
import type { RunResult } from '../result/run-result.js';
import { ToolContexts, type ToolSettings } from '../plugin/tool-contexts.js';
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
export async function exportAll(
  uses: readonly ExportUse[],
  results: readonly RunResult[],
  registry: PluginRegistry,
  settings: ToolSettings = {},
): Promise<ExportedFile[]> {
  const contexts = new ToolContexts(registry, settings);
  const files: ExportedFile[] = [];
  for (const { plugin, config } of uses) files.push(...(await plugin.export(results, config, contexts.for(`exporter ${plugin.name}`))));
  return files;
}

/** Text for a terminal from the exporter of this name, if it is there. */
export async function exportText(name: string, results: readonly RunResult[], registry: PluginRegistry): Promise<string | undefined> {
  if (registry.find('exporter', name) === undefined) return undefined;
  const decoder = new TextDecoder();
  const files = await exportAll([exporterNamed(name, registry)], results, registry);
  return files.map(({ content }) => (typeof content === 'string' ? content : decoder.decode(content))).join('\n');
}
