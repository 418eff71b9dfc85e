import type { PluginRegistry } from '../plugin/registry.js';
import type { ScheduleResult } from '../result/run-result.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { assembleResult } from './assemble-result.js';
import { functionalRun } from './functional.js';
import { prepare } from './prepare.js';
import { RunLoop } from './run-loop.js';
import type { RunOptions } from './run-options.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import { Simulation } from './simulation.js';
import { toolSettings } from './tool-settings.js';

/** Prepares and simulates a schedule on a machine. */
export async function runSchedule(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions): Promise<ScheduleResult> {
  const contexts = new ToolContexts(registry, toolSettings(scenario, options));
  for (const warning of scenario.warnings ?? []) contexts.warn(warning);
  const prepared = await prepare(scenario, registry, contexts, options.planCache);
  options.onSchedule?.(prepared.schedule);
  const functional = functionalRun(scenario, prepared, registry, options);
  const observers = [...(options.observers ?? []), ...(functional === undefined ? [] : [functional.observer])];
  const simulation = new Simulation(prepared, { ...options, observers, traceEvents: options.traceEvents ?? scenario.trace?.maxEvents });
  const { machine, executor, collector, trace } = simulation;
  const run = await new RunLoop(scenario, simulation, options).run(contexts.endedBy);
  const values = run.end === 'finished' ? await functional?.result(options.shouldStop) : undefined;
  return assembleResult({
    scenario,
    prepared,
    warnings: contexts.warnings,
    machine,
    executor,
    collector,
    ...run,
    ...(values === undefined ? {} : { functional: values }),
    ...(options.keepSchedule === true ? { schedule: prepared.schedule } : {}),
    ...(trace === undefined ? {} : { trace: trace.finish() }),
  });
}
