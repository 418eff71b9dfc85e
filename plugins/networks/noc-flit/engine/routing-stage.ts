import { L } from './assembly/layout.js';
import type { FlitState } from './state.js';

/**
 * Compute the route of a packet (place of its record) at the front of `vc`, virtual channel `inVc` of input port `inPort` of the
 * router, and store what it asks for.
 */
export function routeHead(state: FlitState, vc: number, packet: number, router: number, inPort: number, inVc: number): void {
  const { query, routeSet } = state;
  const { words, halves } = state.memory;
  query.router = router;
  query.inPort = inPort;
  query.inVc = inVc;
  query.atInjection = words[packet + L.PACKET_HOPS]!++ === 0;
  query.destination = words[packet + L.PACKET_DESTINATION]!;
  query.routeState0 = words[packet + L.PACKET_ROUTE_STATE0]!;
  query.routeState1 = words[packet + L.PACKET_ROUTE_STATE1]!;
  routeSet.count = 0;
  state.routingFunction.route(query, routeSet);
  words[packet + L.PACKET_ROUTE_STATE0] = query.routeState0;
  words[packet + L.PACKET_ROUTE_STATE1] = query.routeState1;
  halves[2 * vc + L.VC16_REQUESTS] = routeSet.count;
  words[vc + L.VC_ROUTE] = routeSet.packed[0]!;
  if (state.keepsRouteSets) storeRoutes(state, vc);
}

function storeRoutes(state: FlitState, vc: number): void {
  const { routeSet } = state;
  const at = state.numberOf(vc) * state.maxRequests;
  for (let index = 0; index < routeSet.count; index++) {
    state.memory.words[state.routeSetsAt + at + index] = routeSet.packed[index]!;
    state.routePriorities[at + index] = routeSet.priority[index]!;
  }
}
