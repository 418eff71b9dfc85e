import { checkBounds } from '../analysis/bounds.js';
import { InputError } from '../errors.js';
import type { DescribedMachine } from '../machine/specification.js';
import { summariseSchedule } from '../mapping/demand.js';
import { extensionAccess } from '../plugin/extension-access.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { MapperPlugin } from '../plugin/tool-plugins.js';
import type { BoundViolation, Estimate } from '../result/performance.js';
import { describeLoaded } from '../scenario/describe-loaded.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { collectiveAlgorithms } from '../schedule/form/collective.js';
import { expandCollectives, type AlgorithmSource } from '../schedule/form/expand.js';
import type { Schedule } from '../schedule/form/form.js';
import { replayable } from '../schedule/form/replayable.js';
import type { FormatBits } from '../schedule/resolve/places.js';
import type { Workload } from '../workload/layer.js';
import { averageBits, formatsOf } from '../workload/number-format.js';
import { estimateOf } from './make-estimate.js';
import { ImportedFiles } from './imported-files.js';
import { scheduleOf } from './make-schedule.js';
import type { PlanCache } from './plan-cache.js';
import { emptyWorkload, readWorkload } from './read-workload.js';
import { oldStallForm } from '../plugin/stall-class-shape.js';
import { ToolContexts } from '../plugin/tool-contexts.js';

/** Everything that a scenario's run needs, before anything is simulated. */
export interface PreparedRun {
  readonly machine: DescribedMachine;
  readonly workload: Workload | undefined;
  readonly schedule: Schedule;
  /** The scenario names it; no mapper made it. */
  readonly isScheduleGiven: boolean;
  /** What made the schedule; undefined when it is given. */
  readonly mapper?: MapperPlugin;
  readonly estimate: Estimate | undefined;
  /** What of the estimate no machine of these parts can do; known before anything runs. */
  readonly boundViolations: readonly BoundViolation[];
  /** SHA-256 by name of the files that importers read beside those that the scenario names. */
  readonly importedFiles?: Readonly<Record<string, string>>;
  /** Undefined for an unknown format. */
  readonly formatBits: (format: string) => FormatBits | undefined;
}

/** What has been prepared so far: all that is left of a preparation that was broken off. */
export type Preparation = { -readonly [part in 'machine' | 'workload']?: PreparedRun[part] };

/**
 * Reads the workload, makes the schedule and the estimate. Throws RunStopped when the run is to end before that is done.
 *
 * @param soFar is given each part when it is there
 */
export async function prepare(
  scenario: LoadedScenario,
  registry: PluginRegistry,
  contexts = new ToolContexts(registry, { seed: scenario.seed }),
  planCache?: PlanCache,
  soFar: Preparation = {},
): Promise<PreparedRun> {
  if (scenario.machine === undefined) throw new InputError({ file: scenario.file, line: 1, column: 1, message: 'the scenario has no machine' });
  const machine = (soFar.machine = describeLoaded(scenario.machine, registry, scenario.seed, scenario.bindings));
  for (const name of new Set(machine.blocks.map(({ plugin }) => plugin))) {
    const plugin = registry.findBlock(name);
    const note = plugin === undefined ? undefined : oldStallForm(plugin);
    if (note !== undefined) contexts.warn(note);
  }
  const imported = new ImportedFiles();
  const workload = (soFar.workload = scenario.workload === undefined ? undefined : await readWorkload(scenario.workload, registry, contexts, imported.tell));
  contexts.watch.check();
  const access = extensionAccess(registry, { owner: 'schedule', seed: scenario.seed });
  const algorithms: AlgorithmSource = (reference, at) => access.extension(collectiveAlgorithms, reference, { at });
  const written = await scheduleOf(scenario, registry, machine, workload, contexts, planCache);
  contexts.watch.check();
  const schedule = replayable(expandCollectives(written, algorithms, scenario.schedule?.collectives));
  const known = workload ?? emptyWorkload(scenario.name);
  const estimate = await estimateOf(scenario, registry, { workload: known, machine, schedule }, contexts);
  contexts.watch.check();
  const boundViolations = estimate === undefined ? [] : checkBounds(estimate, machine, summariseSchedule(schedule, known));
  contexts.watch.stage = 'simulation';
  const isScheduleGiven = scenario.schedule !== undefined;
  const mapper = isScheduleGiven || scenario.mapper === undefined ? undefined : registry.get('mapper', scenario.mapper.use, scenario.mapper.place);
  const made = mapper === undefined ? {} : { mapper };
  const formatBits = formatBitsOf(known);
  return { machine, workload, schedule, isScheduleGiven, ...made, estimate, boundViolations, formatBits, importedFiles: imported.inputs(scenario) };
}

/** A run of which nothing will be simulated: its machine, and an empty schedule. Undefined before there is a machine. */
export function nothingPrepared({ machine, workload }: Preparation, name: string): PreparedRun | undefined {
  if (machine === undefined) return undefined;
  const schedule: Schedule = { name, tensors: {}, buffers: {}, operations: [] };
  const formatBits = formatBitsOf(workload ?? emptyWorkload(name));
  return { machine, workload, schedule, isScheduleGiven: false, estimate: undefined, boundViolations: [], formatBits };
}

function formatBitsOf(workload: Workload): PreparedRun['formatBits'] {
  const formats = formatsOf(workload);
  return (name) => {
    const format = formats.find(name);
    return format === undefined ? undefined : { payload: format.bits, stored: averageBits(format) };
  };
}
