import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { checkBounds } from '../analysis/bounds.js';
import { summariseSchedule } from '../mapping/demand.js';
import type { BoundViolation, Estimate } from '../result/performance.js';
import type { MachineDescription } from '../model/machine-facts.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { ImportSource } from '../plugin/tool-plugins.js';
import { collectiveAlgorithms } from '../schedule/form/collective.js';
import { expandCollectives } from '../schedule/form/expand.js';
import type { Schedule } from '../schedule/form/form.js';
import type { FormatBits } from '../schedule/resolve/places.js';
import { replayable } from '../schedule/form/replayable.js';
import { averageBits, formatsOf, type Workload } from '../workload/index.js';
import { describeMachine } from '../machine/description.js';
import type { Extensions, MachineSpec } from '../machine/specification.js';
import type { LoadedMachine, LoadedScenario, ScheduleSource, WorkloadSource } from '../scenario/loaded-scenario.js';
import { readScheduleFile } from './schedule-file.js';

/** Everything that a scenario's run needs, before anything is simulated. */
export interface PreparedRun {
  readonly machineSpec: MachineSpec;
  readonly description: MachineDescription;
  readonly workload: Workload | undefined;
  readonly schedule: Schedule;
  readonly estimate: Estimate | undefined;
  /** What of the estimate no machine of these parts can do; known before anything runs. */
  readonly boundViolations: readonly BoundViolation[];
  /** Undefined for an unknown format. */
  readonly formatBits: (format: string) => FormatBits | undefined;
}

/** Reads the workload, makes the schedule and the estimate. */
export function prepare(scenario: LoadedScenario, registry: PluginRegistry): PreparedRun {
  if (scenario.machine === undefined) throw new InputError({ file: scenario.file, message: 'the scenario has no machine' });
  const machineSpec = machineSpecOf(scenario.machine, registry, scenario.seed);
  const description = describeMachine(machineSpec);
  const workload = scenario.workload === undefined ? undefined : readWorkload(scenario.workload, registry);
  const algorithms = registry.extensions(collectiveAlgorithms);
  const schedule = replayable(() => expandCollectives(scheduleOf(scenario, registry, description, workload), algorithms, scenario.schedule?.collectives));
  const estimate = estimateOf(scenario, registry, description, workload, schedule);
  const known = workload ?? emptyWorkload(scenario.name);
  const boundViolations = estimate === undefined ? [] : checkBounds(estimate, description, summariseSchedule(schedule, known));
  const formats = formatsOf(known);
  const formatBits = (name: string): FormatBits | undefined => {
    const format = formats.find(name);
    return format === undefined ? undefined : { payload: format.bits, stored: averageBits(format) };
  };
  return { machineSpec, description, workload, schedule, estimate, boundViolations, formatBits };
}

/** Resolves the plugins of a loaded machine. */
export function machineSpecOf(machine: LoadedMachine, registry: PluginRegistry, seed: number): MachineSpec {
  return {
    name: machine.name,
    clocks: machine.clocks,
    referenceClock: machine.referenceClock,
    blocks: machine.blocks.map(({ use, place, ...block }) => ({ ...block, plugin: registry.block(use, place) })),
    connections: machine.connections.map(({ place: _, ...connection }) => connection),
    seed,
    extensions: extensionsOf(registry),
  };
}

/** Extension values of all registered plugins, by point and name. */
export function extensionsOf(registry: PluginRegistry): Extensions {
  const points = new Map<string, Map<string, unknown>>();
  for (const plugin of registry.plugins('extension')) {
    const values = points.get(plugin.point.name) ?? new Map<string, unknown>();
    values.set(plugin.name, plugin.value);
    points.set(plugin.point.name, values);
  }
  return points;
}

/** A file with its siblings, for an importer. Siblings outside the file's folder are not read. */
export function importSource(file: string): ImportSource {
  const folder = dirname(file);
  return {
    fileName: basename(file),
    bytes: readFileSync(file),
    readSibling: (relativePath) => {
      const path = resolve(folder, relativePath);
      if (isAbsolute(relative(folder, path)) || relative(folder, path).startsWith('..')) return undefined;
      try {
        return readFileSync(path);
      } catch {
        return undefined;
      }
    },
  };
}

/** Reads a workload through the importer that the scenario names; layers written in place go through `layers`. */
export function readWorkload(source: WorkloadSource, registry: PluginRegistry): Workload {
  const importer = registry.get('importer', source.form === 'file' ? source.importer : 'layers', source.place);
  const input: ImportSource =
    source.form === 'file'
      ? importSource(source.file)
      : { fileName: basename(source.file), bytes: new TextEncoder().encode(JSON.stringify(source.document)), readSibling: () => undefined };
  if (importer.readWorkload === undefined) {
    throw new InputError({ ...source.place, message: `importer '${importer.name}' makes no workload but a ${importer.produces}` });
  }
  return importer.readWorkload(input, source.form === 'file' ? source.config : {});
}

function scheduleOf(scenario: LoadedScenario, registry: PluginRegistry, machine: MachineDescription, workload: Workload | undefined): Schedule {
  if (scenario.schedule !== undefined) return readSchedule(scenario.schedule, registry);
  if (scenario.mapper === undefined || workload === undefined) {
    throw new InputError({ file: scenario.file, message: 'the scenario has neither a schedule nor a workload with a mapper' });
  }
  const mapper = registry.get('mapper', scenario.mapper.use, scenario.mapper.place);
  return mapper.map({ workload, machine, config: scenario.mapper.config });
}

function readSchedule(source: ScheduleSource, registry: PluginRegistry): Schedule {
  if (source.importer === undefined) return readScheduleFile(source.file);
  const importer = registry.get('importer', source.importer, source.place);
  if (importer.readSchedule === undefined) {
    throw new InputError({ ...source.place, message: `importer '${importer.name}' makes no schedule but a ${importer.produces}` });
  }
  return importer.readSchedule(importSource(source.file), source.config);
}

function estimateOf(
  scenario: LoadedScenario,
  registry: PluginRegistry,
  machine: MachineDescription,
  workload: Workload | undefined,
  schedule: Schedule,
): Estimate | undefined {
  if (scenario.estimator === undefined) return undefined;
  const estimator = registry.get('estimator', scenario.estimator.use, scenario.estimator.place);
  return estimator.estimate({ workload: workload ?? emptyWorkload(scenario.name), machine, schedule, config: scenario.estimator.config });
}

/** A hand-written schedule comes without a workload; estimators then see no layers but those of the schedule. */
function emptyWorkload(name: string): Workload {
  return { name, tensors: {}, layers: [], inputs: [], outputs: [] };
}
