import path from 'node:path';
import { InputError, type SourcePlace } from '../errors.js';
import { agreeTo } from '../plugin/consent/agree-to.js';
import { CodeOrigins } from '../plugin/consent/code-origins.js';
import type { PluginPolicy } from '../plugin/consent/plugin-code.js';
import { isFileSpecifier, loadPlugins, pluginFile, type PluginGate } from '../plugin/discovery.js';
import { isPlainObject, Places } from '../document/places.js';
import { PluginRegistry } from '../plugin/registry.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import { readQuantity } from '../document/units.js';
import { validateInPlace } from '../document/validate.js';
import { documentSchema, installationFolder } from '../document/installation.js';
import { finishConfig } from './configuration.js';
import { readBindings } from './bindings.js';
import type { LoadTools } from './load-tools.js';
import { finishMachine } from './machine-file/finish.js';
import { InputFiles, namedFile } from '../document/input-files.js';
import { importMachine, namesMachineImport } from './machine-file/import-machine.js';
import { flattenMachine } from './machine-file/flatten.js';
import { emptyMachine, type RawMachine } from './machine-file/raw-machine.js';
import { Problems } from '../document/problems.js';
import { checkPath, setNested } from './machine-file/set.js';
import { readExpectations } from './expectations.js';
import { readEstimate, readSchedule, readToolUse, readWorkload } from './parts.js';
import { parseLocated } from '../document/yaml.js';
import { bareTable } from '../text/names.js';
import type { LoadedMachine, LoadedScenario, PluginSource, ToolUse } from './loaded-scenario.js';

export interface LoadOptions {
  /** Told of the limit of wall time as soon as it is known: before any code of the scenario's is loaded. */
  readonly onWallLimit?: (seconds: number) => void;
  /** Told before code that is not built in is loaded, after it has been agreed to. */
  readonly beforePlugins?: () => void;
  /** Folders, besides the project, whose files may be named; besides the scenario's folder, whose plugins may run once they are agreed to. */
  readonly allow?: readonly string[];
  /** Says which plugins that the scenario names may run. Default: none, `agreeTo([])`. A plugin runs with all rights of this process. */
  readonly plugins?: PluginPolicy;
  /** Parameters to change: `machine.noc.with.linkWidthBits`, `mapper.with.tile`, `seed`. Values may be texts with units. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Where parameters of `set` are written, by path; files that they name are relative to it. Default: the command line. */
  readonly setPlaces?: Readonly<Record<string, SourcePlace>>;
}

export interface LoadResult {
  readonly scenario: LoadedScenario;
  /** The given registry and the scenario's own plugins. */
  readonly registry: PluginRegistry;
  /** SHA-256 of every file read, by its absolute path. */
  readonly read: ReadonlyMap<string, string>;
  /** SHA-256 of the code of the scenario's plugins, as it was agreed to: with `agreeTo(code)` another process may load the same. */
  readonly code: readonly string[];
}

/**
 * Loads, resolves and checks a scenario file. Throws InputError with every problem found, each with its file, line and
 * path. Nothing is written, nothing is simulated.
 */
export async function loadScenario(file: string, builtins: PluginRegistry, options: LoadOptions = {}): Promise<LoadResult> {
  const mainFile = namedFile(file, installationFolder());
  const files = new InputFiles(mainFile, { installation: installationFolder(), ...(options.allow === undefined ? {} : { allow: options.allow }) });
  const tools: LoadTools = { files, places: new Places(), problems: new Problems() };
  const document = readScenarioDocument(mainFile, tools, options);
  const { maxWallSeconds } = (document['limits'] ?? {}) as LoadedScenario['limits'];
  if (maxWallSeconds !== undefined) options.onWallLimit?.(maxWallSeconds);
  const registry = builtins.extend();
  const contexts = new ToolContexts(registry, { seed: document['seed'] as number });
  const code = new Set<string>();
  const gate = gateOf(mainFile, options, code);
  const early = namesMachineImport(document) ? listedPlugins(document, undefined, tools) : [];
  for (const plugin of early) await loadOne(plugin, registry, gate, tools);
  if (namesMachineImport(document)) await importMachine(document, registry, tools, contexts);
  tools.problems.throwIfAny();
  const raw = readMachine(document, mainFile, tools);
  const plugins = listedPlugins(document, raw, tools);
  for (const plugin of plugins.slice(early.length)) await loadOne(plugin, registry, gate, tools);
  const found = plugins.map((plugin) =>
    isFileSpecifier(plugin.specifier) && tools.problems.isEmpty ? { ...plugin, file: pluginFile(plugin.specifier, plugin.from) } : plugin,
  );
  tools.problems.throwIfAny();
  const scenario = finishScenario(document, mainFile, raw, found, registry, tools);
  tools.problems.throwIfAny();
  const { allow, set = {} } = options;
  const { warnings } = contexts;
  const more = { ...(allow === undefined ? {} : { allow }), ...(warnings.length === 0 ? {} : { warnings }) };
  return { scenario: { ...scenario, set, ...more, inputs: files.inputs() }, registry, read: files.read(), code: [...code] };
}

function readScenarioDocument(file: string, tools: LoadTools, options: LoadOptions): Record<string, unknown> {
  const { files, places, problems } = tools;
  const { value } = parseLocated(files.readText(file), file, places);
  if (!isPlainObject(value))
    throw new InputError({ file, line: 1, column: 1, message: 'the file holds no mapping', expected: 'a scenario: tessera, machine, workload, ...' });
  applyOverrides(value, options, tools);
  problems.addAll(validateInPlace(documentSchema('scenario'), value, { places, owner: 'scenario schema' }));
  problems.throwIfAny();
  return value;
}

/** Parameters under `machine.` join the machine's own `set`; the others are set in the document. */
function applyOverrides(document: Record<string, unknown>, { set = {}, setPlaces = {} }: LoadOptions, tools: LoadTools): void {
  const overrides = { ...set };
  for (const key of ['mapper', 'estimator']) {
    if (typeof document[key] !== 'string') continue;
    const written = { [key]: document[key] };
    tools.places.copyChild(document, key, written);
    setNested(document, [key, 'use'], written, key, tools);
  }
  tools.places.setOwn(overrides, { file: 'command line' });
  for (const [name, place] of Object.entries(setPlaces)) tools.places.setChild(overrides, name, place, place);
  for (const [name, value] of Object.entries(overrides)) tools.places.settle(value, tools.places.ofValue(overrides, name) ?? { file: 'command line' });
  for (const name of Object.keys(overrides)) {
    const parts = name.split('.');
    if (!checkPath(parts, name, tools.places.ofKey(overrides, name) ?? { file: 'command line' }, tools)) continue;
    const [head = '', ...rest] = parts;
    if (head !== 'machine' || ['include', 'import', 'set'].includes(rest[0] ?? '')) {
      setNested(document, parts, overrides, name, tools);
      continue;
    }
    const machine: unknown = (document['machine'] ??= bareTable());
    // Anything else than mappings the schema refuses.
    if (!isPlainObject(machine)) continue;
    const machineSet: unknown = (machine['set'] ??= bareTable());
    if (!isPlainObject(machineSet)) continue;
    machineSet[rest.join('.')] = overrides[name];
    tools.places.copyChild(overrides, name, machineSet, rest.join('.'));
  }
}

function readMachine(document: Record<string, unknown>, mainFile: string, tools: LoadTools): RawMachine | undefined {
  const machine = document['machine'];
  if (!isPlainObject(machine)) return undefined;
  const included = machine['include'];
  const raw = emptyMachine(typeof included === 'string' ? path.basename(included).replace(/\.\w+$/, '') : 'machine');
  tools.problems.attempt(() => flattenMachine(machine, { documentPath: 'machine', prefix: '', chain: [mainFile] }, raw, tools));
  return raw;
}

function listedPlugins(document: Record<string, unknown>, raw: RawMachine | undefined, tools: LoadTools): PluginSource[] {
  const list = (document['plugins'] ?? []) as string[];
  const own = list.map((specifier, index): PluginSource => {
    const place = tools.places.ofValue(list, index) ?? { file: '' };
    return { specifier, from: place.file, place };
  });
  const all = [...own, ...(raw?.plugins ?? [])];
  return all.filter((plugin, index) => all.findIndex((other) => other.specifier === plugin.specifier && other.from === plugin.from) === index);
}

/** @param agreed gets the SHA-256 of what was let through. */
function gateOf(file: string, { allow, plugins = agreeTo([]), beforePlugins }: LoadOptions, agreed: Set<string>): PluginGate {
  const policy: PluginPolicy = async (code, place) => {
    await plugins(code, place);
    agreed.add(code.sha256);
    beforePlugins?.();
  };
  return { origins: CodeOrigins.ofScenario(file, allow), policy };
}

async function loadOne(plugin: PluginSource, registry: PluginRegistry, gate: PluginGate, tools: LoadTools): Promise<void> {
  const place: SourcePlace = { ...(plugin.place ?? { file: plugin.from }), path: 'plugins' };
  try {
    await loadPlugins(registry, plugin.specifier, plugin.from, place, gate);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tools.problems.addAll(error.problems);
  }
}

function finishScenario(
  document: Record<string, unknown>,
  file: string,
  raw: RawMachine | undefined,
  plugins: readonly PluginSource[],
  registry: PluginRegistry,
  tools: LoadTools,
): Omit<LoadedScenario, 'inputs' | 'set'> {
  const kind = document['kind'] as string;
  const place = tools.places.ofSelf(document) ?? { file };
  checkParts(document, kind, place, tools);
  const machine = raw === undefined ? undefined : finishMachine(raw, registry, tools, tools.places.ofKey(document, 'machine') ?? place);
  const experiment = kind === 'schedule' ? undefined : readExperiment(document, kind, registry, tools);
  const bindings = readBindings(document, registry, tools);
  const workload = readWorkload(document, registry, tools);
  const schedule = readSchedule(document, registry, tools);
  const tool = (key: string, pluginKind: 'mapper' | 'estimator'): ToolUse | undefined => readToolUse(document, key, key, pluginKind, registry, tools);
  const mapper = tool('mapper', 'mapper');
  const estimator = tool('estimator', 'estimator');
  const estimate = readEstimate(document, registry, tools);
  const outputs = (document['outputs'] ?? []) as unknown[];
  const hasEstimator = estimator !== undefined || estimate !== undefined;
  const expectations = readExpectations(document, { machine, hasEstimator, registry, tools });
  return {
    name: (document['name'] as string | undefined) ?? path.basename(file).replace(/\.(ya?ml|json)$/, ''),
    file,
    seed: document['seed'] as number,
    kind,
    ...(machine === undefined ? {} : { machine: machine satisfies LoadedMachine }),
    ...bindings,
    ...(workload === undefined ? {} : { workload }),
    ...(mapper === undefined ? {} : { mapper }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(estimator === undefined ? {} : { estimator }),
    ...(estimate === undefined ? {} : { estimate }),
    ...(experiment === undefined ? {} : { experiment }),
    ...(document['functional'] === true ? { functional: true } : {}),
    expectations,
    limits: (document['limits'] ?? {}) as LoadedScenario['limits'],
    ...(document['trace'] === undefined ? {} : { trace: document['trace'] as NonNullable<LoadedScenario['trace']> }),
    outputs: outputs.flatMap((_, index) => readToolUse(outputs, String(index), `outputs.${index}`, 'exporter', registry, tools) ?? []),
    plugins,
  };
}

/** A scenario of kind `schedule` needs a machine and a schedule; the others test one subsystem and have neither. */
function checkParts(document: Record<string, unknown>, kind: string, place: SourcePlace, tools: LoadTools): void {
  const { problems, places } = tools;
  // `functional: false` is the default, and is filled in for every kind.
  const has = (key: string): boolean => document[key] !== undefined && document[key] !== false;
  if (kind !== 'schedule') {
    for (const key of ['machine', 'bind', 'workload', 'mapper', 'schedule', 'estimator', 'estimate', 'functional'].filter(has)) {
      problems.add(places.ofKey(document, key), key, `'${key}' has no meaning for kind '${kind}'`, "'with': the configuration of this kind");
    }
    return;
  }
  if (has('with')) problems.add(places.ofKey(document, 'with'), 'with', "'with' has no meaning for kind 'schedule'", 'machine, workload, mapper');
  if (!has('machine')) problems.add(place, 'machine', "the key 'machine' is missing", '`machine: { include: FILE }` or a machine written out');
  if (has('estimator') && has('estimate')) {
    problems.add(places.ofKey(document, 'estimate'), 'estimate', "both 'estimator' and 'estimate' are given", 'one of them');
  }
  if (has('mapper') && has('schedule')) {
    problems.add(places.ofKey(document, 'schedule'), 'schedule', "both 'mapper' and 'schedule' are given", 'one of them');
  }
  if (!has('mapper') && !has('schedule'))
    problems.add(place, 'mapper', "neither 'mapper' nor 'schedule' is given", '`mapper: { use: layer-by-layer }` or `schedule: FILE`');
  if (has('mapper') && !has('workload'))
    problems.add(place, 'workload', "the key 'workload' is missing", '`workload: { onnx: FILE }` or `workload: { layers: ... }`');
}

function readExperiment(document: Record<string, unknown>, kind: string, registry: PluginRegistry, tools: LoadTools): ToolUse | undefined {
  const place: SourcePlace = { ...(tools.places.ofValue(document, 'kind') ?? { file: '' }), path: 'kind' };
  const experiment = registry.find('experiment', kind);
  if (experiment === undefined) {
    const names = ['schedule', ...registry.plugins('experiment').map((plugin) => plugin.name)];
    tools.problems.unknown(place, 'kind', 'kind of scenario', kind, names);
    return undefined;
  }
  const config = finishConfig(experiment, document, 'with', registry, tools);
  return config === undefined ? undefined : { use: kind, config, place };
}

/** A value given on the command line: a number, a truth value, JSON, or a text. */
export function parseSetValue(text: string): unknown {
  const number = readQuantity(text, '');
  if ('value' in number && /^[\d.+-]/.test(text) && !text.trim().endsWith('%')) return number.value;
  if (/^[[{"]|^(true|false|null)$/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}
