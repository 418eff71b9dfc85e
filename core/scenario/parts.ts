import type { SourcePlace } from '../errors.js';
import { isPlainObject } from '../document/places.js';
import { importSource } from '../plugin/import-source.js';
import type { ImportPart } from '../plugin/importer-plugin.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { finishConfig } from './configuration.js';
import type { LoadTools } from './load-tools.js';
import type { ImportedSource, ScheduleSource, ToolUse, WorkloadSource } from './loaded-scenario.js';

type ToolKind = 'mapper' | 'estimator' | 'exporter' | 'importer';

/** Reads `NAME` or `{ use: NAME, with: {...} }` under a key; undefined when absent or when it has problems. */
export function readToolUse(owner: object, key: string, path: string, kind: ToolKind, registry: PluginRegistry, tools: LoadTools): ToolUse | undefined {
  const value = (owner as Record<string, unknown>)[key];
  if (value === undefined) return undefined;
  const { places } = tools;
  const source = isPlainObject(value) ? value : { use: value };
  if (source !== value) {
    places.setOwn(source, places.ofValue(owner, key) ?? { file: '' });
    places.copyChild(owner, key, source, 'use');
  }
  const place: SourcePlace = { ...(places.ofValue(source, 'use') ?? { file: '' }), path: `${path}.use` };
  const plugin = tools.problems.attempt(() => registry.get(kind, source['use'] as string, place));
  if (plugin === undefined) return undefined;
  const config = finishConfig(plugin, source, `${path}.with`, registry, tools);
  return config === undefined ? undefined : { use: plugin.name, config, place };
}

/** Where the layers come from: an ONNX file, layers in YAML, or any importer. */
export function readWorkload(document: Record<string, unknown>, registry: PluginRegistry, tools: LoadTools): WorkloadSource | undefined {
  const workload = document['workload'];
  if (!isPlainObject(workload)) return undefined;
  const { places, problems } = tools;
  const forms = ['onnx', 'layers', 'import'].filter((key) => workload[key] !== undefined);
  if (forms.length !== 1) {
    problems.add(
      places.ofKey(document, 'workload'),
      'workload',
      `a workload has one of 'onnx', 'layers' and 'import', this one has ${forms.length === 0 ? 'none' : forms.join(' and ')}`,
      '`onnx: FILE`',
    );
    return undefined;
  }
  const form = forms[0] as 'onnx' | 'layers' | 'import';
  for (const key of ['dims', 'formats']) {
    if (workload[key] !== undefined && form !== 'onnx')
      problems.add(places.ofKey(workload, key), `workload.${key}`, `'${key}' has a meaning beside 'onnx' only`);
  }
  const place: SourcePlace = { ...(places.ofValue(workload, form) ?? { file: '' }), path: `workload.${form}` };
  if (form === 'layers' && typeof workload['layers'] !== 'string') return { form: 'layers', file: place.file, document: workload['layers'], place };
  if (form === 'import') {
    const imported = readImport(workload['import'] as Record<string, unknown>, 'workload.import', 'workload', registry, tools);
    return imported === undefined ? undefined : { form: 'file', ...imported };
  }
  const file = existing(workload[form] as string, place, tools);
  if (file === undefined) return undefined;
  const { dims, formats } = workload;
  const config = form === 'onnx' ? { ...(dims === undefined ? {} : { dims }), ...(formats === undefined ? {} : { formats }) } : {};
  return fileWorkload(form, file, config, place, registry, tools);
}

function fileWorkload(
  importer: string,
  file: string,
  config: Record<string, unknown>,
  place: SourcePlace,
  registry: PluginRegistry,
  tools: LoadTools,
): WorkloadSource | undefined {
  const plugin = tools.problems.attempt(() => registry.get('importer', importer, place));
  if (plugin === undefined) return undefined;
  tools.places.setOwn(config, place);
  const checked = finishConfig(plugin, { with: config }, place.path ?? 'workload', registry, tools);
  return checked === undefined ? undefined : { form: 'file', file, importer, config: checked, place };
}

/** `{ use, file or files, with }`: the importer that is named, or the one that recognises the first file. */
export function readImport(
  source: Record<string, unknown>,
  path: string,
  part: ImportPart,
  registry: PluginRegistry,
  tools: LoadTools,
): ImportedSource | undefined {
  const { places, problems } = tools;
  const named = source['file'] === undefined ? source['files'] : [source['file']];
  const at = source['file'] === undefined ? 'files' : 'file';
  const place: SourcePlace = { ...(places.ofValue(source, at) ?? { file: '' }), path: `${path}.${at}` };
  if (!Array.isArray(named) || named.length === 0 || !named.every((one) => typeof one === 'string') || (at === 'file' && source['files'] !== undefined)) {
    problems.add(places.ofSelf(source) ?? place, path, 'an import names its files', '`file: FILE` or `files: [FILE, ...]`');
    return undefined;
  }
  const found = named.map((one) => existing(one, place, tools));
  const [file, ...furtherFiles] = found.filter((one) => one !== undefined);
  if (file === undefined || found.includes(undefined)) return undefined;
  const use = source['use'] as string | undefined;
  const plugin = problems.attempt(() =>
    use === undefined ? registry.importerFor(file, part, () => importSource(file)) : registry.get('importer', use, place),
  );
  if (plugin === undefined) {
    const readers = registry.plugins('importer').filter(({ produces }) => produces.includes(part));
    const read = readers.flatMap(({ name, extensions }) => (extensions.length === 0 ? `a file that '${name}' recognises` : extensions));
    const expected = read.join(', ') || 'a plugin of kind importer that does';
    if (use === undefined) problems.add(place, path, `no importer reads a ${part} from '${named[0] as string}'`, expected);
    return undefined;
  }
  if (!plugin.produces.includes(part)) {
    problems.add(place, path, `importer '${plugin.name}' makes no ${part} but ${plugin.produces.join(' and ')}`);
    return undefined;
  }
  const config = finishConfig(plugin, source, `${path}.with`, registry, tools);
  if (config === undefined) return undefined;
  return { file, ...(furtherFiles.length === 0 ? {} : { furtherFiles }), importer: plugin.name, config, place };
}

/** An estimate that an importer reads: `FILE`, or `{ use, file or files, with }`. */
export function readEstimate(document: Record<string, unknown>, registry: PluginRegistry, tools: LoadTools): ImportedSource | undefined {
  const value = document['estimate'];
  if (value === undefined) return undefined;
  const source = isPlainObject(value) ? value : { file: value };
  if (source !== value) tools.places.copyChild(document, 'estimate', source, 'file');
  return readImport(source, 'estimate', 'estimate', registry, tools);
}

export function readSchedule(document: Record<string, unknown>, registry: PluginRegistry, tools: LoadTools): ScheduleSource | undefined {
  const value = document['schedule'];
  if (value === undefined) return undefined;
  const { places } = tools;
  const source = isPlainObject(value) ? value : { file: value };
  const parameters = source['collectives'] as Readonly<Record<string, unknown>> | undefined;
  const collectives = parameters === undefined ? {} : { collectives: parameters };
  if (source['import'] !== undefined || source['files'] !== undefined) {
    const { import: use, ...others } = source;
    const renamed: Record<string, unknown> = { ...others, ...(use === undefined ? {} : { use }) };
    const own = places.ofSelf(source);
    if (own !== undefined) places.setOwn(renamed, own);
    for (const key of Object.keys(others)) places.copyChild(source, key, renamed);
    const imported = readImport(renamed, 'schedule', 'schedule', registry, tools);
    return imported === undefined ? undefined : { ...imported, ...collectives };
  }
  const place: SourcePlace = {
    ...(isPlainObject(value) ? places.ofValue(value, 'file') : places.ofValue(document, 'schedule')),
    path: 'schedule',
  } as SourcePlace;
  if (typeof source['file'] !== 'string') {
    tools.problems.add(places.ofValue(document, 'schedule'), 'schedule.file', "the key 'file' is missing", 'the path of a schedule file, or `import`');
    return undefined;
  }
  const file = existing(source['file'], place, tools);
  return file === undefined ? undefined : { file, config: {}, ...collectives, place };
}

/** Resolves a file and takes its hash. */
function existing(reference: string, place: SourcePlace, tools: LoadTools): string | undefined {
  return tools.problems.attempt(() => {
    const file = tools.files.resolve(reference, place.file, place);
    tools.files.readBytes(file, place);
    return file;
  });
}
