import { definePlugin, knownFigure } from 'tessera-sim';
import { BUS_STALLS, BusNetwork, type BusStatistic } from './bus-network.js';
import { BUS_MILESTONES } from './bus-waits.js';
import { BUS_IDEAL, busConfigSchema, settled, type BusConfig } from './config.js';

export const busPlugin = definePlugin<BusConfig, BusStatistic>({
  kind: 'network',
  name: 'bus',
  version: '1.0.0',
  summary: 'Shared split-transaction bus: one message at a time, arbitration, width, latency',
  sources: ['docs/models/bus.md'],
  configSchema: busConfigSchema,
  ports: { node: { description: 'Where a block is attached', role: 'both', many: true } },
  statistics: {
    messages: { unit: 'messages', description: 'Messages carried, requests and responses' },
    bytes: { unit: 'bytes', description: 'Bytes of these messages, headers included' },
    busyCycles: { unit: 'cycles', description: 'Cycles in which the bus was in use' },
  },
  stallClasses: BUS_STALLS,
  milestones: BUS_MILESTONES,
  ideal: BUS_IDEAL,
  probes: { bus: { type: 'span', description: 'A message on the bus', labels: ['read', 'write'] } },
  example: { ports: { node: 2 } },
  describe: ({ config }) => {
    const { widthBits, latencyCycles } = settled(config);
    return { kind: 'network', linkBytesPerCycle: widthBits / 8, hopCycles: latencyCycles, forwards: true };
  },
  actions: ({ config }) => ({ bus: { energyPj: knownFigure(config.energyPerBytePj), unit: 'byte', expected: { perByteMoved: 1 } } }),
  create: (context) => new BusNetwork(context),
});

export default busPlugin;
