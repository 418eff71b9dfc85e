import {
  averageBits,
  buildMachine,
  completeConfig,
  describeMachine,
  formatsOf,
  ScheduleExecutor,
  layerTotals,
  type LayerResult,
  type MapperPlugin,
  type Workload,
} from '../../../core/index.js';
import { ResultCollector } from '../../../core/run/collector.js';
import { executorMachine } from '../../../core/run/executor-machine.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { atOnce, toolContext } from '../../tool-context.js';
import { tiledMachine } from '../mappers/machines.js';

export const MAPPERS: Readonly<Record<string, MapperPlugin>> = {
  'layer-by-layer': layerByLayer as unknown as MapperPlugin,
  'depth-first': depthFirst as unknown as MapperPlugin,
};

export interface ModelRun {
  readonly violations: readonly unknown[];
  readonly isDone: boolean;
  readonly layers: readonly LayerResult[];
}

/** Maps a workload, executes it on tiles of small arrays, and gathers what a result says of its layers. */
export function runWorkload(workload: Workload, mapper: MapperPlugin, cores = 4, config: Readonly<Record<string, unknown>> = {}, l1Bytes = 65_536): ModelRun {
  const spec = tiledMachine(cores, l1Bytes);
  const machine = describeMachine(spec);
  const schedule = atOnce(mapper.map({ workload, machine, config: completeConfig(mapper.configSchema, config, '') }, toolContext));
  const built = buildMachine(spec);
  const formats = formatsOf(workload);
  const collector = new ResultCollector(
    () => built.kernel.now,
    (layer) => schedule.layers?.[layer],
    undefined,
  );
  const executor = new ScheduleExecutor(
    built.kernel,
    executorMachine(built, (name) => ({ payload: formats.get(name).bits, stored: averageBits(formats.get(name)) })),
    schedule,
    { observers: [collector] },
  );
  built.start();
  executor.start();
  built.kernel.run();
  return { violations: executor.violations.kept, isDone: executor.isDone, layers: collector.layerResults(machine.referenceClock, () => '') };
}

/** Multiply-accumulates and operations of each layer, as `tessera workload` counts them; views are never executed. */
export function countsOf(workload: Workload): Readonly<Record<string, readonly [number, number]>> {
  const layers = workload.layers.filter((layer) => layer.class !== 'view');
  return Object.fromEntries(
    layers.map((layer) => {
      const { macs, ops } = layerTotals(workload, layer);
      return [layer.name, [macs, ops]];
    }),
  );
}
