import { createHash } from 'node:crypto';
import path from 'node:path';
import type { CapacityDemand, ResourceDemand } from '../analysis/audit/demand.js';
import { InputError } from '../errors.js';
import { validated } from '../document/validate.js';
import { callTool } from './call-tool.js';
import { importPart, importSource, partsOf } from '../plugin/import-source.js';
import type { ImporterPlugin, ImportPart, ImportSource, UnusedPart } from '../plugin/importer-plugin.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { Workload } from '../workload/index.js';
import { ToolContexts, type ToolSettings } from '../plugin/tool-contexts.js';

export interface ImportedFiles {
  readonly importer: string;
  /** SHA-256 of every file that was read, by its last name. */
  readonly sources: Readonly<Record<string, string>>;
  readonly produces: readonly ImportPart[];
  /** Each part that came out, as plain data. */
  readonly parts: Readonly<Partial<Record<ImportPart, unknown>>>;
  readonly unused: readonly UnusedPart[];
  readonly warnings: readonly string[];
  /** Demands on the resources of the tool's own machine, for an audit. */
  readonly demands?: readonly ResourceDemand[];
  readonly capacities?: readonly CapacityDemand[];
  /** Expectations of the scenario that is made of it, by metric. */
  readonly expect?: Readonly<Record<string, unknown>>;
}

export interface ImportOptions extends ToolSettings {
  readonly importer?: string;
  /** Of the importer. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface WorkloadOptions {
  readonly importer?: string;
  /** Sizes of symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** Reads a model file through the importer that recognises it. */
export async function importWorkload(file: string, registry: PluginRegistry, options: WorkloadOptions = {}): Promise<Workload> {
  const importer = chooseImporter([file], registry, options.importer, 'workload');
  const hasDims = Object.keys(options.dims ?? {}).length > 0;
  const config = configOf(importer, hasDims ? { dims: options.dims } : {});
  const context = new ToolContexts(registry).for(`importer ${importer.name}`);
  const tool = { kind: 'importer', name: importer.name, place: { file } } as const;
  return namingFiles([file], () => callTool(registry, tool, () => importPart(importer, 'workload', [sourceOf(file)], config, context)));
}

/** Reads files that an importer knows, together. */
export async function importFiles(files: readonly string[], registry: PluginRegistry, options: ImportOptions = {}): Promise<ImportedFiles> {
  const importer = chooseImporter(files, registry, options.importer);
  const config = configOf(importer, options.config ?? {});
  const contexts = new ToolContexts(registry, options);
  return namingFiles(files, async () => {
    const tool = { kind: 'importer', name: importer.name, place: { file: files[0]! } } as const;
    const hashes = new Map<string, string>();
    const sources = files.map((file) => hashedSource(file, hashes));
    const result = await callTool(registry, tool, () => importer.read(sources, config, contexts.for(`importer ${importer.name}`)));
    const { schedule } = result;
    const plain = { ...result, ...(schedule === undefined ? {} : { schedule: { ...schedule, operations: [...schedule.operations] } }) };
    const produces = partsOf(result);
    const parts = Object.fromEntries(produces.map((part) => [part, plain[part]]));
    const { unused = [], demands, capacities, expect } = result;
    return {
      importer: importer.name,
      sources: Object.fromEntries(hashes),
      produces,
      parts,
      unused,
      warnings: contexts.warnings,
      ...(demands === undefined ? {} : { demands }),
      ...(capacities === undefined ? {} : { capacities }),
      ...(expect === undefined ? {} : { expect }),
    };
  });
}

/** The importer that is surest of most files; of the first of them when they differ. */
function chooseImporter(files: readonly string[], registry: PluginRegistry, name: string | undefined, part?: ImportPart): ImporterPlugin {
  if (name !== undefined) return registry.get('importer', name, { file: 'command line', path: '--importer' });
  const votes = new Map<ImporterPlugin, number>();
  for (const file of files) {
    const found = registry.importerFor(file, part, () => sourceOf(file));
    if (found !== undefined) votes.set(found, (votes.get(found) ?? 0) + 1);
  }
  const most = Math.max(...votes.values());
  const chosen = [...votes].find(([, count]) => count === most)?.[0];
  if (chosen !== undefined) return chosen;
  const file = files[0]!;
  const endings = new Set(registry.plugins('importer').flatMap((plugin) => plugin.extensions));
  throw new InputError({
    file,
    message: 'no importer recognises it',
    expected: `a file of a tool that is known (tessera plugin list importer), e.g. ${[...endings].join(', ')}`,
  });
}

function configOf(importer: ImporterPlugin, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return validated(importer.configSchema, config, { path: importer.name, owner: `plugin '${importer.name}'` });
}

function hashedSource(file: string, hashes: Map<string, string>): ImportSource {
  const note = (name: string, bytes: Uint8Array): void => void hashes.set(path.basename(name), createHash('sha256').update(bytes).digest('hex'));
  const source = importSource(file, note);
  note(file, source.bytes);
  return source;
}

function sourceOf(file: string): ImportSource {
  return importSource(file);
}

/** Importers see bytes and names; here their problems get the files as the user named them. */
async function namingFiles<T>(files: readonly string[], read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const named = (file: string | undefined): string => files.find((one) => path.basename(one) === file) ?? files[0]!;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file: named(problem.file) })));
  }
}
