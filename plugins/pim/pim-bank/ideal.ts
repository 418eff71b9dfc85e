import type { IdealDeclaration } from 'tessera-sim';
import { DRAM_IDEAL, idealised, type DramConfig, type DramIdeal } from 'tessera-sim/dram-simple';
import type { PimShape } from './kernel-shape.js';

export const PIM_IDEAL: Readonly<Record<DramIdeal | 'kernelStart' | 'broadcast', IdealDeclaration>> = {
  ...DRAM_IDEAL,
  rowMisses: {
    ...DRAM_IDEAL.rowMisses,
    description: 'every ordinary access finds its row open, and the rows of kernels open and close in no time',
  },
  kernelStart: { description: 'kernels begin without a change of mode' },
  broadcast: { description: 'a vector that has been read is in the buffers of all channels at once' },
};

/** The configuration without the mechanisms that it idealises. */
export function idealisedPim<Config extends DramConfig & PimShape>(config: Config): Config {
  const { ideal } = config;
  return {
    ...idealised(config),
    ...(ideal.includes('rowMisses') ? { tFAW: 0 } : {}),
    ...(ideal.includes('kernelStart') ? { kernelStartCycles: 0 } : {}),
    ...(ideal.includes('broadcast') ? { broadcastCyclesPerColumn: 0 } : {}),
  };
}
