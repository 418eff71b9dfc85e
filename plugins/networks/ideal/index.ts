import { definePlugin, idealProperty } from 'tessera-sim';
import { IDEAL_MILESTONES, IDEAL_STALLS, IdealNetwork, latencyCyclesOf, type IdealNetworkConfig, type IdealNetworkStatistic } from './ideal-network.js';

const ideal = { latency: { description: 'a message leaves in the cycle in which it came' } };

export const idealPlugin = definePlugin<IdealNetworkConfig, IdealNetworkStatistic>({
  kind: 'network',
  name: 'ideal',
  version: '1.0.0',
  summary: 'Latency only: unlimited bandwidth, messages to one port in the order in which they came',
  sources: ['docs/models/ideal.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      latencyCycles: {
        type: 'integer',
        minimum: 0,
        default: 1,
        unit: 'cycles',
        description: 'From a message reaching the network to its leaving it; the connections at both ends add theirs',
      },
      ideal: idealProperty(ideal),
    },
  },
  ports: { node: { description: 'Where a block is attached', role: 'both', many: true } },
  statistics: {
    messages: { unit: 'messages', description: 'Messages taken, requests and responses' },
    bytes: { unit: 'bytes', description: 'Bytes of these messages, headers included' },
  },
  stallClasses: IDEAL_STALLS,
  milestones: IDEAL_MILESTONES,
  ideal,
  probes: { inFlight: { type: 'counter', unit: 'messages', description: 'Messages inside the network' } },
  example: { ports: { node: 2 } },
  describe: ({ config }) => ({ kind: 'network', linkBytesPerCycle: Infinity, hopCycles: latencyCyclesOf(config), forwards: true }),
  actions: () => ({}),
  create: (context) => new IdealNetwork(context),
});

export default idealPlugin;
