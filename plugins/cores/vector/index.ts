import { definePlugin, knownFigure, type JsonSchema, type RunningOperation } from 'tessera-sim';
import {
  CORE_IDEAL,
  CORE_MILESTONES,
  CORE_PORTS,
  CORE_PROBES,
  CORE_STALL_CLASSES,
  CORE_STATISTICS,
  type CoreStatistic,
  FOLD_ENGINE_PROPERTIES,
  FoldCore,
  type FoldEngineConfig,
  isIdeal,
  operatorCost,
  pointsOf,
  VECTOR_OPERATORS,
  vectorCycles,
  VectorProgram,
  type VectorUnit,
} from 'tessera-sim/cores';

export interface VectorConfig extends VectorUnit, FoldEngineConfig {
  readonly energyPerLaneOperationPj: number;
}

/** The unit with what is idealised put in. */
function settled(config: VectorConfig): VectorUnit {
  return isIdeal(config, 'fillDrain') ? { ...config, startupCycles: 0 } : config;
}

const properties: Readonly<Record<string, JsonSchema>> = {
  lanes: { type: 'integer', minimum: 1, maximum: 65536, default: 16, unit: 'lanes', description: 'Elements that one vector operation works on' },
  startupCycles: {
    type: 'integer',
    minimum: 0,
    maximum: 100000,
    default: 8,
    unit: 'cycles',
    description: 'Depth of the pipeline: cycles from the first operand to the first result',
    source: 'order of a floating-point vector pipeline (Hennessy and Patterson, Computer Architecture, appendix G: start-up 6 to 12)',
  },
  specialFunctionCycles: {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 4,
    unit: 'cycles',
    description: 'Cycles a lane takes for one exp, reciprocal, root, logarithm or tanh',
    source: 'quarter-rate special function units, as in NVIDIA streaming multiprocessors (CUDA C++ Programming Guide, arithmetic throughput)',
  },
  burstVectors: {
    type: 'integer',
    minimum: 1,
    maximum: 1048576,
    default: 64,
    unit: 'vectors',
    description: 'Vectors that one read or write burst of an operand carries',
  },
  energyPerLaneOperationPj: {
    type: 'number',
    minimum: 0,
    default: 0.4,
    unit: 'pJ',
    description: 'Energy of one operation of one lane',
    source: 'Horowitz, ISSCC 2014, 45 nm: FP16 add 0.4 pJ',
  },
  ...FOLD_ENGINE_PROPERTIES,
};

/** Vector core: element-wise operators, pooling, softmax, normalisation, activations, reductions and moves. */
export const vectorPlugin = definePlugin<VectorConfig, CoreStatistic>({
  kind: 'core',
  name: 'vector',
  version: '1.0.0',
  summary: 'Vector unit: lanes, a table of operations per element, start-up latency; operands streamed from local memory',
  sources: ['cycles = startupCycles + ceil(points / lanes) * (simple + special * specialFunctionCycles), operator table counted from definitions'],
  configSchema: { type: 'object', properties, additionalProperties: false },
  ports: CORE_PORTS,
  statistics: CORE_STATISTICS,
  stallClasses: CORE_STALL_CLASSES,
  milestones: CORE_MILESTONES,
  ideal: CORE_IDEAL,
  probes: CORE_PROBES,
  example: { config: { lanes: 16 }, ports: { memory: 1 } },
  describe: ({ config }) => ({
    kind: 'core',
    peakMacsPerCycle: config.lanes,
    rows: 1,
    columns: config.lanes,
    dataflow: 'simd',
    operators: ['*', ...VECTOR_OPERATORS],
    tileCycles: (tile) => vectorCycles(settled(config), tile.operator, pointsOf(tile.loops)),
  }),
  actions: ({ config }) => ({
    lane: { energyPj: knownFigure(config.energyPerLaneOperationPj), unit: 'operation of a lane', expected: { ofTile: ({ loops }) => pointsOf(loops) } },
  }),
  create: (context) => {
    const program = new VectorProgram(settled(context.config));
    const laneOperation = context.energy.action('lane');
    const knows = (operation: RunningOperation): boolean => operatorCost(operation.form.operator) !== undefined;
    return new FoldCore(context, {
      operatorText: 'element-wise operators, pooling, softmax, normalisation, activations, reductions and moves',
      programFor: (operation) => (knows(operation) ? program : undefined),
      finished: () => context.energy.count(laneOperation, program.macs),
    });
  },
});

export default vectorPlugin;
