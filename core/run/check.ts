import type { PluginRegistry } from '../plugin/registry.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { ScheduleViolation } from '../schedule/check/violations.js';
import { prepare, type PreparedRun } from './prepare.js';
import { Simulation } from './simulation.js';
import type { PlanCache } from './plan-cache.js';

export interface CheckedSchedule {
  readonly operations: number;
  /** The first ones. */
  readonly violations: readonly ScheduleViolation[];
  readonly violationCount: number;
}

/** Checks a scenario's schedule in program order, without simulating time. */
export async function checkScenario(scenario: LoadedScenario, registry: PluginRegistry, planCache?: PlanCache): Promise<CheckedSchedule> {
  return checkPrepared(await prepare(scenario, registry, new ToolContexts(registry, { seed: scenario.seed }), planCache));
}

export function checkPrepared(prepared: PreparedRun): CheckedSchedule {
  const { executor } = new Simulation(prepared);
  executor.walk();
  return { operations: executor.fetchedCount, violations: executor.violations.kept, violationCount: executor.violations.count };
}
