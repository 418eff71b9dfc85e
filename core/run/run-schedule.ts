import type { PluginRegistry } from '../plugin/registry.js';
import type { ScheduleResult } from '../result/run-result.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { assembleResult } from './assemble-result.js';
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
  const simulation = new Simulation(prepared, { ...options, traceEvents: options.traceEvents ?? scenario.trace?.maxEvents });
  const { machine, executor, collector, trace } = simulation;
  const run = await new RunLoop(scenario, simulation, options).run(contexts.endedBy);
  return assembleResult({
    scenario,
    prepared,
    warnings: contexts.warnings,
    machine,
    executor,
    collector,
    ...run,
    ...(trace === undefined ? {} : { trace: trace.finish() }),
  });
}
