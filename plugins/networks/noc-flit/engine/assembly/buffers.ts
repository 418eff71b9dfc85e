import { visit, wakeAt } from './calendar';
import { cycle, hereAt, hereVc } from './here';
import { push } from './host';
import { L } from './layout';
import { bufferFlits, half, numVcs, portOfLocal, portsAt, requestWords, ringAt, ringMask, routerStride, setHalf, setWord, tableAt, vcShift, word } from './memory';

/** What the slot holds that the sender fills next: a flit, or ~c where it is free from cycle c on. */
@inline
export function nextSlot(vc: i32): i32 {
  return word(vc + half(vc, L.VC16_TAIL), L.VC_SLOTS);
}

/** What the slot holds that is read next. */
@inline
export function frontFlit(vc: i32): i32 {
  return word(vc + half(vc, L.VC16_HEAD), L.VC_SLOTS);
}

/** True when the downstream slot for the front flit is free. */
@inline
export function hasCredit(vc: i32): bool {
  const slot = nextSlot(word(vc, L.VC_OUT_VC));
  return slot < 0 && ~slot <= cycle;
}

/** A flit takes the next free slot of a buffer, VC `local` of `router`; it will be there in cycle `arrival`. */
@inline
export function place(vc: i32, router: i32, local: i32, flit: i32, arrival: i32): void {
  const tail = half(vc, L.VC16_TAIL);
  setHalf(vc, L.VC16_TAIL, tail + 1 == bufferFlits ? 0 : tail + 1);
  setWord(vc + tail, L.VC_SLOTS, flit);
  const ring = tableAt + router * routerStride + ringAt + (arrival & ringMask) * requestWords + (local >> 5);
  setWord(ring, 0, word(ring, 0) | (1 << (local & 31)));
  visit(router, arrival);
}

/** The front flit leaves its buffer; its credit is upstream in cycle `creditAt`. */
@inline
export function leave(vc: i32, creditAt: i32): i32 {
  const position = half(vc, L.VC16_HEAD);
  const flit = word(vc + position, L.VC_SLOTS);
  setHalf(vc, L.VC16_HEAD, position + 1 == bufferFlits ? 0 : position + 1);
  setHalf(vc, L.VC16_COUNT, half(vc, L.VC16_COUNT) - 1);
  setWord(vc + position, L.VC_SLOTS, ~creditAt);
  if (half(vc, L.VC16_AWAITED) != 0) announceCredit(vc, creditAt);
  return flit;
}

/** Whoever sends into this buffer waits for the slot that has just been emptied: schedule it for when the credit is there. */
function announceCredit(vc: i32, creditAt: i32): void {
  setHalf(vc, L.VC16_AWAITED, 0);
  const owner = word(vc, L.VC_OWNER);
  if (owner >= 0) wakeAt(owner, creditAt);
  else push(creditAt, (-owner - 1) * 4 + L.ENTRY_SOURCE);
}

/** The front flit of an active VC of the router at hand may ask for the switch. */
export function markReady(vc: i32): void {
  const local = (vc - hereVc) >> vcShift;
  const port = portOfLocal(local);
  const at = hereAt + portsAt + port * L.PORT_STRIDE;
  setWord(at, L.PORT_READY, word(at, L.PORT_READY) | (1 << (local - port * numVcs)));
  setWord(hereAt, L.ROUTER_READY, word(hereAt, L.ROUTER_READY) | (1 << port));
}

@inline
export function clearReady(input: i32, local: i32): void {
  const at = hereAt + portsAt + input * L.PORT_STRIDE;
  const mask = word(at, L.PORT_READY) & ~(1 << local);
  setWord(at, L.PORT_READY, mask);
  if (mask == 0) setWord(hereAt, L.ROUTER_READY, word(hereAt, L.ROUTER_READY) & ~(1 << input));
}

/** A switch allocation of more than one cycle: the bid counts in cycle `bid`. */
export function askForSwitch(vc: i32, bid: i32): void {
  // It is not a wait for a credit.
  setWord(vc, L.VC_SINCE, bid);
  wakeAt(vc, bid);
}

/** The front flit waits for a credit: it is woken when the credit is there. */
export function waitForCredit(vc: i32, input: i32, local: i32): void {
  const down = word(vc, L.VC_OUT_VC);
  const slot = nextSlot(down);
  setWord(vc, L.VC_SINCE, cycle);
  clearReady(input, local);
  if (slot >= 0) setHalf(down, L.VC16_AWAITED, 1);
  else wakeAt(vc, ~slot);
}
