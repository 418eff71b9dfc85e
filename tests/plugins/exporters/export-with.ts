import { atOnce, toolContext } from '../../tool-context.js';
import { completeConfig, type ExportedFile, type ExporterPlugin, type RunResult } from '../../../core/index.js';
import type { Plugin } from '../../../core/plugin/define-plugin.js';

/** Exports with defaults filled in, as the command line does. */
export function exportWith(plugin: Plugin, results: readonly RunResult[], config: Record<string, unknown> = {}): readonly ExportedFile[] {
  const exporter = plugin as ExporterPlugin;
  return atOnce(exporter.export(results, completeConfig(exporter.configSchema, config, exporter.name), toolContext));
}

/** The text of the only file, or of the one with this name. */
export function textOf(files: readonly ExportedFile[], name?: string): string {
  const file = name === undefined ? files[0] : files.find((candidate) => candidate.name === name);
  if (file === undefined) throw new Error(`no file '${name ?? ''}' among ${files.map((candidate) => candidate.name).join(', ')}`);
  return typeof file.content === 'string' ? file.content : new TextDecoder().decode(file.content);
}
