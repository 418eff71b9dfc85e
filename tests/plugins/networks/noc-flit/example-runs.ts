import path from 'node:path';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import type { RunResult, ScheduleResult } from '../../../../core/result/run-result.js';
import { schedulesOf } from '../../../../core/result/kinds.js';
import { runScenario } from '../../../../core/run/run.js';
import { builtinPlugins } from '../../../../plugins/index.js';

const folder = path.resolve(import.meta.dirname, '../../../../scenarios/examples');

export async function run(file: string, set: Readonly<Record<string, unknown>> = {}): Promise<RunResult> {
  const { scenario, registry } = await loadScenario(path.join(folder, file), new PluginRegistry(builtinPlugins), { set });
  return runScenario(scenario, registry);
}

export async function runMachine(file: string, set: Readonly<Record<string, unknown>> = {}): Promise<ScheduleResult> {
  return schedulesOf([await run(file, set)])[0]!;
}
