import { idealProperty, type JsonSchema } from 'tessera-sim';
import { checkDram, DRAM_PROPERTIES, type DramConfig } from 'tessera-sim/dram-simple';
import { PIM_IDEAL } from './ideal.js';
import type { PimShape } from './kernel-shape.js';

export interface PimConfig extends DramConfig, PimShape {
  readonly ordinaryAccess: 'row-boundary' | 'after-kernel';
  readonly energyPerMacPj: number;
  readonly energyPerInternalBitPj: number;
}

const NEWTON = 'Newton (He et al., MICRO 2020) and its model in NeuPIMs (Heo et al., ASPLOS 2024)';
const ENERGY = 'bank-level energies as in AttAcc (Park et al., ASPLOS 2024)';

const properties: Readonly<Record<string, JsonSchema>> = {
  ...DRAM_PROPERTIES,
  lanes: {
    type: 'integer',
    minimum: 1,
    maximum: 65536,
    default: 16,
    unit: 'products',
    description: 'Products that the unit at one bank forms per MAC command',
    source: `${NEWTON}: 16 lanes of 16 bits`,
  },
  tCCD: {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 2,
    unit: 'cycles',
    description: 'Distance of two MAC commands; one column of every bank each',
    source: `${NEWTON}: burst length 4, two cycles`,
  },
  banksPerActivate: {
    type: 'integer',
    minimum: 1,
    maximum: 4096,
    default: 4,
    unit: 'banks',
    description: 'Banks that one activation command of a kernel opens',
    source: `${NEWTON}: G_ACT opens a group of four`,
  },
  tFAW: {
    type: 'integer',
    minimum: 0,
    maximum: 10000,
    default: 30,
    unit: 'cycles',
    description: 'Distance of two activation commands of a kernel (four-activate window)',
    source: 'HBM2 8 Gb at 1 GHz (JESD235)',
  },
  globalBufferBytes: {
    type: 'integer',
    minimum: 1,
    default: 1024,
    unit: 'bytes',
    description: 'Part of the input vector that each channel holds for its banks',
    source: `${NEWTON}: one DRAM row`,
  },
  broadcastCyclesPerColumn: {
    type: 'integer',
    minimum: 1,
    maximum: 10000,
    default: 3,
    unit: 'cycles',
    description: 'Cycles to write one column of the vector into the global buffers of all channels',
    source: `${NEWTON}: GWRITE of 32 columns takes 32 * (tCCD_S + tCCD_L) = 96 cycles`,
  },
  macPipelineCycles: {
    type: 'integer',
    minimum: 0,
    maximum: 10000,
    default: 6,
    unit: 'cycles',
    description: 'From the last MAC command to complete sums',
    source: `${NEWTON}: three command distances`,
  },
  resultBytes: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 2,
    unit: 'bytes',
    description: 'Bytes of the result of one bank',
    source: `${NEWTON}: one FP16 value`,
  },
  kernelStartCycles: {
    type: 'integer',
    minimum: 0,
    maximum: 1000000,
    default: 28,
    unit: 'cycles',
    description: 'From the start of a kernel to its first command: change of mode',
    source: 'one row miss, tRP + tRCD: HBM-PIM (Lee et al., ISCA 2021) changes mode by activating a reserved row',
  },
  packRows: {
    type: 'boolean',
    default: true,
    description:
      'Lay rows of the matrix that are shorter than a row of a bank side by side in one (keys of a cache); otherwise each output has a bank row of its own, as in Newton',
  },
  ordinaryAccess: {
    type: 'string',
    enum: ['row-boundary', 'after-kernel'],
    default: 'row-boundary',
    description: 'When ordinary reads and writes are served while a kernel runs: between two rows of the kernel, or after it',
  },
  energyPerMacPj: { type: 'number', minimum: 0, default: 0.32, unit: 'pJ', description: 'Energy of one multiply-accumulate', source: ENERGY },
  energyPerInternalBitPj: {
    type: 'number',
    minimum: 0,
    default: 0.44,
    unit: 'pJ/bit',
    description: 'Energy of reading one weight bit inside its bank',
    source: ENERGY,
  },
  ideal: idealProperty(PIM_IDEAL),
};

export const pimBankSchema: JsonSchema = { type: 'object', properties, additionalProperties: false };

export function checkPim(config: PimConfig): { path: string; message: string; expected: string }[] {
  const problems = checkDram(config);
  if (config.banksPerActivate > config.banks) {
    problems.push({ path: 'banksPerActivate', message: `${config.banksPerActivate} of ${config.banks} banks`, expected: 'at most banks' });
  }
  return problems;
}
