import { definePlugin } from 'tessera-sim';
import { DRAM_ADDRESSES_MATTER } from 'tessera-sim/dram-simple';
import { dramActions } from './energy/actions.js';
import { DramBlock } from './dram-block.js';
import { checkDram, describeDram } from './facts.js';
import { DRAM_IDEAL } from './ideal.js';
import { DRAM_MILESTONES } from './line-waits.js';
import { dramSchema, type DramBlockConfig } from './schema.js';
import { DRAM_PROBES, DRAM_STALL_CLASSES, DRAM_STATISTICS, type DramStatistic } from './statistics.js';

/** DRAM with JEDEC timing and a real controller. */
export const dramPlugin = definePlugin<DramBlockConfig, DramStatistic>({
  kind: 'memory',
  name: 'dram',
  version: '1.0.0',
  summary: 'DRAM with JEDEC timing: DDR3-5, LPDDR3-5, GDDR5/6, HBM1-3; controllers equal to Ramulator 2.1 or DRAMsim3',
  sources: [
    'JEDEC JESD79 (DDR), JESD209 (LPDDR), JESD212/250 (GDDR), JESD235/238 (HBM)',
    'Luo et al., Ramulator 2.0, CAL 2023; Li et al., DRAMsim3, CAL 2020; energy: Micron TN-41-01; see docs/models/dram.md',
  ],
  configSchema: dramSchema,
  ports: { port: { description: 'Requests for this memory', role: 'target', many: true, depth: 8 } },
  statistics: DRAM_STATISTICS,
  stallClasses: DRAM_STALL_CLASSES,
  probes: DRAM_PROBES,
  milestones: DRAM_MILESTONES,
  ideal: DRAM_IDEAL,
  stateLimits: { fixedAddresses: DRAM_ADDRESSES_MATTER },
  example: { config: {}, ports: { port: 2 } },
  describe: describeDram,
  actions: dramActions,
  check: checkDram,
  create: (context) => new DramBlock(context),
});

export default dramPlugin;
