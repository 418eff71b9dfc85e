/**
 * What other plugins may use of `noc-flit`: the extension points (topologies, routing functions, allocators) with their
 * interfaces, and the engine itself.
 */
export * from './contract.js';
export { allocatorPoint, routingPoint, topologyPoint } from './points.js';

export { buildNetwork, buildGraph, builtIn, extendCatalogue, type BuiltNetwork, type Catalogue, type NetworkDescription } from './catalogue.js';
export { FlitNetwork } from './engine/flit-network.js';
export type { EjectedPacket, EjectionListener } from './engine/ejected-packet.js';
export { REBASE_AT_CYCLE } from './engine/rebase.js';
export { defaultRouter, type RouterParameters } from './engine/parameters.js';
export { describeNetwork, networkProperties, type NocFlitNetworkConfig, type TopologyConfig } from './config.js';
export { linkLoads, type LinkLoad } from './engine/link-loads.js';
export { circlePlaces, routerPlaces, type Place } from './topologies/places.js';
export { chosenStrategies } from './registered.js';
export { checkDeadlockFreedom, type DeadlockVerdict } from './deadlock.js';
/** Where each value lies in the network's memory, for checks that look into it. */
export { L } from './engine/assembly/layout.js';
