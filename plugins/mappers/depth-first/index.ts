import { definePlugin, type JsonSchema } from 'tessera-sim';
import {
  chooseWorkers,
  layerStage,
  mapNetwork,
  readHardware,
  rememberSchedule,
  scheduleOf,
  SHARED_MAPPER_PROPERTIES,
  whyUnused,
  type MappedNetwork,
  type SharedMapperConfig,
} from 'tessera-sim/mapping';
import { chooseStacks, type Chosen, type StackRules } from './choose-stacks.js';
import { escapes } from './items.js';
import { stackStage } from './stack-stage.js';

export interface DepthFirstConfig extends SharedMapperConfig, StackRules {}

const properties: Readonly<Record<string, JsonSchema>> = {
  ...SHARED_MAPPER_PROPERTIES,
  tile: {
    type: 'object',
    description: "Tile of a stack's last layer, e.g. `{ OY: 4 }` or `{ OY: 4, OX: 14 }`; 0 or absent: rows are chosen, columns are whole",
    additionalProperties: { type: 'integer', minimum: 0, description: 'Points of the loop in a tile' },
    default: {},
  },
  halo: {
    type: 'string',
    enum: ['cached', 'recomputed'],
    description: 'Results that the next tile needs again are kept in the local memory, or computed again',
    default: 'cached',
  },
  stacks: {
    description: 'Layers that are fused: `auto`, or lists of names of neighbouring layers; layers in no list go layer by layer',
    oneOf: [
      { type: 'string', enum: ['auto'] },
      { type: 'array', items: { type: 'array', items: { type: 'string' }, minItems: 1 } },
    ],
    default: 'auto',
  },
  placement: {
    description: '`spread`: every layer over all cores; `layers`: whole layers on single cores, dealt out by operations; or core by layer name',
    oneOf: [
      { type: 'string', enum: ['spread', 'layers'] },
      { type: 'object', additionalProperties: { type: 'string', description: 'Path of a core or of its tile' } },
    ],
    default: 'spread',
  },
  maxStackLayers: { type: 'integer', minimum: 1, maximum: 1000, unit: 'layers', default: 24, description: 'Longest stack that is tried' },
};

/** Fused stacks of layers, tile by tile: feature maps between them never leave the local memories. */
const depthFirstPlugin = definePlugin<DepthFirstConfig>({
  kind: 'mapper',
  name: 'depth-first',
  version: '2.1.0',
  cacheable: true,
  summary:
    'Fused stacks of layers over rows or 2-D tiles: feature maps stay in local memories or go from core to core, weights resident, halos cached or recomputed',
  sources: [
    'tile types and overlap modes: DeFiNES (Mei et al., HPCA 2023, arXiv:2212.05344)',
    'layer fusion over cores: Stream (Symons et al., arXiv:2212.10612)',
    'docs/mappers.md',
  ],
  whyUnused: (input, path) => whyUnused('depth-first', input, path),
  configSchema: { type: 'object', properties, additionalProperties: false },
  map: ({ workload, machine, config }) =>
    rememberSchedule(workload, machine, { mapper: 'depth-first', ...config }, () => {
      const hardware = chooseWorkers(readHardware(machine), config.cores);
      const network = mapNetwork(workload, config.foldElementwise);
      const chosen = chooseStacks(network, hardware, config);
      const stages = chosen.map((choice, index) =>
        'stack' in choice ? stackStage(network, hardware, choice.stack, index) : layerStage(network, choice.layer, hardware.home),
      );
      return scheduleOf(`${workload.name} depth first`, network, hardware, stages, localTensors(network, chosen));
    }),
});

/** Tensors that no stage outside of their stack reads: they have no home. */
function localTensors(network: MappedNetwork, chosen: readonly Chosen[]): Set<string> {
  const local = new Set<string>();
  for (const choice of chosen) {
    if (!('stack' in choice)) continue;
    const { layers } = choice.stack.shape;
    for (const { outputs } of layers) for (const { tensor } of outputs) if (!escapes(network, layers, tensor)) local.add(tensor);
  }
  return local;
}

export default depthFirstPlugin;
