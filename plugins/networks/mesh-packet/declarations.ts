import type { BlockPlugin } from 'tessera-sim';
import type { PacketStatistic } from './mesh-network.js';

export const PACKET_STATISTICS: BlockPlugin<unknown, PacketStatistic>['statistics'] = {
  messages: { unit: 'messages', description: 'Messages taken, requests and responses; of a multicast one for each target' },
  packets: { unit: 'packets', description: 'Packets that these messages were cut into' },
  bytes: { unit: 'bytes', description: 'Bytes of the messages, one header each' },
  hops: { unit: 'links', description: 'Links on the ways of all messages; of a multicast those of its tree' },
  linkBusyCycles: { unit: 'cycles', description: 'Cycles in which a link carried data, summed over the links' },
  waitCycles: {
    unit: 'cycles',
    description: 'Cycles that packets waited for an output, beyond the pipeline of the router',
    slows: 'packets meet others at more outputs, or longer ones',
  },
};

/** In the order of `Waited`. */
export const PACKET_MILESTONES: NonNullable<BlockPlugin['milestones']> = {
  link: { cause: 'link', description: 'The output was free of the packets before' },
  credit: { cause: 'credit', description: 'The buffer at the end of the link had room again' },
  port: { cause: 'port', description: 'The block at the node had room for a message' },
};

export const PACKET_PROBES: NonNullable<BlockPlugin['probes']> = {
  link: { type: 'span', many: true, description: 'A packet on a link, a track a link (link.0,0-1,0, ...)', labels: ['request', 'response'] },
  waiting: { type: 'counter', unit: 'packets', description: 'Packets that wait for an output' },
};
