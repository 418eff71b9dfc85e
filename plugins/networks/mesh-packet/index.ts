import { routerActions } from 'tessera-sim/networks';
import { definePlugin } from 'tessera-sim';
import { meshPacketConfigSchema, PACKET_IDEAL, settledPacket, type MeshPacketConfig } from './config.js';
import { PACKET_MILESTONES, PACKET_PROBES, PACKET_STATISTICS } from './declarations.js';
import { MESH_STALLS, MeshNetwork, type PacketStatistic } from './mesh-network.js';
import { meshTopology, torusTopology } from './topology.js';

export const meshPacketPlugin = definePlugin<MeshPacketConfig, PacketStatistic>({
  kind: 'network',
  name: 'mesh-packet',
  version: '1.0.0',
  summary: 'Mesh or torus of routers at packet level: XY routing, contention for each link, bounded buffers with back-pressure',
  sources: [
    'Kermani and Kleinrock, Virtual cut-through, Computer Networks 3 (1979)',
    'Dally and Seitz, Deadlock-free message routing, IEEE Trans. Computers C-36 (1987) (dimension order, date line)',
    'Klenk et al., An in-network architecture for accelerating shared-memory multiprocessor collectives, ISCA 2020 (reduction)',
    'docs/models/mesh-packet.md (closed form of an uncontended message)',
  ],
  configSchema: meshPacketConfigSchema,
  ports: { node: { description: 'Where a block is attached: node n at router floor(n / concentration)', role: 'both', many: true } },
  statistics: PACKET_STATISTICS,
  stallClasses: MESH_STALLS,
  milestones: PACKET_MILESTONES,
  ideal: PACKET_IDEAL,
  probes: PACKET_PROBES,
  example: { config: { columns: 2, rows: 2 }, ports: { node: 4 } },
  describe: ({ config }) => {
    const { linkWidthBits, routerCycles, linkCycles } = settledPacket(config);
    return { kind: 'network', linkBytesPerCycle: linkWidthBits / 8, hopCycles: routerCycles + linkCycles, forwards: true };
  },
  actions: ({ config }) => routerActions(config),
  create: (context) => {
    const { topology, columns, rows, concentration } = context.config;
    return new MeshNetwork(context, (topology === 'torus' ? torusTopology : meshTopology)(columns, rows, concentration));
  },
});

export default meshPacketPlugin;
