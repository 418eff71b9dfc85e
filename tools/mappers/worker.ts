import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { summariseSchedule } from '../../core/mapping/demand.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { ToolContexts } from '../../core/plugin/tool-contexts.js';
import { scheduleOf } from '../../core/run/make-schedule.js';
import { checkScenario } from '../../core/run/check.js';
import { readWorkload } from '../../core/run/read-workload.js';
import { runSchedule } from '../../core/run/run-schedule.js';
import { describeLoaded } from '../../core/scenario/describe-loaded.js';
import { loadScenario, type LoadResult } from '../../core/scenario/load.js';
import { builtinPlugins } from '../../plugins/index.js';
import { writeScenario, type Measured } from './points.js';

/** Measures one point in a process of its own and prints it as JSON: `worker.js MODEL MAPPER CORES [simulate | check]`. */
async function measure({ scenario, registry }: LoadResult): Promise<Measured> {
  if (scenario.machine === undefined || scenario.workload === undefined) throw new Error('the scenario of a point has a machine and a workload');
  const machine = describeLoaded(scenario.machine, registry, scenario.seed);
  const contexts = new ToolContexts(registry, { seed: scenario.seed });
  const workload = await readWorkload(scenario.workload, registry, contexts);
  const before = process.cpuUsage();
  const schedule = await scheduleOf(scenario, registry, machine, workload, contexts);
  let operations = 0;
  for (const _ of schedule.operations) operations++;
  const { user, system } = process.cpuUsage(before);
  const peakRssMib = process.resourceUsage().maxRSS / 1024;
  const { bytesRead = 0, bytesWritten = 0 } = summariseSchedule(schedule, workload).traffic.get('dram') ?? {};
  return { operations, mapSeconds: (user + system) / 1e6, peakRssMib, homeMib: (bytesRead + bytesWritten) / 2 ** 20 };
}

const [model = '', mapper = '', cores = '4', simulate] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'tessera-mappers-'));
try {
  const file = writeScenario({ model, mapper, cores: Number(cores) }, process.cwd(), folder);
  const loaded = await loadScenario(file, new PluginRegistry(builtinPlugins), { allow: [process.cwd()] });
  const measured = await measure(loaded);
  const checked = simulate === 'check' ? await checkScenario(loaded.scenario, loaded.registry) : undefined;
  const result = simulate !== 'simulate' ? undefined : await runSchedule(loaded.scenario, loaded.registry, {});
  const simulated = result === undefined ? {} : { cycles: result.simulation.cycles, violations: result.violations.length };
  process.stdout.write(`${JSON.stringify({ ...measured, ...simulated, ...checked })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
