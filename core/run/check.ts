import { Kernel } from '../kernel/kernel.js';
import { buildDescribed } from '../machine/machine.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { StopWatch } from '../plugin/stop-watch.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { ScheduleViolation } from '../schedule/check/violations.js';
import { ScheduleExecutor, type ExecutorMachine } from '../schedule/execute/executor.js';
import type { Schedule } from '../schedule/form/form.js';
import { executorMachine } from './executor-machine.js';
import type { PlanCache } from './plan-cache.js';
import { prepare, type PreparedRun } from './prepare.js';

export interface CheckedSchedule {
  readonly operations: number;
  /** The first ones. */
  readonly violations: readonly ScheduleViolation[];
  readonly violationCount: number;
  /** What nothing could be held against, in sentences. */
  readonly unchecked: readonly string[];
}

/** Checks a scenario's schedule in program order, without simulating time. */
export async function checkScenario(scenario: LoadedScenario, registry: PluginRegistry, planCache?: PlanCache): Promise<CheckedSchedule> {
  return checkPrepared(await prepare(scenario, registry, new ToolContexts(registry, { seed: scenario.seed }), planCache));
}

export function checkPrepared(prepared: PreparedRun): CheckedSchedule {
  return new ScheduleChecker(prepared).check(prepared.schedule);
}

/** Checks schedules on one machine, which is built once. */
export class ScheduleChecker {
  private readonly machine: ExecutorMachine;

  constructor(
    private readonly prepared: PreparedRun,
    private readonly watch?: StopWatch,
  ) {
    this.machine = executorMachine(buildDescribed(prepared.machine), prepared.formatBits);
  }

  /** InputError for what is no schedule of this machine; RunStopped when the check is to end. */
  check(schedule: Schedule): CheckedSchedule {
    this.watch?.check();
    const { isScheduleGiven, workload } = this.prepared;
    // What a mapper makes of a workload need not be held against it by names.
    const beside = isScheduleGiven && workload !== undefined ? { workload } : {};
    const executor = new ScheduleExecutor(new Kernel(), this.machine, schedule, beside);
    executor.walk();
    const { violations, fetchedCount } = executor;
    return { operations: fetchedCount, violations: violations.kept, violationCount: violations.count, unchecked: violations.unchecked };
  }
}
