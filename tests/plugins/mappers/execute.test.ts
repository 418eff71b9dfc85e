import { atOnce, toolContext } from '../../tool-context.js';
import { describe, expect, it } from 'vitest';
import { buildMachine, completeConfig, describeMachine, ScheduleExecutor, type EstimatorPlugin, type MapperPlugin } from '../../../core/index.js';
import { executorMachine } from '../../../core/run/executor-machine.js';
import roofline from '../../../plugins/estimators/roofline/index.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { tiledMachine } from './machines.js';
import { residualNetwork } from './networks.js';
import { some } from '../../many.js';

const workload = residualNetwork();

/** Maps the network, executes it on the blocks, and holds the time against the roofline. */
function execute(plugin: unknown, cores: number, l1Bytes: number, config: Record<string, unknown>) {
  const spec = tiledMachine(cores, l1Bytes);
  const description = describeMachine(spec);
  const mapper = plugin as MapperPlugin;
  const schedule = atOnce(mapper.map({ workload, machine: description, config: completeConfig(mapper.configSchema, config, '') }, toolContext));
  const bound = atOnce((roofline as unknown as EstimatorPlugin).estimate({ workload, machine: description, schedule, config: {} }, toolContext)).cycles;
  const machine = buildMachine(spec);
  const executor = new ScheduleExecutor(
    machine.kernel,
    executorMachine(machine, () => ({ payload: 8, stored: 8 })),
    schedule,
  );
  machine.start();
  executor.start();
  machine.kernel.run();
  return { executor, cycles: description.referenceClock.cyclesIn(executor.lastEndTick), bound };
}

describe('schedules of the mappers on simulated hardware', () => {
  const cases: [string, unknown, number, number, Record<string, unknown>][] = [
    ['layer by layer, one core', layerByLayer, 1, 16 * 1024, {}],
    ['layer by layer, four cores', layerByLayer, 4, 16 * 1024, {}],
    ['depth first, one core', depthFirst, 1, 64 * 1024, {}],
    ['depth first, four cores', depthFirst, 4, 64 * 1024, {}],
    ['depth first, 2-D tiles', depthFirst, 4, 64 * 1024, { tile: { OY: 3, OX: 5 } }],
    ['depth first, recomputed', depthFirst, 4, 64 * 1024, { halo: 'recomputed', tile: { OY: 4 } }],
    ['depth first, layers on cores', depthFirst, 4, 64 * 1024, { placement: 'layers' }],
  ];

  it.each(some(cases, 3))('%s: ends without a violation, never faster than the roofline', (_, plugin, cores, l1Bytes, config) => {
    const { executor, cycles, bound } = execute(plugin, cores, l1Bytes, config);
    expect(executor.isDone).toBe(true);
    expect(executor.violations.kept).toEqual([]);
    expect(cycles).toBeGreaterThanOrEqual(bound);
  });

  it('four cores beat one', () => {
    const [one, four] = [1, 4].map((cores) => execute(layerByLayer, cores, 32 * 1024, {}).cycles) as [number, number];
    expect(four).toBeLessThan(one);
  });
});
