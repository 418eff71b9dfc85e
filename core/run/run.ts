import { InputError, SimulationError } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { ExperimentResult, RunResult, ScheduleResult } from '../result/run-result.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { locateProblems } from './locate-problems.js';
import { runExperiment as experiment } from './run-experiment.js';
import type { RunOptions } from './run-options.js';
import { runSchedule as schedule } from './run-schedule.js';

/**
 * Runs a loaded scenario from its inputs to its result document. Throws InputError for what only shows when the workload
 * is mapped on the machine; a failing machine or an illegal schedule is a result, not an exception.
 */
export async function runScenario(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions = {}): Promise<RunResult> {
  return scenario.kind === 'schedule' ? observed(schedule, scenario, registry, options) : observed(experiment, scenario, registry, options);
}

/** As `runScenario`, for a scenario of kind `schedule`. */
export async function runSchedule(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions = {}): Promise<ScheduleResult> {
  if (scenario.kind !== 'schedule')
    throw new InputError({ file: scenario.file, path: 'kind', message: `'${scenario.kind}' is an experiment`, expected: 'kind: schedule' });
  return observed(schedule, scenario, registry, options);
}

/** As `runScenario`, for a scenario of any other kind. */
export async function runExperiment(scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions = {}): Promise<ExperimentResult> {
  return observed(experiment, scenario, registry, options);
}

type Run<R> = (scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions) => Promise<R>;

/** Reports start and end, and gives problems the places that the steps of a run do not know. */
async function observed<R extends RunResult>(run: Run<R>, scenario: LoadedScenario, registry: PluginRegistry, options: RunOptions): Promise<R> {
  options.progress?.emit('start', scenario.name);
  try {
    const result = await run(scenario, registry, options);
    options.progress?.emit('end', result);
    return result;
  } catch (error) {
    throw error instanceof InputError ? locateProblems(error, scenario) : error;
  }
}

/** For programs that want a failure as an exception: throws SimulationError when the machine or the schedule failed. */
export function assertSucceeded(result: RunResult): void {
  if (result.outcome === 'finished') return;
  const violation = result.kind === 'schedule' ? result.violations[0]?.message : undefined;
  throw new SimulationError(violation ?? `the run ended: ${result.outcome}`);
}
