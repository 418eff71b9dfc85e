import { canonicalJson } from '../../core/kernel/digest.js';
import { ToolContexts } from '../../core/plugin/tool-contexts.js';
import { assembleResult } from '../../core/run/assemble-result.js';
import { prepare, type PreparedRun } from '../../core/run/prepare.js';
import { RunLoop } from '../../core/run/run-loop.js';
import { Simulation } from '../../core/run/simulation.js';
import type { ScheduleResult } from '../../core/result/run-result.js';
import type { LoadResult } from '../../core/scenario/load.js';
import { loadCase } from './scenario.js';
import type { RandomCase } from './machines.js';

/** A case with the schedule that its mapper makes for it. */
export interface Planned {
  readonly loaded: LoadResult;
  readonly prepared: PreparedRun;
  /** The schedule's operations as text, and everything else of it that a run depends on. */
  readonly operations: string;
  readonly places: string;
}

/** InputError when the mapper finds no schedule. */
export async function plan(drawn: RandomCase, set: Readonly<Record<string, unknown>> = {}): Promise<Planned> {
  const loaded = await loadCase(drawn, set);
  const prepared = await prepare(loaded.scenario, loaded.registry);
  const { tensors, buffers } = prepared.schedule;
  return { loaded, prepared, operations: canonicalJson([...prepared.schedule.operations]), places: canonicalJson({ tensors, buffers }) };
}

/** Simulates a case, with the schedule of another one if given: then only the machine differs. */
export async function simulate({ loaded, prepared }: Planned, scheduleOf?: Planned): Promise<ScheduleResult> {
  const { scenario } = loaded;
  const run = scheduleOf === undefined ? prepared : { ...prepared, schedule: scheduleOf.prepared.schedule };
  const contexts = new ToolContexts(loaded.registry, { seed: scenario.seed });
  const simulation = new Simulation(run);
  const { machine, executor, collector } = simulation;
  const end = await new RunLoop(scenario, simulation, {}, contexts.watch).run();
  return assembleResult({ scenario, prepared: run, warnings: [], machine, executor, collector, ...end });
}
