import type { SourcePlace } from '../errors.js';
import { isPlainObject } from '../document/places.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { finishConfig } from './configuration.js';
import type { LoadTools } from './load-tools.js';
import type { Expectation } from '../analysis/expectations.js';
import type { LoadedMachine, ScheduleSource, ToolUse, WorkloadSource } from './loaded-scenario.js';

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
  if (form === 'import') return readImport(workload['import'] as Record<string, unknown>, registry, tools);
  const file = existing(workload[form] as string, place, tools);
  if (file === undefined) return undefined;
  const { dims, formats } = workload;
  const config = form === 'onnx' ? { ...(dims === undefined ? {} : { dims }), ...(formats === undefined ? {} : { formats }) } : {};
  return fileWorkload(form, file, config, place, registry, tools);
}

function readImport(source: Record<string, unknown>, registry: PluginRegistry, tools: LoadTools): WorkloadSource | undefined {
  const place: SourcePlace = { ...(tools.places.ofValue(source, 'file') ?? { file: '' }), path: 'workload.import.file' };
  const file = existing(source['file'] as string, place, tools);
  if (file === undefined) return undefined;
  const name = (source['use'] as string | undefined) ?? registry.importerFor(file, 'workload')?.name;
  if (name === undefined) {
    tools.problems.add(
      place,
      'workload.import',
      `no importer reads '${source['file'] as string}'`,
      registry
        .plugins('importer')
        .flatMap((plugin) => plugin.extensions)
        .join(', '),
    );
    return undefined;
  }
  return fileWorkload(name, file, (source['with'] ?? {}) as Record<string, unknown>, place, registry, tools);
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

export function readSchedule(document: Record<string, unknown>, registry: PluginRegistry, tools: LoadTools): ScheduleSource | undefined {
  const value = document['schedule'];
  if (value === undefined) return undefined;
  const { places } = tools;
  const source = isPlainObject(value) ? value : { file: value };
  const place: SourcePlace = {
    ...(isPlainObject(value) ? places.ofValue(value, 'file') : places.ofValue(document, 'schedule')),
    path: 'schedule',
  } as SourcePlace;
  const file = existing(source['file'] as string, place, tools);
  if (file === undefined) return undefined;
  const name = source['import'] as string | undefined;
  const parameters = source['collectives'] as Readonly<Record<string, unknown>> | undefined;
  const collectives = parameters === undefined ? {} : { collectives: parameters };
  if (name === undefined) return { file, config: {}, ...collectives, place };
  const plugin = tools.problems.attempt(() => registry.get('importer', name, place));
  const config = plugin === undefined ? undefined : finishConfig(plugin, source, 'schedule.with', registry, tools);
  return config === undefined ? undefined : { file, importer: name, config, ...collectives, place };
}

/** Resolves a file and takes its hash. */
function existing(reference: string, place: SourcePlace, tools: LoadTools): string | undefined {
  return tools.problems.attempt(() => {
    const file = tools.files.resolve(reference, place.file, place);
    tools.files.readBytes(file, place);
    return file;
  });
}

export function readExpectations(document: Record<string, unknown>, tools: LoadTools): Expectation[] {
  const expect = (document['expect'] ?? {}) as Record<string, unknown>;
  return Object.entries(expect).map(([metric, bounds]) => {
    const place: SourcePlace = { ...(tools.places.ofKey(expect, metric) ?? { file: '' }), path: `expect.${metric}` };
    if (typeof bounds === 'number') return { metric, equals: bounds, place };
    const written = bounds as Omit<Expectation, 'metric' | 'place'>;
    if (written.near !== undefined && written.within === undefined) {
      tools.problems.add(place, `expect.${metric}`, "'near' stands alone", "'near' with 'within', e.g. `{ near: 1000, within: 2% }`");
    }
    return { metric, ...written, place };
  });
}

const RUN_METRICS = ['cycles', 'seconds', 'energyPj', 'estimateError', 'operations', 'violations'];

/** A run on a machine has metrics that are known before it starts: a misspelt one would never hold. */
export function checkMetrics(
  expectations: readonly Expectation[],
  machine: LoadedMachine,
  hasEstimator: boolean,
  registry: PluginRegistry,
  tools: LoadTools,
): void {
  const names = new Set(RUN_METRICS);
  for (const { path, use } of machine.blocks) {
    const plugin = registry.findBlock(use);
    for (const statistic of Object.keys(plugin?.statistics ?? {})) names.add(`${path}.${statistic}`);
    names.add(`${path}.peakBytes`);
  }
  for (const { metric, place } of expectations) {
    if (!names.has(metric)) tools.problems.unknown(place, `expect.${metric}`, 'metric', metric, [...names]);
    else if (metric === 'estimateError' && !hasEstimator)
      tools.problems.add(place, 'expect.estimateError', 'there is no estimate to compare with', '`estimator: { use: NAME }`');
  }
}
