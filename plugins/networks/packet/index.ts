import { routerActions } from 'tessera-sim/networks';
import { definePlugin, type JsonSchema } from 'tessera-sim';
import {
  PACKET_IDEAL,
  PACKET_MILESTONES,
  PACKET_PROBES,
  PACKET_PROPERTIES,
  PACKET_STALLS,
  PACKET_STATISTICS,
  PacketNetwork,
  settledPacket,
  type PacketConfig,
  type PacketStatistic,
} from 'tessera-sim/mesh-packet';
import { networkProperties, chosenStrategies, type TopologyConfig } from 'tessera-sim/noc-flit';
import { makeTopology } from './make-topology.js';

export interface AnyPacketConfig extends PacketConfig, TopologyConfig {}

/** The parameters that say which network it is are those of noc-flit. */
const TOPOLOGY_PARAMETERS: readonly string[] = [
  'topology',
  'k',
  'n',
  'columns',
  'rows',
  'concentration',
  'foldedLinks',
  'graph',
] satisfies readonly (keyof TopologyConfig)[];

const configSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { ...Object.fromEntries(Object.entries(networkProperties).filter(([name]) => TOPOLOGY_PARAMETERS.includes(name))), ...PACKET_PROPERTIES },
};

export const packetPlugin = definePlugin<AnyPacketConfig, PacketStatistic>({
  kind: 'network',
  name: 'packet',
  version: '1.0.0',
  summary: 'Routers of any topology at packet level: mesh, torus, ring, cmesh, fly, crossbar, bus, tree, fat tree, or a graph from a BookSim anynet text',
  sources: [
    'Kermani and Kleinrock, Virtual cut-through, Computer Networks 3 (1979)',
    'Dally and Seitz, Deadlock-free message routing, IEEE Trans. Computers C-36 (1987)',
    'Gunther, Prevention of deadlocks in packet-switched data transport systems, IEEE Trans. Communications 29 (1981) (buffer classes)',
    'Klenk et al., An in-network architecture for accelerating shared-memory multiprocessor collectives, ISCA 2020 (reduction)',
    'docs/models/packet.md',
  ],
  configSchema,
  ports: { node: { description: 'Where a block is attached: node n of the topology', role: 'both', many: true } },
  statistics: PACKET_STATISTICS,
  stallClasses: PACKET_STALLS,
  milestones: PACKET_MILESTONES,
  ideal: PACKET_IDEAL,
  probes: PACKET_PROBES,
  example: { config: { topology: 'fly', k: 2, n: 2 }, ports: { node: 4 } },
  describe: ({ config }) => {
    const { linkWidthBits, routerCycles, linkCycles } = settledPacket(config);
    return { kind: 'network', linkBytesPerCycle: linkWidthBits / 8, hopCycles: routerCycles + linkCycles, forwards: true };
  },
  actions: ({ config }) => routerActions(config),
  create: (context) => {
    const { config, catalogue } = chosenStrategies(context, context.config);
    return new PacketNetwork({ ...context, config }, makeTopology(config, catalogue));
  },
});

export default packetPlugin;
