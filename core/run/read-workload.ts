import { basename } from 'node:path';
import { callTool } from './call-tool.js';
import { importPart, importSource } from '../plugin/import-source.js';
import type { ImportSource } from '../plugin/importer-plugin.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { FileSource, WorkloadSource } from '../scenario/loaded-scenario.js';
import type { Workload } from '../workload/layer.js';
import type { ToolContexts } from '../plugin/tool-contexts.js';

/** The files of a source, in the order in which the scenario names them. */
export function sourcesOf({ file, furtherFiles = [] }: FileSource, onSibling?: (file: string, bytes: Uint8Array) => void): ImportSource[] {
  return [file, ...furtherFiles].map((name) => importSource(name, onSibling));
}

/** Reads a workload through the importer that the scenario names; layers written in place go through `layers`. */
export async function readWorkload(
  source: WorkloadSource,
  registry: PluginRegistry,
  contexts: ToolContexts,
  onSibling?: (file: string, bytes: Uint8Array) => void,
): Promise<Workload> {
  const importer = registry.get('importer', source.form === 'file' ? source.importer : 'layers', source.place);
  const input: ImportSource[] =
    source.form === 'file'
      ? sourcesOf(source, onSibling)
      : [{ fileName: basename(source.file), bytes: new TextEncoder().encode(JSON.stringify(source.document)), readSibling: () => undefined }];
  const config = source.form === 'file' ? source.config : {};
  return callTool(registry, { kind: 'importer', name: importer.name, place: source.place }, () =>
    importPart(importer, 'workload', input, config, contexts.for(`importer ${importer.name}`)),
  );
}

/** A hand-written schedule comes without a workload; estimators then see no layers but those of the schedule. */
export function emptyWorkload(name: string): Workload {
  return { name, tensors: {}, layers: [], inputs: [], outputs: [] };
}
