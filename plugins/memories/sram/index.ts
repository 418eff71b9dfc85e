import { definePlugin } from 'tessera-sim';
import { checkSramConfig, SRAM_IDEAL, sramConfigSchema, type SramConfig } from './config.js';
import { sramActions } from './energy-model.js';
import { SRAM_STALLS, SramBlock, type SramStatistic } from './sram-block.js';
import { SRAM_MILESTONES } from './waits.js';

export const sramPlugin = definePlugin<SramConfig, SramStatistic>({
  kind: 'memory',
  name: 'sram',
  version: '1.0.0',
  summary: 'Banked scratchpad: ports, interleaving, bank conflicts word by word, arbitration, energy by size and width',
  sources: ['Horowitz, ISSCC 2014, figure 1.1.9 (energy)', 'Rau, ISCA 1991 (xor interleaving)', 'docs/models/sram.md (closed form)'],
  configSchema: sramConfigSchema,
  ports: { port: { description: 'Takes read and write requests and answers them', role: 'target', many: true } },
  statistics: {
    reads: { unit: 'bursts', description: 'Read requests' },
    writes: { unit: 'bursts', description: 'Write requests' },
    bytesRead: { unit: 'bytes', description: 'Payload read' },
    bytesWritten: { unit: 'bytes', description: 'Payload written' },
    wordAccesses: { unit: 'words', description: 'Words served, whole words also where a row ends inside one' },
    bankConflicts: { unit: 'words', description: 'Words that found their bank taken, counted in each cycle that they waited' },
    conflictCycles: {
      unit: 'cycles',
      description: 'Cycles that beats of ports took beyond their first because of bank conflicts',
      slows: 'words wait until their bank has served another port',
    },
    busyCycles: { unit: 'cycles', description: 'Cycles in which at least one word was served' },
  },
  stallClasses: SRAM_STALLS,
  probes: { access: { type: 'span', many: true, description: 'Service of one burst, a track a port (access.port0, ...)', labels: ['read', 'write'] } },
  milestones: SRAM_MILESTONES,
  ideal: SRAM_IDEAL,
  stateLimits: { fixedAddresses: 'the bank of a word follows from its address' },
  example: { ports: { port: 2 } },
  describe: ({ config }) => ({
    kind: 'memory',
    capacityBytes: config.capacityBytes,
    // Without conflicts only the ports limit it, and how many are connected is not known here.
    peakBytesPerCycle: config.ideal.includes('bankConflicts') ? Infinity : (config.banks * config.wordBits) / 8,
    latencyCycles: config.accessLatencyCycles,
    isHome: false,
    preferredBurstBytes: Infinity,
  }),
  actions: ({ config }) => sramActions(config),
  check: checkSramConfig,
  create: (context) => new SramBlock(context),
});

export default sramPlugin;
