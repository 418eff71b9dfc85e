import type { PluginRegistry } from '../plugin/registry.js';
import { RunStopped, type StopCause } from '../plugin/stop-watch.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { ScheduleResult } from '../result/run-result.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { assembleResult, type FinishedRun } from './assemble-result.js';
import { breakable } from './breakable.js';
import { functionalRun } from './functional.js';
import { nothingPrepared, prepare, type Preparation, type PreparedRun } from './prepare.js';
import { RunLoop, type LoopEnd } from './run-loop.js';
import type { RunOptions } from './run-options.js';
import { Simulation } from './simulation.js';
import { toolSettings } from './tool-settings.js';

type End = LoopEnd & Pick<FinishedRun, 'functional' | 'schedule'>;

/** Prepares and simulates a schedule on a machine. Throws RunStopped when it is to end before anything is there to tell of. */
export async function runSchedule(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions): Promise<ScheduleResult> {
  const contexts = new ToolContexts(registry, toolSettings(scenario, options));
  for (const warning of scenario.warnings ?? []) contexts.warn(warning);
  const soFar: Preparation = {};
  let prepared: PreparedRun;
  try {
    prepared = await breakable(() => prepare(scenario, registry, contexts, options.planCache, soFar), options.halted);
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    return unprepared(scenario, contexts, soFar, error);
  }
  options.onSchedule?.(prepared.schedule);
  const functional = functionalRun(scenario, prepared, registry, options);
  const observers = [...(options.observers ?? []), ...(functional === undefined ? [] : [functional.observer])];
  const traceEvents = options.traceEvents ?? scenario.trace?.maxEvents;
  const simulation = await breakable(() => new Simulation(prepared, { ...options, observers, traceEvents }), options.halted);
  const loop = new RunLoop(scenario, simulation, options, contexts.watch);
  const end = await breakable(() => loop.run(), options.halted).catch((error: unknown) => {
    if (!(error instanceof RunStopped)) throw error;
    contexts.warn('the simulation did not stop when asked and was broken off: its figures are those of the moment');
    return loop.brokenOff(error.stopCause);
  });
  const values =
    end.end === 'finished' && functional !== undefined ? await breakable(async () => functional.result(options.shouldStop), options.halted) : undefined;
  const kept = options.keepSchedule === true ? { schedule: prepared.schedule } : {};
  return resultOf(scenario, contexts, prepared, simulation, { ...end, ...kept, ...(values === undefined ? {} : { functional: values }) });
}

/** The result of a run that was to end while it was prepared: the machine is known, and nothing was simulated. */
function unprepared(scenario: LoadedScenario, contexts: ToolContexts, soFar: Preparation, stopped: RunStopped): ScheduleResult {
  contexts.watch.end(stopped.stopCause);
  const prepared = nothingPrepared(soFar, scenario.name);
  if (prepared === undefined) throw stopped;
  contexts.warn(`${stopped.message} during: ${contexts.watch.stage}; nothing was simulated`);
  const end = stopped.stopCause satisfies StopCause;
  return resultOf(scenario, contexts, prepared, new Simulation(prepared), { end, engineCpuSeconds: 0 });
}

function resultOf(scenario: LoadedScenario, { warnings }: ToolContexts, prepared: PreparedRun, simulation: Simulation, end: End): ScheduleResult {
  const { machine, executor, collector, trace } = simulation;
  return assembleResult({ scenario, prepared, warnings, machine, executor, collector, ...end, ...(trace === undefined ? {} : { trace: trace.finish() }) });
}
