/** Networks at packet level for other plugins: the block, its common configuration, its statistics, and what a topology is. */
export { PACKET_IDEAL, PACKET_PROPERTIES, settledPacket, type PacketConfig } from './config.js';
export { MESH_STALLS as PACKET_STALLS, MeshNetwork as PacketNetwork, type PacketStatistic } from './mesh-network.js';
export { PACKET_MILESTONES, PACKET_PROBES, PACKET_STATISTICS } from './declarations.js';
export { multicastLinks, reductionTree } from './trees.js';
export { meshTopology, torusTopology, type Topology, type TopologyLink } from './topology.js';
export { uncontendedCycles, uncontendedReductionCycles, type ReductionWay } from './closed-form.js';
