import { definePlugin, InputError, type LoopNest, type MapperInput, type Schedule } from 'tessera-sim';
import {
  givenNestStage,
  mapNetwork,
  readHardware,
  scheduleOf,
  workersFor,
  type Hardware,
  type MappedLayer,
  type MappedNetwork,
  type Stage,
} from 'tessera-sim/mapping';
import { NEST_SCHEMA } from './nest-schema.js';
import { computeLevelOf, tileCycles } from './tile-of-nest.js';

export interface GivenNestsConfig {
  readonly layers: Readonly<Record<string, LoopNest>>;
  readonly cyclesPerStep: number;
}

/**
 * Mappings that are there already, another tool's for instance: each layer's loop nest, lowered to tile operations on one core. Levels whose
 * storage names memories of the machine are transfers; all that lies inside of the innermost of them is one tile of the core.
 */
const givenNestsPlugin = definePlugin<GivenNestsConfig>({
  kind: 'mapper',
  name: 'given-nests',
  version: '1.0.0',
  summary: 'Lowers given loop nests, a mapping of another tool for instance, to tile operations',
  sources: ['docs/mapping.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['layers'],
    properties: {
      layers: { type: 'object', additionalProperties: NEST_SCHEMA, description: 'Loop nest of each layer, by its name' },
      cyclesPerStep: {
        type: 'number',
        exclusiveMinimum: 0,
        default: 1,
        unit: 'cycles',
        description: 'For a core that takes stated cycles (given-cycles): cycles of one step of the loops in time inside of a tile',
      },
    },
  },
  map: ({ workload, machine, config }: MapperInput<GivenNestsConfig>): Schedule => {
    const hardware = readHardware(machine);
    const network = mapNetwork(workload, false);
    const memories = new Set(machine.blocks.filter(({ facts }) => facts.kind === 'memory' || facts.kind === 'pim').map(({ path }) => path));
    const statesCycles = machine.blocks.some(({ plugin }) => plugin === 'given-cycles');
    const stages = network.layers.map((layer) =>
      stageOf(network, hardware, layer, nestFor(layer, config.layers), memories, statesCycles ? config.cyclesPerStep : 0),
    );
    return scheduleOf(`${workload.name} as given`, network, hardware, stages, new Set());
  },
});

function nestFor({ name }: MappedLayer, layers: GivenNestsConfig['layers']): LoopNest {
  if (Object.hasOwn(layers, name)) return layers[name]!;
  throw new InputError({
    path: `layers.${name}`,
    message: `there is no loop nest for layer '${name}'`,
    expected: `one of each layer; there are: ${Object.keys(layers).join(', ')}`,
  });
}

/** @param cyclesPerStep of a core that takes stated cycles, 0 for one that knows its own */
function stageOf(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, nest: LoopNest, memories: ReadonlySet<string>, cyclesPerStep: number): Stage {
  const workers = workersFor(hardware, layer).slice(0, 1);
  const place = `layers.${layer.name}`;
  const computeLevel = computeLevelOf(nest, memories, place);
  const stated = cyclesPerStep === 0 ? {} : { with: { cycles: tileCycles(nest, computeLevel) * cyclesPerStep } };
  try {
    return givenNestStage({ network, layer, nest, workers, computeLevel, ...stated });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, path: `${place}.${problem.path ?? ''}` })));
  }
}

export default givenNestsPlugin;
