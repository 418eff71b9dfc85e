import { routerActions } from 'tessera-sim/networks';
import { definePlugin } from 'tessera-sim';
import { idealised, NOC_FLIT_IDEAL, nocFlitConfigSchema, type NocFlitConfig } from './block-config.js';
import { flitCyclesOf } from './engine/parameters.js';
import { NOC_MILESTONES } from './milestones.js';
import { NOC_STALLS, NocFlitNetwork, type NocFlitStatistic } from './network-block.js';
import { chosenStrategies } from './registered.js';

export const nocFlitPlugin = definePlugin<NocFlitConfig, NocFlitStatistic>({
  kind: 'network',
  name: 'noc-flit',
  version: '1.0.0',
  summary: 'Network of virtual-channel routers at flit level: any topology and routing, allocators, credits (equal to BookSim2)',
  sources: [
    'Dally and Towles, Principles and Practices of Interconnection Networks (2004)',
    'Jiang et al., A detailed and flexible cycle-accurate network-on-chip simulator, ISPASS 2013 (BookSim2)',
    'docs/models/noc-flit.md (pipeline, closed form, accuracy)',
  ],
  configSchema: nocFlitConfigSchema,
  ports: { node: { description: 'Where a block is attached: node n of the topology', role: 'both', many: true } },
  statistics: {
    messages: { unit: 'messages', description: 'Messages taken, requests and responses; of a multicast one for each target' },
    packets: { unit: 'packets', description: 'Packets that these messages were cut into' },
    bytes: { unit: 'bytes', description: 'Bytes of the messages, one header each' },
    hops: { unit: 'routers', description: 'Routers visited by all packets; a copy or a sum is one more packet' },
    flitHops: { unit: 'flits', description: 'Flits times routers visited' },
    stallNoVc: { unit: 'cycles', description: 'Cycles that heads waited for a free virtual channel, summed', slows: 'packets wait for one behind others' },
    stallNoCredit: {
      unit: 'cycles',
      description: 'Cycles that flits waited for a credit, summed over virtual channels',
      slows: 'buffers ahead are full of others',
    },
    stallLostSwitch: { unit: 'cycles', description: 'Requests for the crossbar that others won', slows: 'others go first' },
  },
  stallClasses: NOC_STALLS,
  milestones: NOC_MILESTONES,
  ideal: NOC_FLIT_IDEAL,
  probes: {
    message: {
      type: 'span',
      many: true,
      description: 'A message from its node to its arrival, a track a node (message.node0, ...)',
      labels: ['request', 'response'],
    },
    inFlight: { type: 'counter', unit: 'messages', description: 'Messages inside the network' },
  },
  example: { config: { k: 2, n: 2 }, ports: { node: 4 } },
  describe: (context) => {
    const config = idealised(context.config);
    const { flitBits } = config;
    const flitCycles = flitCyclesOf(config);
    const router = config.routingDelay + config.vcAllocDelay + config.switchAllocDelay + config.switchPrepareDelay + config.switchFinalDelay;
    return {
      kind: 'network',
      linkBytesPerCycle: flitBits / 8 / flitCycles,
      hopCycles: router + config.linkCycles + Math.ceil(flitCycles) - 1,
      forwards: true,
    };
  },
  actions: ({ config }) => routerActions(config),
  create: (context) => {
    const { config, catalogue } = chosenStrategies(context, context.config);
    return new NocFlitNetwork({ ...context, config }, catalogue);
  },
});

export default nocFlitPlugin;
