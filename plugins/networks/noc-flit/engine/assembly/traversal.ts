import { askForSwitch, clearReady, leave, markReady, place } from './buffers';
import { cycle, epoch, hereAt, hereVc, step } from './here';
import { bodyArrived, push } from './host';
import { L } from './layout';
import {
  addTo,
  bufferFlits,
  ejectedAt,
  ejectedMask,
  firstSinkVc,
  fixedDelays,
  half,
  holdsSwitch,
  keepsOrder,
  packetAt,
  portOfLocal,
  routingDelay,
  setHalf,
  setTime,
  setWord,
  sinkCreditDelay,
  switchAllocDelay,
  time,
  vcsAt,
  vcShift,
  waitsForTailCredit,
  word,
} from './memory';
import { M } from './parameters';
import { askForVc, enterRouting, routeAtEnd } from './routing';
import { queueForWire, sendCredit } from './wires';

/** The front flit of an active VC of the router at hand has won the switch. `input`, `local`: its port and its number there; then the records of its ports. */
export function cross(vc: i32, input: i32, local: i32, inAt: i32, outAt: i32): void {
  const creditSent = fixedDelays ? cycle : sendCredit(input);
  const arrival = fixedDelays ? cycle + half(outAt, L.PORT16_FLIT_DELAY) : queueForWire(half(vc, L.VC16_OUT_PORT), word(vc, L.VC_OUT_VC) < firstSinkVc);
  traverse(vc, input, local, outAt, creditSent + half(inAt, L.PORT16_CREDIT_DELAY), arrival);
  // A held connection needs no bid.
  if (switchAllocDelay == 1 || holdsSwitch) return;
  if (half(vc, L.VC16_STATE) == L.STATE_ACTIVE && half(vc, L.VC16_COUNT) > 0) {
    clearReady(input, local);
    askForSwitch(vc, cycle + switchAllocDelay);
  }
}

/**
 * The flit leaves its buffer, its credit is upstream in cycle `creditAt`, and its arrival downstream is put on the calendar.
 * The downstream slot is filled now and becomes visible then: no other flit can use it.
 */
@inline
function traverse(vc: i32, input: i32, local: i32, outAt: i32, creditAt: i32, arrival: i32): void {
  const flit = leave(vc, creditAt);
  const left = half(vc, L.VC16_COUNT);
  const down = word(vc, L.VC_OUT_VC);
  sendOn(outAt, down, flit, arrival);
  if ((flit & L.FLIT_TAIL) != 0) {
    clearReady(input, local);
    finishPacket(vc, outAt, down, left, creditAt);
  } else if (left == 0) clearReady(input, local);
}

/** A flit goes to the next router or to its terminal. `outAt`: the record of the port by which it leaves. */
@inline
export function sendOn(outAt: i32, down: i32, flit: i32, arrival: i32): void {
  addTo(M.FLIT_HOPS, 1);
  if (down < firstSinkVc) {
    const local = half(outAt, L.PORT16_DOWN_LOCAL) + ((down - word(outAt, L.PORT_DOWN)) >> vcShift);
    place(down, word(outAt, L.PORT_DOWN_ROUTER), local, flit, arrival);
  } else eject(flit, down, arrival);
}

/** A terminal takes every flit in its cycle of arrival and returns the credit in that cycle, so all is known already. */
function eject(flit: i32, down: i32, arrival: i32): void {
  const tail = half(down, L.VC16_TAIL);
  const packet = packetAt(flit >> 2);
  setHalf(down, L.VC16_TAIL, tail + 1 == bufferFlits ? 0 : tail + 1);
  setWord(down + tail, L.VC_SLOTS, ~(arrival + sinkCreditDelay));
  countEjected(arrival);
  setWord(packet, L.PACKET_FLITS_LEFT, word(packet, L.PACKET_FLITS_LEFT) - 1);
  setTime(packet, L.TIME_FLIT_CYCLES, time(packet, L.TIME_FLIT_CYCLES) + epoch + <f64>arrival);
  if ((flit & L.FLIT_HEAD) != 0) setTime(packet, L.TIME_HEAD_EJECTED, epoch + <f64>arrival);
  if ((flit & L.FLIT_TAIL) == 0) return;
  setWord(down, L.VC_FLITS, word(down, L.VC_FLITS) + word(packet, L.PACKET_FLITS));
  push(arrival, (flit >> 2) * 4 + L.ENTRY_EJECT);
}

/** See `FlitCounter`: per slot a number of flits, and the cycle that it belongs to. */
@inline
function countEjected(arrival: i32): void {
  const slot = ejectedAt + 2 * (arrival & ejectedMask);
  addTo(M.EJECTED, 1);
  setWord(slot, 0, word(slot, 1) == arrival ? word(slot, 0) + 1 : 1);
  setWord(slot, 1, arrival);
}

/** The tail has left: its output VC is free for the next packet, and the next head (if any) is routed. */
function finishPacket(vc: i32, outAt: i32, down: i32, left: i32, creditAt: i32): void {
  setWord(hereAt, L.ROUTER_PACKETS, word(hereAt, L.ROUTER_PACKETS) - 1);
  if (waitsForTailCredit) holdUntilCredit(vc, down, creditAt);
  else releaseVc(hereAt, outAt, down);
  if (left == 0) setHalf(vc, L.VC16_STATE, L.STATE_IDLE);
  else if (routingDelay > 0) enterRouting(vc, cycle + 1);
  else {
    setHalf(vc, L.VC16_STATE, L.STATE_ROUTING);
    routeAtEnd(vc);
  }
}

/** Free an output VC of a router (record at `routerAt`), the one that leads to `down`, from the next VC allocation on. */
export function releaseVc(routerAt: i32, outAt: i32, down: i32): void {
  setWord(outAt, L.PORT_FREE, word(outAt, L.PORT_FREE) | (1 << ((down - word(outAt, L.PORT_DOWN)) >> vcShift)));
  if (half(outAt, L.PORT16_PENDING) != 0) setWord(routerAt, L.ROUTER_CONTEST, 1);
}

/**
 * wait_for_tail_credit: an output VC is free only when the downstream buffer is empty again. Its packet's tail has now left
 * the downstream buffer `vc`, so the VC that leads here is freed with this credit. A terminal's buffer empties by itself.
 */
function holdUntilCredit(vc: i32, down: i32, creditAt: i32): void {
  push(creditAt, ((vc - vcsAt) >> vcShift) * 4 + L.ENTRY_RELEASE);
  if (down < firstSinkVc) return;
  const tail = half(down, L.VC16_TAIL);
  const last = tail == 0 ? bufferFlits - 1 : tail - 1;
  push(~word(down + last, L.VC_SLOTS), ((down - vcsAt) >> vcShift) * 4 + L.ENTRY_RELEASE);
}

/** A flit becomes visible in its buffer. */
export function arrive(vc: i32): void {
  const before = half(vc, L.VC16_COUNT);
  setHalf(vc, L.VC16_COUNT, before + 1);
  const phase = half(vc, L.VC16_STATE);
  if (before != 0 || phase >= L.STATE_TRAIN) return;
  if (phase == L.STATE_ACTIVE) {
    if (keepsOrder) bodyArrived(vc, step, portOfLocal((vc - hereVc) >> vcShift));
    if (switchAllocDelay == 1) markReady(vc);
    else askForSwitch(vc, cycle + switchAllocDelay - 1);
  } else if (routingDelay > 0) enterRouting(vc, cycle);
  else askForVc(vc, cycle);
}
