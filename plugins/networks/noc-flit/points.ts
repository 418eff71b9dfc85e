import { extensionPoint } from 'tessera-sim';
import type { AllocatorKind, Routing, Topology } from './contract.js';

/** Where other plugins register strategies of their own. */
export const topologyPoint = extensionPoint<Topology>('noc-flit.topology');
export const routingPoint = extensionPoint<Routing>('noc-flit.routing');
export const allocatorPoint = extensionPoint<AllocatorKind>('noc-flit.allocator');
