import type { JsonSchema } from 'tessera-sim';
import { FOLD_ENGINE_PROPERTIES, POST_PROCESSING_PROPERTIES } from 'tessera-sim/cores';

const properties: Readonly<Record<string, JsonSchema>> = {
  rows: { type: 'integer', minimum: 1, maximum: 65536, default: 16, unit: 'PEs', description: 'Rows R of the array' },
  columns: { type: 'integer', minimum: 1, maximum: 65536, default: 16, unit: 'PEs', description: 'Columns C of the array' },
  dataflow: {
    type: 'string',
    enum: ['weight-stationary', 'output-stationary', 'input-stationary'],
    default: 'weight-stationary',
    description: 'Which operand stays in the array',
  },
  overlapFill: {
    type: 'boolean',
    default: false,
    description: 'Double the stationary registers: the next fold is filled while this one streams',
    source: 'weight double buffering as in Jouppi et al., ISCA 2017 (TPU weight FIFO)',
  },
  overlapDrain: {
    type: 'boolean',
    default: false,
    description: 'Let the next stream follow at once, with the results of this fold draining behind it',
  },
  accumulatorBytes: {
    type: 'integer',
    minimum: 0,
    default: 65536,
    unit: 'bytes',
    description:
      'Accumulator memory at the array. Partial sums over the row folds stay there when those of one column fold fit; otherwise they are written and read again. An output-stationary array needs none.',
    source: 'Gemmini default configuration: 64 KB accumulator for a 16 x 16 array',
  },
  accumulatorBits: { type: 'integer', minimum: 1, maximum: 64, default: 32, unit: 'bits', description: 'Bits of one partial sum' },
  foldsPerBurst: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 1,
    unit: 'folds',
    description:
      'Row folds whose operands are moved in one burst each, where the accumulators keep their sums: fewer events, the memory coupled once per so many folds. The time of a run that never waits does not change.',
  },
  energyPerMacPj: {
    type: 'number',
    minimum: 0,
    default: 0.23,
    unit: 'pJ',
    description: 'Energy of one multiply-accumulate',
    source: 'Horowitz, ISSCC 2014, 45 nm: 8-bit multiply 0.2 pJ and 8-bit add 0.03 pJ',
  },
  ...POST_PROCESSING_PROPERTIES,
  ...FOLD_ENGINE_PROPERTIES,
};

export const systolicSchema: JsonSchema = { type: 'object', properties, additionalProperties: false };
