import { definePlugin } from 'tessera-sim';
import { dramActions, DramMemory } from './dram-memory.js';
import { DRAM_IDEAL, idealised } from './ideal.js';
import { checkDram, type DramConfig, dramSimpleSchema } from './schema.js';
import { DRAM_PROBES, DRAM_STALL_CLASSES, DRAM_STATISTICS, type DramStatistic } from './statistics.js';
import { DRAM_ADDRESSES_MATTER, DRAM_MILESTONES } from './waits.js';

/** DRAM with open rows, first come first served, bursts in closed form. */
export const dramSimplePlugin = definePlugin<DramConfig, DramStatistic>({
  kind: 'memory',
  name: 'dram-simple',
  version: '1.0.0',
  summary: 'DRAM: channels, banks, open rows, data bus, refresh; bursts served first come first served, row by row in closed form',
  sources: ['JEDEC JESD235 (HBM) and JESD79 (DDR) timing parameters; open-row policy; see docs/models/dram-simple.md'],
  configSchema: dramSimpleSchema,
  ports: { port: { description: 'Requests for this memory', role: 'target', many: true, depth: 8 } },
  statistics: DRAM_STATISTICS,
  stallClasses: DRAM_STALL_CLASSES,
  probes: DRAM_PROBES,
  milestones: DRAM_MILESTONES,
  ideal: DRAM_IDEAL,
  stateLimits: { fixedAddresses: DRAM_ADDRESSES_MATTER },
  example: { config: {}, ports: { port: 2 } },
  describe: (context) => {
    const config = idealised(context.config);
    return {
      kind: 'memory',
      capacityBytes: config.capacityBytes,
      peakBytesPerCycle: config.channels * config.bytesPerCycle,
      latencyCycles: config.controllerCycles + config.tRCD + config.tCL,
      isHome: config.isHome,
      preferredBurstBytes: Math.max(config.rowBytes, config.interleaveBytes) * config.channels,
    };
  },
  actions: dramActions,
  check: checkDram,
  create: (context) => new DramMemory({ ...context, config: idealised(context.config) }),
});

export default dramSimplePlugin;
