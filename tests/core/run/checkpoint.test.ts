import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../core/kernel/random.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { ToolContexts } from '../../../core/plugin/tool-contexts.js';
import { prepare, type PreparedRun } from '../../../core/run/prepare.js';
import { Simulation } from '../../../core/run/simulation.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { isLongRun } from '../../many.js';

const FOLDERS = ['scenarios/examples', 'scenarios/quickstart'];
/** Those that run a schedule. */
const scenarios = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith('.yaml') && /^tessera: 1$/m.test(readFileSync(file, 'utf8')) && /^(schedule|mapper):/m.test(readFileSync(file, 'utf8'))),
);
const VARIANTS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ...scenarios.map((file) => [file, {}] as const),
  ['scenarios/examples/network-fidelity.yaml', { 'machine.noc.use': 'noc-flit' }],
  ['scenarios/examples/network-fidelity.yaml', { 'machine.noc.use': 'ideal' }],
  ['scenarios/examples/all-reduce.yaml', { 'schedule.collectives.algorithm': 'tree' }],
  ['scenarios/examples/hand-written-schedule.yaml', { 'machine.core0.l1.with.banks': 2 }],
];
const QUICK = ['scenarios/examples/hand-written-schedule.yaml', 'scenarios/examples/all-reduce.yaml'];
/** Moments of each; TESSERA_MOMENTS=50 tries more than CI has time for. */
const MOMENTS = Number(process.env['TESSERA_MOMENTS'] ?? (isLongRun ? 4 : 2));

/** Everything that a run has come to: times of operations, all statistics, stalls, energies, links. */
function outcome({ machine, executor, collector }: Simulation): unknown {
  machine.finish(executor.lastEndTick);
  return {
    times: collector.times.digest,
    end: executor.lastEndTick,
    events: machine.kernel.eventCount,
    operations: [executor.fetchedCount, executor.finishedCount],
    violations: executor.violations.kept,
    blocks: machine.blocks.map((block) => [block.path, { ...block.statistics }, [...block.stalls.ticks], block.energy.breakdownPj(1), block.model.report?.()]),
    links: machine.links.map((link) => [link.path, link.bytesSent, link.messagesSent, link.busyTicks]),
    layers: collector.layerResults(machine.description.referenceClock, machine.directory.pathOf),
    peaks: [...collector.peakBytes],
  };
}

function runOn(simulation: Simulation): unknown {
  simulation.machine.kernel.run();
  expect(simulation.executor.isDone).toBe(true);
  return outcome(simulation);
}

async function prepared(file: string, set: Readonly<Record<string, unknown>>): Promise<PreparedRun> {
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins), { set });
  return prepare(scenario, registry, new ToolContexts(registry));
}

/** A fresh machine with the state of this one. */
function resumed(run: PreparedRun, first: Simulation): Simulation {
  const second = new Simulation(run);
  second.start(first.save());
  return second;
}

describe('a run that is saved and goes on elsewhere', () => {
  it.each(isLongRun ? VARIANTS : QUICK.map((file) => [file, {}] as const))('comes to the same: %s %o', async (file, set) => {
    const run = await prepared(file, set);
    const undisturbed = new Simulation(run);
    undisturbed.start();
    const expected = runOn(undisturbed);
    const random = new RandomStream(1, file);
    const moments = Array.from({ length: MOMENTS }, () => random.below(undisturbed.machine.kernel.eventCount)).sort((a, b) => a - b);
    const first = new Simulation(run);
    first.start();
    for (const events of moments) {
      first.machine.kernel.run(events - first.machine.kernel.eventCount);
      expect(runOn(resumed(run, first)), `after ${events} events`).toEqual(expected);
    }
    // That it was saved changes nothing.
    if (isLongRun) expect(runOn(first)).toEqual(expected);
  });
});
