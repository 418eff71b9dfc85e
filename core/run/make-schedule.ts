import { InputError } from '../errors.js';
import type { MachineDescription } from '../model/machine-facts.js';
import { importPart } from '../plugin/import-source.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadedScenario, ScheduleSource } from '../scenario/loaded-scenario.js';
import type { Schedule } from '../schedule/form/form.js';
import type { Workload } from '../workload/layer.js';
import { sourcesOf } from './read-workload.js';
import { readScheduleFile } from './schedule-file.js';
import type { ToolContexts } from '../plugin/tool-contexts.js';

/** The schedule that the scenario names, or that its mapper makes. */
export async function scheduleOf(
  scenario: LoadedScenario,
  registry: PluginRegistry,
  machine: MachineDescription,
  workload: Workload | undefined,
  contexts: ToolContexts,
): Promise<Schedule> {
  if (scenario.schedule !== undefined) return readSchedule(scenario.schedule, registry, contexts);
  if (scenario.mapper === undefined || workload === undefined) {
    throw new InputError({ file: scenario.file, message: 'the scenario has neither a schedule nor a workload with a mapper' });
  }
  const { use, config, place } = scenario.mapper;
  const made: unknown = await registry.get('mapper', use, place).map({ workload, machine, config }, contexts.for(`mapper ${use}`));
  if (typeof (made as Partial<Schedule> | undefined)?.operations?.[Symbol.iterator] !== 'function') {
    throw new InputError({ ...place, message: `mapper '${use}' made no schedule`, expected: 'a schedule with `operations`' });
  }
  return made as Schedule;
}

/** Reads a schedule file; `onSibling` is told which other files an importer reads. */
export async function readSchedule(
  source: ScheduleSource,
  registry: PluginRegistry,
  contexts: ToolContexts,
  onSibling?: (file: string) => void,
): Promise<Schedule> {
  if (source.importer === undefined) return readScheduleFile(source.file);
  const importer = registry.get('importer', source.importer, source.place);
  return importPart(importer, 'schedule', sourcesOf(source, onSibling), source.config, contexts.for(`importer ${importer.name}`));
}
