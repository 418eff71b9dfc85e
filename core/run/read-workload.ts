import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { ImportSource } from '../plugin/tool-plugins.js';
import type { WorkloadSource } from '../scenario/loaded-scenario.js';
import type { Workload } from '../workload/layer.js';

/** A file with its siblings, for an importer. Siblings outside the file's folder are not read; `onSibling` is told of those that are. */
export function importSource(file: string, onSibling: (file: string) => void = () => {}): ImportSource {
  const folder = dirname(file);
  return {
    fileName: basename(file),
    bytes: readFileSync(file),
    readSibling: (relativePath) => {
      const path = resolve(folder, relativePath);
      if (isAbsolute(relative(folder, path)) || relative(folder, path).startsWith('..')) return undefined;
      try {
        const bytes = readFileSync(path);
        onSibling(path);
        return bytes;
      } catch {
        return undefined;
      }
    },
  };
}

/** Reads a workload through the importer that the scenario names; layers written in place go through `layers`. */
export function readWorkload(source: WorkloadSource, registry: PluginRegistry, onSibling?: (file: string) => void): Workload {
  const importer = registry.get('importer', source.form === 'file' ? source.importer : 'layers', source.place);
  const input: ImportSource =
    source.form === 'file'
      ? importSource(source.file, onSibling)
      : { fileName: basename(source.file), bytes: new TextEncoder().encode(JSON.stringify(source.document)), readSibling: () => undefined };
  if (importer.readWorkload === undefined) {
    throw new InputError({ ...source.place, message: `importer '${importer.name}' makes no workload but a ${importer.produces}` });
  }
  return importer.readWorkload(input, source.form === 'file' ? source.config : {});
}

/** A hand-written schedule comes without a workload; estimators then see no layers but those of the schedule. */
export function emptyWorkload(name: string): Workload {
  return { name, tensors: {}, layers: [], inputs: [], outputs: [] };
}
