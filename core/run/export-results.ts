import type { ExportedFile } from '../document/output-files.js';
import type { ExporterPlugin } from '../plugin/tool-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { InputError, type SourcePlace } from '../errors.js';
import { callTool } from './call-tool.js';
import { validated } from '../document/validate.js';
import type { RunResult } from '../result/run-result.js';
import { ToolContexts, type ToolSettings } from '../plugin/tool-contexts.js';
import type { ToolUse } from '../scenario/loaded-scenario.js';

/** An exporter and how it is configured. */
export interface ExportUse {
  readonly plugin: ExporterPlugin;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where it is named. */
  readonly place?: Partial<SourcePlace>;
}

/** The exporters that a scenario lists, then those asked for by name, each once. */
export function exportersFor(outputs: readonly ToolUse[], names: readonly string[], registry: PluginRegistry): ExportUse[] {
  const uses: ExportUse[] = outputs.map(({ use, config, place }) => ({ plugin: registry.get('exporter', use, place), config, place }));
  for (const name of names) {
    if (uses.some(({ plugin }) => plugin.name === name)) continue;
    uses.push(exporterNamed(name, registry));
  }
  return uses;
}

/** The exporter of this name with its default configuration. */
export function exporterNamed(name: string, registry: PluginRegistry): ExportUse {
  const place = { file: 'command line', path: '--export' };
  const plugin = registry.get('exporter', name, place);
  return { plugin, config: validated(plugin.configSchema, {}, { path: name, owner: `plugin '${name}'` }), place };
}

/** The files of all exporters for some results. */
export async function exportAll(
  uses: readonly ExportUse[],
  results: readonly RunResult[],
  registry: PluginRegistry,
  settings: ToolSettings = {},
): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const use of uses) files.push(...(await exportOne(use, results, registry, settings)));
  return files;
}

/** The files of one exporter. */
export async function exportOne(
  { plugin, config, place = {} }: ExportUse,
  results: readonly RunResult[],
  registry: PluginRegistry,
  settings: ToolSettings = {},
): Promise<readonly ExportedFile[]> {
  const context = new ToolContexts(registry, settings).for(`exporter ${plugin.name}`);
  const tool = { kind: 'exporter', name: plugin.name, place } as const;
  return callTool(registry, tool, async () => {
    const files: unknown = await plugin.export(results, config, context);
    if (!Array.isArray(files)) throw new InputError({ ...place, message: `exporter '${plugin.name}' made no files`, expected: 'a list of files' });
    return files as readonly ExportedFile[];
  });
}

/** Text for a terminal from the exporter of this name, if it is there. */
export async function exportText(name: string, results: readonly RunResult[], registry: PluginRegistry): Promise<string | undefined> {
  if (registry.find('exporter', name) === undefined) return undefined;
  const decoder = new TextDecoder();
  const files = await exportAll([exporterNamed(name, registry)], results, registry);
  return files.map(({ content }) => (typeof content === 'string' ? content : decoder.decode(content))).join('\n');
}
