import { L } from './assembly/layout.js';
import type { FlitState } from './state.js';

/** Compute the route of the head at the front of `vc` and store what it asks for; VC allocation starts in cycle `from`. */
export function routeHead(state: FlitState, vc: number, router: number, from: number): void {
  const { query, routeSet, numVcs } = state;
  const { words } = state.memory;
  const local = state.numberOf(vc) - router * state.vcsPerRouter;
  const packet = state.packets.record(state.frontFlit(vc) >> 2);
  query.router = router;
  query.inPort = words[state.portOfLocalAt + local]!;
  query.inVc = local - query.inPort * numVcs;
  query.atInjection = words[packet + L.PACKET_HOPS] === 0;
  query.destination = words[packet + L.PACKET_DESTINATION]!;
  query.word0 = words[packet + L.PACKET_WORD0]!;
  query.word1 = words[packet + L.PACKET_WORD1]!;
  routeSet.count = 0;
  state.routingFunction.route(query, routeSet);
  words[packet + L.PACKET_WORD0] = query.word0;
  words[packet + L.PACKET_WORD1] = query.word1;
  words[vc + L.VC_FLITS]! += words[packet + L.PACKET_FLITS]!;
  storeRoute(state, vc, from);
}

function storeRoute(state: FlitState, vc: number, from: number): void {
  const { routeSet, memory } = state;
  const { words, halves } = memory;
  halves[2 * vc + L.VC16_STATE] = L.STATE_ALLOCATING;
  halves[2 * vc + L.VC16_REQUESTS] = routeSet.count;
  words[vc + L.VC_SINCE] = from;
  words[vc + L.VC_ROUTE] = routeSet.packed[0]!;
  if (!state.keepsRouteSets) return;
  const at = state.numberOf(vc) * state.maxRequests;
  for (let index = 0; index < routeSet.count; index++) {
    words[state.routeSetsAt + at + index] = routeSet.packed[index]!;
    state.routePriorities[at + index] = routeSet.priority[index]!;
  }
}
