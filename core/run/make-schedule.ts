import { InputError } from '../errors.js';
import type { MachineDescription } from '../model/machine-facts.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadedScenario, ScheduleSource } from '../scenario/loaded-scenario.js';
import type { Schedule } from '../schedule/form/form.js';
import type { Workload } from '../workload/layer.js';
import { importSource } from './read-workload.js';
import { readScheduleFile } from './schedule-file.js';

/** The schedule that the scenario names, or that its mapper makes. */
export function scheduleOf(scenario: LoadedScenario, registry: PluginRegistry, machine: MachineDescription, workload: Workload | undefined): Schedule {
  if (scenario.schedule !== undefined) return readSchedule(scenario.schedule, registry);
  if (scenario.mapper === undefined || workload === undefined) {
    throw new InputError({ file: scenario.file, message: 'the scenario has neither a schedule nor a workload with a mapper' });
  }
  const mapper = registry.get('mapper', scenario.mapper.use, scenario.mapper.place);
  return mapper.map({ workload, machine, config: scenario.mapper.config });
}

/** Reads a schedule file; an importer's `onSibling` is told which other files it reads. */
export function readSchedule(source: ScheduleSource, registry: PluginRegistry, onSibling?: (file: string) => void): Schedule {
  if (source.importer === undefined) return readScheduleFile(source.file);
  const importer = registry.get('importer', source.importer, source.place);
  if (importer.readSchedule === undefined) {
    throw new InputError({ ...source.place, message: `importer '${importer.name}' makes no schedule but a ${importer.produces}` });
  }
  return importer.readSchedule(importSource(source.file, onSibling), source.config);
}
