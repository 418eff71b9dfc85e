import type { JsonSchema } from 'tessera-sim';
import { type FoldEngineConfig, isIdeal } from './core-declarations.js';
import type { VectorUnit } from './vector-program.js';

/** Configuration of a vector unit at the edge of another core: what its array cannot do runs there. */
export interface PostProcessingConfig {
  /** 0: there is no such unit. */
  readonly vectorLanes: number;
  readonly vectorStartupCycles: number;
  readonly specialFunctionCycles: number;
  readonly energyPerLaneOperationPj: number;
}

/** Vectors in one burst of the unit. */
const BURST_VECTORS = 64;

export function postProcessingUnit(config: PostProcessingConfig & Pick<FoldEngineConfig, 'ideal'>): VectorUnit {
  return {
    lanes: config.vectorLanes,
    startupCycles: isIdeal(config, 'fillDrain') ? 0 : config.vectorStartupCycles,
    specialFunctionCycles: config.specialFunctionCycles,
    burstVectors: BURST_VECTORS,
  };
}

export const POST_PROCESSING_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  vectorLanes: {
    type: 'integer',
    minimum: 0,
    maximum: 65536,
    default: 16,
    unit: 'lanes',
    description: 'Lanes of the post-processing unit at the edge of the array, which runs everything that is no matrix product; 0: there is none',
  },
  vectorStartupCycles: { type: 'integer', minimum: 0, maximum: 100000, default: 8, unit: 'cycles', description: 'Pipeline depth of the post-processing unit' },
  specialFunctionCycles: {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 4,
    unit: 'cycles',
    description: 'Cycles a lane of the post-processing unit takes for one exp, reciprocal, root, logarithm or tanh',
  },
  energyPerLaneOperationPj: {
    type: 'number',
    minimum: 0,
    default: 0.4,
    unit: 'pJ',
    description: 'Energy of one operation of one post-processing lane',
    source: 'Horowitz, ISSCC 2014, 45 nm: FP16 add 0.4 pJ',
  },
};
