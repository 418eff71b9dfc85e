import * as L from './layout.js';
import type { FlitState } from './state.js';

/** A head has come to the front of an idle VC in cycle `from`: it enters route computation. */
export function enterRouting(state: FlitState, vc: number, from: number): void {
  state.vcs[vc * state.vcStride + L.VC_STATE] = L.STATE_ROUTING;
  const delay = state.parameters.routingDelay;
  if (delay === 1) {
    if (from === state.cycle) state.routing[state.routingCount++] = vc;
    else state.routingNext[state.routingNextCount++] = vc;
    return;
  }
  const router = (vc / (state.ports * state.numVcs)) | 0;
  const batch = startBatch(state.router, router * L.ROUTER_STRIDE + L.ROUTER_ROUTE_BATCH, from, delay);
  state.wheel.push(batch + delay - 1, vc * 8 + L.ENTRY_ROUTED);
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
    state.order?.wasRouted(list[index]!, state.step, index, state.parameters.speculative);
  }
  state.routing = state.routingNext;
  state.routingCount = state.routingNextCount;
  state.routingNext = list;
  state.routingNextCount = 0;
  if (state.order !== undefined) state.order.carried = state.routingCount;
}

/** Compute the route of the head at the front of `vc` and enter its requests; VC allocation starts in cycle `from`. */
export function askForVc(state: FlitState, vc: number, from: number): void {
  const { vcs, numVcs, packets, query, routeSet } = state;
  const at = vc * state.vcStride;
  const inPort = (vc / numVcs) | 0;
  const router = (inPort / state.ports) | 0;
  const flit = vcs[state.headSlot(vc)]!;
  const packet = flit >> 2;
  query.router = router;
  query.inPort = inPort - router * state.ports;
  query.inVc = vc - inPort * numVcs;
  query.atInjection = packets.hops[packet] === 0;
  query.destination = packets.destination[packet]!;
  query.word0 = packets.word0[packet]!;
  query.word1 = packets.word1[packet]!;
  routeSet.count = 0;
  state.routingFunction.route(query, routeSet);
  packets.word0[packet] = query.word0;
  packets.word1[packet] = query.word1;
  vcs[at + L.VC_STATE] = L.STATE_ALLOCATING;
  state.cold[vc * L.COLD_STRIDE + L.COLD_ASKED] = from;
  storeRoute(state, vc, packet);
  const extra = state.parameters.vcAllocDelay - 1;
  if (extra === 0) enterRequests(state, vc);
  else state.wheel.push(from + extra, vc * 8 + L.ENTRY_ASK_VC);
}

function storeRoute(state: FlitState, vc: number, packet: number): void {
  const { routeSet, maxRequests } = state;
  const at = vc * L.COLD_STRIDE;
  state.cold[at + L.COLD_REQUESTS] = routeSet.count;
  state.cold[at + L.COLD_ROUTE] = routeSet.packed[0]!;
  state.cold[at + L.COLD_FLITS]! += state.packets.flits[packet]!;
  if (!state.keepsRouteSets) return;
  for (let index = 0; index < routeSet.count; index++) {
    state.routeSets[vc * maxRequests + index] = routeSet.packed[index]!;
    state.routePriorities[vc * maxRequests + index] = routeSet.priority[index]!;
  }
}

/** Set the request bits of an input VC at every output VC of its route. */
export function enterRequests(state: FlitState, vc: number): void {
  const { ports, numVcs, requests, requestWords } = state;
  const router = (vc / (ports * numVcs)) | 0;
  const local = vc - router * ports * numVcs;
  const word = local >> 5;
  const bit = 1 << (local & 31);
  const count = state.cold[vc * L.COLD_STRIDE + L.COLD_REQUESTS]!;
  for (let index = 0; index < count; index++) {
    const packed = state.routeOf(vc, index);
    const outPort = packed >> 16;
    const output = router * ports + outPort;
    const base = output * numVcs;
    for (let out = (packed >> 8) & 255, last = packed & 255; out <= last; out++) requests[(base + out) * requestWords + word]! |= bit;
    state.wait[output * L.WAIT_STRIDE + L.WAIT_PENDING]!++;
    state.router[router * L.ROUTER_STRIDE + L.ROUTER_PENDING]! |= 1 << outPort;
  }
  state.vcSet.add(router);
}

/** Take the request bits away again, when the VC has been granted. */
export function withdrawRequests(state: FlitState, vc: number): void {
  const { ports, numVcs, requests, requestWords } = state;
  const router = (vc / (ports * numVcs)) | 0;
  const local = vc - router * ports * numVcs;
  const word = local >> 5;
  const keep = ~(1 << (local & 31));
  const count = state.cold[vc * L.COLD_STRIDE + L.COLD_REQUESTS]!;
  for (let index = 0; index < count; index++) {
    const packed = state.routeOf(vc, index);
    const outPort = packed >> 16;
    const output = router * ports + outPort;
    const base = output * numVcs;
    for (let out = (packed >> 8) & 255, last = packed & 255; out <= last; out++) requests[(base + out) * requestWords + word]! &= keep;
    const pending = --state.wait[output * L.WAIT_STRIDE + L.WAIT_PENDING]!;
    if (pending === 0) state.router[router * L.ROUTER_STRIDE + L.ROUTER_PENDING]! &= ~(1 << outPort);
  }
}

