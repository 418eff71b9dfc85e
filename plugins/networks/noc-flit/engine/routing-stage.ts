import { L } from './layout.js';
import type { FlitState } from './state.js';

/** A head has come to the front of an idle VC in cycle `from`: it enters route computation. */
export function enterRouting(state: FlitState, vc: number, from: number): void {
  state.vcs16[2 * vc + L.VC16_STATE] = L.STATE_ROUTING;
  const delay = state.parameters.routingDelay;
  if (delay === 1) {
    if (from === state.cycle) state.routing[state.routingCount++] = vc;
    else state.routingNext[state.routingNextCount++] = vc;
    return;
  }
  const batch = startBatch(state.table, state.hereAt + L.ROUTER_ROUTE_BATCH, from, delay);
  state.wakeAt(vc, batch + delay - 1);
}

/**
 * A stage of delay d > 1 is one queue per router: what has gathered starts together, and nothing starts before that batch
 * is done d cycles later (behaviour of BookSim2's router). Returns the cycle in which an entry of cycle `from` starts.
 * `at` holds the start of the latest batch (possibly in the future) plus 1, 0 = none yet.
 */
export function startBatch(table: Int32Array, at: number, from: number, delay: number): number {
  let start = table[at]! - 1;
  if (start < 0 || from >= start + delay) start = from;
  else if (from > start) start += delay;
  table[at] = start + 1;
  return start;
}

/** Route the heads whose computation ends in this step: they ask for an output VC from the next step on. */
export function finishRouting(state: FlitState): void {
  const list = state.routing;
  state.order?.sortRouting(state);
  for (let index = 0; index < state.routingCount; index++) {
    askForVc(state, list[index]!, state.cycle + 1);
    state.order?.wasRouted(list[index]! >> state.vcShift, state.step, index, state.parameters.speculative);
  }
  state.routing = state.routingNext;
  state.routingCount = state.routingNextCount;
  state.routingNext = list;
  state.routingNextCount = 0;
  if (state.order !== undefined) state.order.carried = state.routingCount;
}

/** Compute the route of the head at the front of `vc` and enter its requests; VC allocation starts in cycle `from`. */
export function askForVc(state: FlitState, vc: number, from: number): void {
  const { numVcs, packets, query, routeSet } = state;
  const local = (vc - state.hereVc) >> state.vcShift;
  const packet = state.frontFlit(vc) >> 2;
  query.router = state.here;
  query.inPort = state.portOfLocal[local]!;
  query.inVc = local - query.inPort * numVcs;
  const { words } = packets;
  const word = packet * L.PACKET_STRIDE;
  query.atInjection = words[word + L.PACKET_HOPS] === 0;
  query.destination = words[word + L.PACKET_DESTINATION]!;
  query.word0 = words[word + L.PACKET_WORD0]!;
  query.word1 = words[word + L.PACKET_WORD1]!;
  routeSet.count = 0;
  state.routingFunction.route(query, routeSet);
  words[word + L.PACKET_WORD0] = query.word0;
  words[word + L.PACKET_WORD1] = query.word1;
  state.vcs[vc + L.VC_FLITS]! += words[word + L.PACKET_FLITS]!;
  storeRoute(state, vc, from);
  const extra = state.parameters.vcAllocDelay - 1;
  if (extra === 0) enterRequests(state, vc);
  else state.wakeAt(vc, from + extra);
}

function storeRoute(state: FlitState, vc: number, from: number): void {
  const { routeSet, maxRequests } = state;
  state.vcs16[2 * vc + L.VC16_STATE] = L.STATE_ALLOCATING;
  state.vcs16[2 * vc + L.VC16_REQUESTS] = routeSet.count;
  state.vcs[vc + L.VC_SINCE] = from;
  state.vcs[vc + L.VC_ROUTE] = routeSet.packed[0]!;
  if (!state.keepsRouteSets) return;
  const at = (vc >> state.vcShift) * maxRequests;
  for (let index = 0; index < routeSet.count; index++) {
    state.routeSets[at + index] = routeSet.packed[index]!;
    state.routePriorities[at + index] = routeSet.priority[index]!;
  }
}

/** Set the request bits of an input VC at every output VC of its route. */
export function enterRequests(state: FlitState, vc: number): void {
  const { table, hereAt } = state;
  const count = state.vcs16[2 * vc + L.VC16_REQUESTS]!;
  for (let index = 0; index < count; index++) {
    const packed = state.routeOf(vc, index);
    markRequests(state, vc, packed, true);
    state.table16[2 * (hereAt + state.portsAt + (packed >> 16) * L.PORT_STRIDE) + L.PORT16_PENDING]!++;
    table[hereAt + L.ROUTER_PENDING]! |= 1 << (packed >> 16);
  }
  table[hereAt + L.ROUTER_CONTEST] = 1;
}

/** Take the request bits away again, when the VC has been granted. */
export function withdrawRequests(state: FlitState, vc: number): void {
  const { table, hereAt } = state;
  const count = state.vcs16[2 * vc + L.VC16_REQUESTS]!;
  for (let index = 0; index < count; index++) {
    const packed = state.routeOf(vc, index);
    markRequests(state, vc, packed, false);
    const pending = --state.table16[2 * (hereAt + state.portsAt + (packed >> 16) * L.PORT_STRIDE) + L.PORT16_PENDING]!;
    if (pending === 0) table[hereAt + L.ROUTER_PENDING]! &= ~(1 << (packed >> 16));
  }
}

function markRequests(state: FlitState, vc: number, packed: number, asks: boolean): void {
  const { table, requestStride } = state;
  const local = (vc - state.hereVc) >> state.vcShift;
  const bit = 1 << (local & 31);
  const last = packed & 255;
  let at = state.hereAt + state.requestsAt + ((packed >> 16) * state.numVcs + ((packed >> 8) & 255)) * requestStride + (local >> 5);
  for (let out = (packed >> 8) & 255; out <= last; out++, at += requestStride) {
    if (asks) table[at]! |= bit;
    else table[at]! &= ~bit;
  }
}
