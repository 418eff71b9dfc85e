import { frontFlit } from './buffers';
import { wakeAt } from './calendar';
import { cycle, here, hereAt, hereVc, step } from './here';
import { route, sortRouting, wasRouted } from './host';
import { L } from './layout';
import { half, keepsOrder, maxRequests, numVcs, packetAt, portOfLocal, portsAt, requestsAt, requestStride, routeSetsAt, routing, routingDelay, routingNext, setHalf, setWord, vcAllocDelay, vcsAt, vcShift, word } from './memory';

let current: i32 = 0;
let following: i32 = 0;
export let routingCount: i32 = 0;
export let routingNextCount: i32 = 0;
/** How many of the heads to be routed waited behind another packet; they are the first of the list. */
let carried: i32 = 0;

/** A router's visit begins: nothing is on its lists. */
@inline
export function startRouting(): void {
  current = routing;
  following = routingNext;
}

/** A head has come to the front of an idle VC in cycle `from`: it enters route computation. */
export function enterRouting(vc: i32, from: i32): void {
  setHalf(vc, L.VC16_STATE, L.STATE_ROUTING);
  if (routingDelay == 1) {
    if (from == cycle) routeAtEnd(vc);
    else setWord(following + routingNextCount++, 0, vc);
    return;
  }
  wakeAt(vc, startBatch(L.ROUTER_ROUTE_BATCH, from, routingDelay) + routingDelay - 1);
}

@inline
export function routeAtEnd(vc: i32): void {
  setWord(current + routingCount++, 0, vc);
}

/** The time of route computation has come; with one cycle it is a head that waited behind a tail. */
export function routeNow(vc: i32): void {
  routeAtEnd(vc);
  if (routingDelay == 1) carried++;
}

/**
 * A stage of delay d > 1 is one queue per router: what has gathered starts together, and nothing starts before that batch
 * is done d cycles later (behaviour of BookSim2's router). Returns the cycle in which an entry of cycle `from` starts.
 * `field` of the router holds the start of the latest batch (possibly in the future) plus 1, 0 = none yet.
 */
export function startBatch(field: i32, from: i32, delay: i32): i32 {
  let start = word(hereAt + field, 0) - 1;
  if (start < 0 || from >= start + delay) start = from;
  else if (from > start) start += delay;
  setWord(hereAt + field, 0, start + 1);
  return start;
}

/** Route the heads whose computation ends in this step: they ask for an output VC from the next step on. */
export function finishRouting(): void {
  if (keepsOrder) sortRouting(current, routingCount, carried);
  for (let index = 0; index < routingCount; index++) {
    const vc = word(current + index, 0);
    askForVc(vc, cycle + 1);
    if (keepsOrder) wasRouted(vc, step, index);
  }
  const list = current;
  current = following;
  routingCount = routingNextCount;
  following = list;
  routingNextCount = 0;
  carried = routingCount;
}

/** A router's visit ends: heads that waited behind the tail which has just left are routed in the next cycle. */
export function parkRouting(): void {
  for (let index = 0; index < routingCount; index++) wakeAt(word(current + index, 0), cycle + 1);
  routingCount = 0;
  carried = 0;
}

/** Compute the route of the head at the front of `vc` and enter its requests; VC allocation starts in cycle `from`. */
export function askForVc(vc: i32, from: i32): void {
  const local = (vc - hereVc) >> vcShift;
  const inPort = portOfLocal(local);
  const packet = packetAt(frontFlit(vc) >> 2);
  route(vc, packet, here, inPort, local - inPort * numVcs);
  setHalf(vc, L.VC16_STATE, L.STATE_ALLOCATING);
  setWord(vc, L.VC_SINCE, from);
  setWord(vc, L.VC_FLITS, word(vc, L.VC_FLITS) + word(packet, L.PACKET_FLITS));
  if (vcAllocDelay == 1) enterRequests(vc);
  else wakeAt(vc, from + vcAllocDelay - 1);
}

/** Set the request bits of an input VC at every output VC of its route. */
export function enterRequests(vc: i32): void {
  const count = half(vc, L.VC16_REQUESTS);
  for (let index = 0; index < count; index++) {
    const packed = routeOf(vc, index);
    markRequests(vc, packed, true);
    const outAt = hereAt + portsAt + (packed >> 16) * L.PORT_STRIDE;
    setHalf(outAt, L.PORT16_PENDING, half(outAt, L.PORT16_PENDING) + 1);
    setWord(hereAt, L.ROUTER_PENDING, word(hereAt, L.ROUTER_PENDING) | (1 << (packed >> 16)));
  }
  setWord(hereAt, L.ROUTER_CONTEST, 1);
}

/** Take the request bits away again, when the VC has been granted. */
export function withdrawRequests(vc: i32): void {
  const count = half(vc, L.VC16_REQUESTS);
  for (let index = 0; index < count; index++) {
    const packed = routeOf(vc, index);
    markRequests(vc, packed, false);
    const outAt = hereAt + portsAt + (packed >> 16) * L.PORT_STRIDE;
    const pending = half(outAt, L.PORT16_PENDING) - 1;
    setHalf(outAt, L.PORT16_PENDING, pending);
    if (pending == 0) setWord(hereAt, L.ROUTER_PENDING, word(hereAt, L.ROUTER_PENDING) & ~(1 << (packed >> 16)));
  }
}

/** Output VC range number `index` that the head asks for. */
@inline
function routeOf(vc: i32, index: i32): i32 {
  return index == 0 ? word(vc, L.VC_ROUTE) : word(routeSetsAt + ((vc - vcsAt) >> vcShift) * maxRequests + index, 0);
}

function markRequests(vc: i32, packed: i32, asks: bool): void {
  const local = (vc - hereVc) >> vcShift;
  const bit = 1 << (local & 31);
  const last = packed & 255;
  let out = (packed >> 8) & 255;
  let at = hereAt + requestsAt + ((packed >> 16) * numVcs + out) * requestStride + (local >> 5);
  for (; out <= last; out++) {
    setWord(at, 0, asks ? word(at, 0) | bit : word(at, 0) & ~bit);
    at += requestStride;
  }
}
