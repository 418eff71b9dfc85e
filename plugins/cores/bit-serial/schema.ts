import type { JsonSchema } from 'tessera-sim';
import { FOLD_ENGINE_PROPERTIES, POST_PROCESSING_PROPERTIES } from 'tessera-sim/cores';

const BITMOD = 'BitMoD (Chen et al., HPCA 2025): 64 x 16 PEs of 4 products, weights serial at 2 bits a cycle';

const properties: Readonly<Record<string, JsonSchema>> = {
  rows: { type: 'integer', minimum: 1, maximum: 65536, default: 16, unit: 'PEs', description: 'PE rows: output pixels (or tokens) at once', source: BITMOD },
  columns: { type: 'integer', minimum: 1, maximum: 65536, default: 64, unit: 'PEs', description: 'PE columns: output channels at once', source: BITMOD },
  lanes: { type: 'integer', minimum: 1, maximum: 65536, default: 4, unit: 'products', description: 'Width of the dot product of one PE', source: BITMOD },
  serial: {
    type: 'string',
    enum: ['none', 'weights', 'inputs', 'both'],
    default: 'weights',
    description: 'Which operands go in serially: none (bit-parallel), weights (BitMoD), inputs (Stripes), both (Loom)',
    source: 'Stripes (Judd et al., MICRO 2016), Loom (Sharify et al., DAC 2018), BitMoD (HPCA 2025)',
  },
  weightBitsPerCycle: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 2,
    unit: 'bits',
    description: 'Weight bits that a PE takes in one cycle',
    source: BITMOD,
  },
  inputBitsPerCycle: { type: 'integer', minimum: 1, maximum: 64, default: 1, unit: 'bits', description: 'Activation bits that a PE takes in one cycle' },
  weightGroupSize: {
    type: 'integer',
    minimum: 0,
    default: 0,
    unit: 'weights',
    description: 'Weights that share a scale, for formats that do not say so themselves; 0: none. Scales are moved, not multiplied',
  },
  weightGroupBits: {
    type: 'number',
    minimum: 0,
    default: 8,
    unit: 'bits',
    description: 'Bits of metadata (scale, zero point) of one group of weights',
    source: 'BitMoD: 8-bit scale for a group of 128 weights',
  },
  pipelineCycles: {
    type: 'integer',
    minimum: 0,
    maximum: 100000,
    default: 0,
    unit: 'cycles',
    description: 'Depth of the adder tree and accumulation, paid once an operation',
  },
  energyPerPeCyclePj: {
    type: 'number',
    minimum: 0,
    default: 0.56,
    unit: 'pJ',
    description: 'Energy of one PE in one cycle',
    source: 'BitMoD, post-synthesis PE of four products: 0.56 pJ a cycle',
  },
  ...POST_PROCESSING_PROPERTIES,
  ...FOLD_ENGINE_PROPERTIES,
};

export const bitSerialSchema: JsonSchema = { type: 'object', properties, additionalProperties: false };
