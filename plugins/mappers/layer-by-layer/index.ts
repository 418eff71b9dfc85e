import { definePlugin } from 'tessera-sim';
import {
  chooseWorkers,
  LayerPlanner,
  layerStage,
  mapNetwork,
  readHardware,
  rememberSchedule,
  scheduleOf,
  SHARED_MAPPER_PROPERTIES,
  whyUnused,
  type SharedMapperConfig,
} from 'tessera-sim/mapping';

/** One layer after another: operands from the home memory tile by tile, double buffered, results back to it. */
const layerByLayerPlugin = definePlugin<SharedMapperConfig>({
  kind: 'mapper',
  name: 'layer-by-layer',
  version: '2.1.0',
  cacheable: true,
  summary: 'One layer after another over one or several cores: tiles that fit the local memory, double buffered, feature maps via the home memory',
  sources: ['docs/mappers.md'],
  whyUnused: (input, path) => whyUnused('layer-by-layer', input, path),
  configSchema: { type: 'object', properties: SHARED_MAPPER_PROPERTIES, additionalProperties: false },
  map: ({ workload, machine, config }) =>
    rememberSchedule(workload, machine, { mapper: 'layer-by-layer', ...config }, () => {
      const hardware = chooseWorkers(readHardware(machine), config.cores);
      const network = mapNetwork(workload, config.foldElementwise);
      const planner = new LayerPlanner(network, hardware, config.split);
      const stages = network.layers.map((layer) => layerStage(network, planner.plan(layer), hardware.home));
      return scheduleOf(`${workload.name} layer by layer`, network, hardware, stages, new Set());
    }),
});

export default layerByLayerPlugin;
