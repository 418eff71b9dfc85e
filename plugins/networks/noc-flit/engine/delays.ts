import type { NetworkGraph } from '../graph.js';
import { hasFixedDelays, linkFlitCycles, type RouterParameters } from './parameters.js';

/** How many cycles ahead of the present one a router or a wire may put anything on a calendar. */
export function longestDelay(graph: NetworkGraph, router: RouterParameters): number {
  let wire = 0;
  for (const channel of graph.channels) wire = Math.max(wire, channel.latencyCycles);
  for (const terminal of graph.terminals) wire = Math.max(wire, terminal.injectLatencyCycles, terminal.ejectLatencyCycles);
  const link = linkFlitCycles(router);
  const hop = Math.ceil(link.numerator / link.denominator) + wire + Math.max(router.switchPrepareDelay + router.switchFinalDelay, router.creditDelay);
  const stage = Math.max(router.routingDelay === 1 ? 1 : 2 * router.routingDelay, router.vcAllocDelay, router.switchAllocDelay);
  // Without fixed delays flits queue for a wire.
  return Math.max(hop, stage, hasFixedDelays(router) ? 0 : Math.max(64, 4 * (hop + 1)));
}
