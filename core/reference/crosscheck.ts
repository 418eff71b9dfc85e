import { PERCENT, relativeError } from '../analysis/comparison.js';
import { InputError } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { StopCause } from '../plugin/stop-watch.js';
import type { CrosscheckPlugin, CrosscheckRun, ReferenceRecord } from '../plugin/tool-plugins.js';
import type { ScheduleResult } from '../result/run-result.js';
import { toolFailure } from '../run/call-tool.js';
import { runForRecord } from './run-for-record.js';
import { nearestName } from '../document/nearest.js';
import { placedInJson, readJson } from '../document/json.js';

export interface CrosscheckMetric {
  readonly expected: number;
  readonly simulated: number;
  /** Signed, in per cent of what was expected. */
  readonly errorPct: number;
}

export interface CrosscheckRecord {
  readonly id: string;
  readonly metrics: Readonly<Record<string, CrosscheckMetric>>;
  readonly cpuSeconds: number;
  readonly referenceCpuSeconds: number | null;
  /** Why the record could not be run; it then counts as a miss. */
  readonly failed?: string;
}

export interface CrosscheckSummary {
  readonly n: number;
  readonly meanAbsErrorPct: number;
  readonly medianAbsErrorPct: number;
  readonly worstAbsErrorPct: number;
  readonly worstId: string;
}

export interface CrosscheckFile {
  readonly file: string;
  readonly kind: string;
  readonly records: readonly CrosscheckRecord[];
  readonly summary: Readonly<Record<string, CrosscheckSummary>>;
  readonly warnings: readonly string[];
}

export interface CrosscheckOptions {
  /** Only records whose id contains this text, or matches it when it is written `/regex/`. */
  readonly filter?: string;
  readonly shouldStop?: () => boolean;
  /** Seconds of wall time that a record may take; then it has failed, and the next one runs. */
  readonly maxSecondsPerRecord?: number | undefined;
  readonly onWarning?: (message: string) => void;
  readonly onRecord?: (record: CrosscheckRecord, index: number, total: number) => void;
}

/** Runs the records of a reference file through the plugin for their kind. */
export async function crosscheckFile(file: string, registry: PluginRegistry, options: CrosscheckOptions = {}): Promise<CrosscheckFile> {
  const { kind, plugin, records: chosen } = readRecords(file, registry, options.filter);
  const results: CrosscheckRecord[] = [];
  const warnings: string[] = [];
  const failure = (error: unknown): Error => toolFailure(error, registry, { kind: 'crosscheck', name: plugin.name, place: {} });
  for (const record of chosen) {
    if (options.shouldStop?.() === true) break;
    const contexts = new ToolContexts(registry, { ...options, maxWallSeconds: options.maxSecondsPerRecord });
    const run = (scenario: CrosscheckRun): Promise<ScheduleResult> => runForRecord(scenario, registry, () => contexts.watch.look() !== undefined);
    const result = await runRecord(record, plugin, contexts, run, failure);
    warnings.push(...contexts.warnings);
    // What was interrupted is no result: a part is never compared with a whole.
    if (contexts.watch.cause === 'interrupted') break;
    results.push(result);
    options.onRecord?.(result, results.length, chosen.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { file, kind, records: results, summary: summarise(results), warnings };
}

/** The records of a file that match, and the plugin that runs their kind. */
export function readRecords(
  file: string,
  registry: PluginRegistry,
  filter?: string,
): { kind: string; plugin: CrosscheckPlugin; records: readonly ReferenceRecord[] } {
  const { kind, records } = readReference(file);
  const plugin = placedInJson(file, () => pluginFor(kind, file, registry));
  const chosen = records.filter((record) => matches(record.id, filter));
  if (chosen.length === 0) throw new InputError({ file, message: `no record matches '${filter ?? ''}'`, expected: `ids such as '${records[0]?.id ?? ''}'` });
  return { kind, plugin, records: chosen };
}

function readReference(file: string): { kind: string; records: readonly ReferenceRecord[] } {
  const value = readJson(file);
  return placedInJson(file, () => checkedReference(value, file));
}

function checkedReference(document: unknown, file: string): { kind: string; records: readonly ReferenceRecord[] } {
  const value = document as { tesseraReference?: unknown; kind?: unknown; records?: unknown } | null;
  if (value?.tesseraReference !== 1 || typeof value.kind !== 'string' || !Array.isArray(value.records)) {
    throw new InputError({ file, message: 'these are no reference records', expected: '`{ "tesseraReference": 1, "kind": ..., "records": [...] }`' });
  }
  return { kind: value.kind, records: value.records.map((record, index) => checkedRecord(record as Partial<ReferenceRecord> | null, index, file)) };
}

function checkedRecord(record: Partial<ReferenceRecord> | null, index: number, file: string): ReferenceRecord {
  const isMapping = (part: unknown): boolean => typeof part === 'object' && part !== null && !Array.isArray(part);
  const isAbsentOr = (part: unknown): boolean => part === undefined || isMapping(part);
  const isWhole = typeof record?.id === 'string' && isMapping(record.config) && isAbsentOr(record.workload) && isAbsentOr(record.expected);
  const { workload = {}, expected = {} } = record ?? {};
  const whole = { ...record, workload, expected } as ReferenceRecord;
  if (!isWhole || (record?.expected === undefined && numbersOf(whole).size === 0))
    throw new InputError({
      file,
      path: `records.${index}`,
      message: 'this record is not complete',
      expected: 'id, config, and numbers, under expected or, in a record without it, beside config and workload',
    });
  return whole;
}

function pluginFor(kind: string, file: string, registry: PluginRegistry): CrosscheckPlugin {
  const plugins = registry.plugins('crosscheck');
  const found = plugins.find((plugin) => plugin.recordKind === kind);
  if (found !== undefined) return found;
  const kinds = plugins.map((plugin) => plugin.recordKind);
  const nearest = nearestName(kind, kinds);
  throw new InputError({
    file,
    path: 'kind',
    message: `no plugin runs records of kind '${kind}'`,
    expected: kinds.join(', '),
    ...(nearest === undefined ? {} : { nearest }),
  });
}

function matches(id: string, filter: string | undefined): boolean {
  if (filter === undefined) return true;
  const pattern = /^\/(.*)\/$/.exec(filter);
  return pattern === null ? id.includes(filter) : expressionOf(pattern[1] as string).test(id);
}

/** Whoever types the command chooses its expression; no file does. */
function expressionOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InputError({ file: 'command line', path: '--filter', message: (error as Error).message, expected: 'a text, or /REGEX/' });
  }
}

async function runRecord(
  record: ReferenceRecord,
  plugin: CrosscheckPlugin,
  contexts: ToolContexts,
  run: (scenario: CrosscheckRun) => Promise<ScheduleResult>,
  failure: (error: unknown) => Error,
): Promise<CrosscheckRecord> {
  const reference = record['reference_cpu_seconds'];
  const referenceCpuSeconds = typeof reference === 'number' ? reference : null;
  const before = process.cpuUsage();
  const seconds = (): number => {
    const used = process.cpuUsage(before);
    return (used.user + used.system) / 1e6;
  };
  const failedFor = (failed: string): CrosscheckRecord => ({ id: record.id, metrics: {}, cpuSeconds: seconds(), referenceCpuSeconds, failed });
  try {
    const context = { ...contexts.for(`crosscheck ${plugin.name}`), run };
    const simulated = await plugin.simulate(record, context);
    if (contexts.watch.cause !== undefined) return failedFor(STOPPED[contexts.watch.cause]);
    return { id: record.id, metrics: compareMetrics(record, simulated, plugin), cpuSeconds: seconds(), referenceCpuSeconds };
  } catch (error) {
    // A record that fails in any way is a miss of the tool, to be shown, not the end of the other records.
    return failedFor(failure(error).message);
  }
}

const STOPPED: Readonly<Record<StopCause, string>> = { interrupted: 'interrupted', maxWallSeconds: 'it took longer than a record may' };

function compareMetrics(record: ReferenceRecord, simulated: Readonly<Record<string, number>>, plugin: CrosscheckPlugin): Record<string, CrosscheckMetric> {
  const numbers = numbersOf(record);
  for (const [name, value] of Object.entries(plugin.stated?.(record) ?? {})) numbers.set(name, value);
  const names = plugin.comparable?.(record) ?? [...numbers.keys()];
  const metrics: Record<string, CrosscheckMetric> = {};
  for (const name of names) {
    const [expected, value] = [numbers.get(name), simulated[name]];
    if (expected === undefined || value === undefined) continue;
    metrics[name] = { expected, simulated: value, errorPct: errorPct(expected, value) };
  }
  return metrics;
}

/** What was measured, by name: all numbers under `expected` or, in a record without it, all but what describes machine and workload. */
function numbersOf({ id: _id, config: _config, workload: _workload, expected, ...rest }: ReferenceRecord): Map<string, number> {
  return flatNumbers(Object.keys(expected).length > 0 ? expected : rest, '');
}

/** All numbers of a document by name; those inside objects have dotted names, e.g. `commands.ACT`. */
function flatNumbers(document: Readonly<Record<string, unknown>>, prefix: string): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [key, value] of Object.entries(document)) {
    if (typeof value === 'number') numbers.set(`${prefix}${key}`, value);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject) flatNumbers(value as Record<string, unknown>, `${prefix}${key}.`).forEach((number, name) => numbers.set(name, number));
  }
  return numbers;
}

/** Per cent of the expected value. Where zero was expected every difference counts as a whole one: an infinite error has no mean. */
function errorPct(expected: number, simulated: number): number {
  return expected === 0 ? PERCENT * Math.sign(simulated) : relativeError(simulated, expected, PERCENT);
}

/** A record that could not be run counts as 100 % off in every metric that other records have. */
function summarise(records: readonly CrosscheckRecord[]): Record<string, CrosscheckSummary> {
  const names = [...new Set(records.flatMap((record) => Object.keys(record.metrics)))];
  const summary: Record<string, CrosscheckSummary> = {};
  for (const name of names) {
    const errors = records.flatMap((record) => {
      const metric = record.metrics[name];
      if (metric !== undefined) return [{ id: record.id, error: Math.abs(metric.errorPct) }];
      return record.failed === undefined ? [] : [{ id: record.id, error: 100 }];
    });
    errors.sort((a, b) => a.error - b.error || (a.id < b.id ? -1 : 1));
    const worst = errors[errors.length - 1];
    const sum = errors.reduce((total, { error }) => total + error, 0);
    summary[name] = {
      n: errors.length,
      meanAbsErrorPct: sum / errors.length,
      medianAbsErrorPct: medianOf(errors.map(({ error }) => error)),
      worstAbsErrorPct: worst?.error ?? 0,
      worstId: worst?.id ?? '',
    };
  }
  return summary;
}

function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Whether every metric of every record is within the tolerance (a fraction); a record that failed is not. */
export function withinTolerance(files: readonly CrosscheckFile[], tolerance: number): boolean {
  return files.every((file) =>
    file.records.every(
      (record) => record.failed === undefined && Object.values(record.metrics).every((metric) => Math.abs(metric.errorPct) <= tolerance * 100),
    ),
  );
}
