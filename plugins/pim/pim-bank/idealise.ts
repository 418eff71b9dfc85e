import { idealised } from 'tessera-sim/dram-simple';
import type { PimConfig } from './schema.js';

/** The configuration without the mechanisms that it idealises. */
export function idealisedPim(config: PimConfig): PimConfig {
  const { ideal } = config;
  return {
    ...idealised(config),
    ...(ideal.includes('rowMisses') ? { tFAW: 0 } : {}),
    ...(ideal.includes('kernelStart') ? { kernelStartCycles: 0 } : {}),
    ...(ideal.includes('broadcast') ? { broadcastCyclesPerColumn: 0 } : {}),
  };
}
