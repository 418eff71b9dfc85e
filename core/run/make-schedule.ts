import { InputError } from '../errors.js';
import type { MachineDescription } from '../model/machine-facts.js';
import { callTool, toolFailure } from './call-tool.js';
import { importPart } from '../plugin/import-source.js';
import { BUILT_IN, type PluginRegistry } from '../plugin/registry.js';
import type { MapperPlugin } from '../plugin/tool-plugins.js';
import type { LoadedScenario, ScheduleSource } from '../scenario/loaded-scenario.js';
import type { Schedule } from '../schedule/form/form.js';
import type { Workload } from '../workload/layer.js';
import type { PlanCache } from './plan-cache.js';
import { namingFailures } from './naming-failures.js';
import { sourcesOf } from './read-workload.js';
import { readScheduleFile } from './schedule-file.js';
import type { ToolContexts } from '../plugin/tool-contexts.js';
import { watched } from './watched-schedule.js';

/** The schedule that the scenario names, or that its mapper makes. */
export async function scheduleOf(
  scenario: LoadedScenario,
  registry: PluginRegistry,
  machine: MachineDescription,
  workload: Workload | undefined,
  contexts: ToolContexts,
  planCache?: PlanCache,
): Promise<Schedule> {
  if (scenario.schedule !== undefined) return watched(await readSchedule(scenario.schedule, registry, contexts), contexts.watch);
  if (scenario.mapper === undefined || workload === undefined) {
    throw new InputError({ file: scenario.file, line: 1, column: 1, message: 'the scenario has neither a schedule nor a workload with a mapper' });
  }
  const { use, config, place } = scenario.mapper;
  const mapper = registry.get('mapper', use, place);
  const tool = { kind: 'mapper', name: use, place } as const;
  const make = async (): Promise<Schedule> => {
    const made: unknown = await callTool(registry, tool, () => mapper.map({ workload, machine, config }, contexts.for(`mapper ${use}`)));
    if (typeof (made as Partial<Schedule> | undefined)?.operations?.[Symbol.iterator] !== 'function') {
      throw new InputError({ ...place, message: `mapper '${use}' made no schedule`, expected: 'a schedule with `operations`' });
    }
    return watched(
      namingFailures(made as Schedule, (error) => toolFailure(error, registry, tool)),
      contexts.watch,
    );
  };
  if (planCache === undefined || !isCacheable(mapper, registry)) return make();
  const key = planCache.keyOf({ mapper: { name: use, version: mapper.version, config }, workload, machine, seed: scenario.seed });
  const kept = planCache.read(key);
  if (kept !== undefined) return kept;
  const warnings = contexts.warnings.length;
  const made = await make();
  // What was warned of would not be said again; what was broken off is no plan.
  return contexts.warnings.length > warnings || contexts.watch.cause !== undefined ? made : planCache.keep(key, made);
}

/** The mapper says so, and nobody knows when another third party's code (a core's closed form, a number format) changes. */
function isCacheable(mapper: MapperPlugin, registry: PluginRegistry): boolean {
  return mapper.cacheable === true && registry.list().every((entry) => entry.origin === BUILT_IN || (entry.kind === 'mapper' && entry.name === mapper.name));
}

/** Reads a schedule file; `onSibling` is told which other files an importer reads. */
export async function readSchedule(
  source: ScheduleSource,
  registry: PluginRegistry,
  contexts: ToolContexts,
  onSibling?: (file: string, bytes: Uint8Array) => void,
): Promise<Schedule> {
  if (source.importer === undefined) return readScheduleFile(source.file);
  const importer = registry.get('importer', source.importer, source.place);
  const context = contexts.for(`importer ${importer.name}`);
  return callTool(registry, { kind: 'importer', name: importer.name, place: source.place }, () =>
    importPart(importer, 'schedule', sourcesOf(source, onSibling), source.config, context),
  );
}
