import { buildDescribed } from '../machine/machine.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { ScheduleResult } from '../result/run-result.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { ScheduleExecutor } from '../schedule/execute/executor.js';
import { assembleResult } from './assemble-result.js';
import { ResultCollector } from './collector.js';
import { executorMachine } from './executor-machine.js';
import { prepare } from './prepare.js';
import { RunLoop } from './run-loop.js';
import type { RunOptions } from './run-options.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import { toolSettings } from './tool-settings.js';
import { TraceRecorder } from './trace-recorder.js';

/** Prepares and simulates a schedule on a machine. */
export async function runSchedule(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions): Promise<ScheduleResult> {
  const contexts = new ToolContexts(registry, toolSettings(scenario, options));
  for (const warning of scenario.warnings ?? []) contexts.warn(warning);
  const prepared = await prepare(scenario, registry, contexts);
  const machine = buildDescribed(prepared.machine, {
    ...(options.queue === undefined ? {} : { queue: options.queue }),
    ...(options.constructionOrder === undefined ? {} : { constructionOrder: options.constructionOrder }),
  });
  const trace = options.trace === true ? new TraceRecorder(machine) : undefined;
  const operatorOf = (layer: string): string | undefined => prepared.schedule.layers?.[layer]?.operator;
  const collector = new ResultCollector(() => machine.kernel.now, operatorOf, trace);
  for (const observer of options.observers ?? []) observer.attach?.(machine);
  const view = executorMachine(machine, prepared.formatBits);
  const executor = new ScheduleExecutor(machine.kernel, view, prepared.schedule, { observers: [collector, ...(options.observers ?? [])] });
  const run = await new RunLoop(scenario, machine, executor, options).run(contexts.endedBy);
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
