import path from 'node:path';
import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { ImporterPlugin } from '../plugin/tool-plugins.js';
import { validated } from '../document/validate.js';
import type { Workload } from '../workload/index.js';
import { importSource } from './read-workload.js';

export interface ImportedFile {
  readonly importer: string;
  readonly produces: ImporterPlugin['produces'];
  /** The workload, schedule or estimate as plain data. */
  readonly document: unknown;
}

export interface WorkloadOptions {
  readonly importer?: string;
  /** Sizes of symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** Reads a model file through the importer for its ending. */
export function importWorkload(file: string, registry: PluginRegistry, options: WorkloadOptions = {}): Workload {
  const importer = chooseImporter(file, registry, options.importer, 'workload');
  const hasDims = Object.keys(options.dims ?? {}).length > 0;
  const config = configOf(importer, hasDims ? { dims: options.dims } : {});
  if (importer.readWorkload === undefined) throw new InputError({ file, message: `importer '${importer.name}' makes a ${importer.produces}, no workload` });
  return namingFile(file, () => importer.readWorkload?.(sourceOf(file), config) as Workload);
}

/** Reads any file that an importer knows. */
export function importFile(file: string, registry: PluginRegistry, name?: string): ImportedFile {
  const importer = chooseImporter(file, registry, name);
  const config = configOf(importer, {});
  const document = namingFile(file, () => {
    const source = sourceOf(file);
    if (importer.produces === 'workload') return importer.readWorkload?.(source, config);
    if (importer.produces === 'estimate') return importer.readEstimate?.(source, config);
    const schedule = importer.readSchedule?.(source, config);
    return schedule === undefined ? undefined : { ...schedule, operations: [...schedule.operations] };
  });
  return { importer: importer.name, produces: importer.produces, document };
}

function chooseImporter(file: string, registry: PluginRegistry, name: string | undefined, produces?: ImporterPlugin['produces']): ImporterPlugin {
  if (name !== undefined) return registry.get('importer', name, { file: 'command line', path: '--importer' });
  const found = registry.importerFor(file, produces);
  if (found !== undefined) return found;
  const endings = registry.plugins('importer').flatMap((plugin) => plugin.extensions);
  throw new InputError({ file, message: `no importer reads files that end in '${path.extname(file)}'`, expected: endings.join(', ') });
}

function configOf(importer: ImporterPlugin, config: Record<string, unknown>): Record<string, unknown> {
  return validated(importer.configSchema, config, { path: importer.name, owner: `plugin '${importer.name}'` });
}

function sourceOf(file: string) {
  try {
    readFileSync(file, { flag: 'r' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new InputError({ file, message: code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`, expected: 'a file that can be read' });
  }
  return importSource(file);
}

/** Importers see bytes and a name; here their problems get the file as the user named it. */
function namingFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file })));
  }
}
