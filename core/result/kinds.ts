import type { ExperimentResult, RunResult, ScheduleResult } from './run-result.js';

/** The results of schedules among all, in their order. */
export function schedulesOf(results: readonly RunResult[]): ScheduleResult[] {
  return results.filter((result) => result.kind === 'schedule');
}

/** The results of experiments among all, in their order. */
export function experimentsOf(results: readonly RunResult[]): ExperimentResult[] {
  return results.filter((result) => result.kind === 'experiment');
}
