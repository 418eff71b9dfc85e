import type { ExperimentResult, RunResult, ScheduleResult } from './run-result.js';

/** The results of schedules among all, in their order. */
export function schedulesOf(results: readonly RunResult[]): ScheduleResult[] {
  return results.filter((result) => result.kind === 'schedule');
}

/** The results of experiments among all, in their order. */
export function experimentsOf(results: readonly RunResult[]): ExperimentResult[] {
  return results.filter((result) => result.kind === 'experiment');
}

/** Results whose names are unique: those of one name get the label of where they come from, and a number where that does not do. */
export function namedApart(results: readonly RunResult[], labelOf: (index: number) => string): RunResult[] {
  const countOf = (names: readonly string[], name: string): number => names.filter((other) => other === name).length;
  const names = results.map(({ name }) => name);
  const labelled = results.map(({ name }, index) => (countOf(names, name) === 1 ? name : `${name} (${labelOf(index)})`));
  return results.map((result, index) => {
    const name = labelled[index]!;
    return { ...result, name: countOf(labelled, name) === 1 ? name : `${name} #${countOf(labelled.slice(0, index + 1), name)}` };
  });
}
