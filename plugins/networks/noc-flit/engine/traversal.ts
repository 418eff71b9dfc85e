import { L } from './layout.js';
import { askForVc, enterRouting } from './routing-stage.js';
import type { FlitState } from './state.js';

/**
 * The front flit of an active VC of the router at hand has won the switch: it leaves its buffer, its credit is upstream in
 * cycle `creditAt`, and its arrival downstream is put on the calendar. The downstream slot is filled now and becomes visible
 * then: no other flit can use it. `input`, `local`: the VC's input port, and its number there; `outAt`: its output's record.
 */
export function traverse(state: FlitState, vc: number, input: number, local: number, outAt: number, creditAt: number, arrival: number): void {
  const { vcs, vcs16 } = state;
  const position = vcs16[2 * vc + L.VC16_HEAD]!;
  const flit = vcs[vc + L.VC_SLOTS + position]!;
  const left = vcs16[2 * vc + L.VC16_COUNT]! - 1;
  vcs16[2 * vc + L.VC16_HEAD] = position + 1 === state.bufferFlits ? 0 : position + 1;
  vcs16[2 * vc + L.VC16_COUNT] = left;
  vcs[vc + L.VC_SLOTS + position] = ~creditAt;
  if (vcs16[2 * vc + L.VC16_AWAITED] !== 0) announceCredit(state, vc, creditAt);

  const down = vcs[vc + L.VC_OUT_VC]!;
  state.flitHops++;
  if ((flit & L.FLIT_HEAD) !== 0) state.packets.words[(flit >> 2) * L.PACKET_STRIDE + L.PACKET_HOPS]!++;
  if (down < state.firstSinkVc) enterNext(state, outAt, down, flit, arrival);
  else eject(state, flit, down, arrival);

  if ((flit & L.FLIT_TAIL) !== 0) {
    clearReady(state, input, local);
    finishPacket(state, vc, outAt, down, left, creditAt);
  } else if (left === 0) clearReady(state, input, local);
}

/** A flit goes to the next router. `outAt`: the record of the port by which it leaves. */
export function enterNext(state: FlitState, outAt: number, down: number, flit: number, arrival: number): void {
  const { table, table16 } = state;
  const local = table16[2 * outAt + L.PORT16_DOWN_LOCAL]! + ((down - table[outAt + L.PORT_DOWN]!) >> state.vcShift);
  state.place(down, table[outAt + L.PORT_DOWN_ROUTER]!, local, flit, arrival);
}

/** A switch allocation of more than one cycle: the bid counts in `cycle`. */
export function askForSwitch(state: FlitState, vc: number, cycle: number): void {
  // It is not a wait for a credit.
  state.vcs[vc + L.VC_SINCE] = cycle;
  state.wakeAt(vc, cycle);
}

/** Whoever sends into this buffer waits for the slot that has just been emptied: tell it when the credit is there. */
export function announceCredit(state: FlitState, vc: number, creditAt: number): void {
  state.vcs16[2 * vc + L.VC16_AWAITED] = 0;
  const owner = state.vcs[vc + L.VC_OWNER]!;
  if (owner >= 0) state.wakeAt(owner, creditAt);
  else state.wheel.push(creditAt, (-owner - 1) * 4 + L.ENTRY_SOURCE);
}

/** A terminal takes every flit in its cycle of arrival and returns the credit in that cycle, so all is known already. */
export function eject(state: FlitState, flit: number, down: number, arrival: number): void {
  const { packets, vcs, vcs16 } = state;
  const tail = vcs16[2 * down + L.VC16_TAIL]!;
  const packet = flit >> 2;
  vcs16[2 * down + L.VC16_TAIL] = tail + 1 === state.bufferFlits ? 0 : tail + 1;
  vcs[down + L.VC_SLOTS + tail] = ~(arrival + state.sinkCreditDelay);
  state.flitsEjected.add(arrival);
  packets.words[packet * L.PACKET_STRIDE + L.PACKET_FLITS_LEFT]!--;
  packets.times[packet * L.TIME_STRIDE + L.TIME_FLIT_CYCLES]! += state.epoch + arrival;
  if ((flit & L.FLIT_HEAD) !== 0) packets.times[packet * L.TIME_STRIDE + L.TIME_HEAD_EJECTED] = state.epoch + arrival;
  if ((flit & L.FLIT_TAIL) === 0) return;
  vcs[down + L.VC_FLITS]! += packets.words[packet * L.PACKET_STRIDE + L.PACKET_FLITS]!;
  state.wheel.push(arrival, packet * 4 + L.ENTRY_EJECT);
}

/** The tail has left: its output VC is free for the next packet, and the next head (if any) is routed. */
function finishPacket(state: FlitState, vc: number, outAt: number, down: number, left: number, creditAt: number): void {
  state.table[state.hereAt + L.ROUTER_PACKETS]!--;
  if (state.parameters.waitForTailCredit) holdUntilCredit(state, vc, down, creditAt);
  else releaseVc(state, state.hereAt, outAt, down);
  if (left === 0) state.vcs16[2 * vc + L.VC16_STATE] = L.STATE_IDLE;
  else if (state.parameters.routingDelay > 0) enterRouting(state, vc, state.cycle + 1);
  else {
    state.vcs16[2 * vc + L.VC16_STATE] = L.STATE_ROUTING;
    state.routing[state.routingCount++] = vc;
  }
}

/** Free an output VC of a router (record at `routerAt`), the one that leads to `down`, from the next VC allocation on. */
export function releaseVc(state: FlitState, routerAt: number, outAt: number, down: number): void {
  const { table } = state;
  table[outAt + L.PORT_FREE]! |= 1 << ((down - table[outAt + L.PORT_DOWN]!) >> state.vcShift);
  if (state.table16[2 * outAt + L.PORT16_PENDING] !== 0) table[routerAt + L.ROUTER_CONTEST] = 1;
}

/**
 * wait_for_tail_credit: an output VC is free only when the downstream buffer is empty again. Its packet's tail has now left
 * the downstream buffer `vc`, so the VC that leads here is freed with this credit. A terminal's buffer empties by itself.
 */
function holdUntilCredit(state: FlitState, vc: number, down: number, creditAt: number): void {
  state.wheel.push(creditAt, (vc >> state.vcShift) * 4 + L.ENTRY_RELEASE);
  if (down >= state.firstSinkVc) {
    const tail = state.vcs16[2 * down + L.VC16_TAIL]!;
    const last = tail === 0 ? state.bufferFlits - 1 : tail - 1;
    state.wheel.push(~state.vcs[down + L.VC_SLOTS + last]!, (down >> state.vcShift) * 4 + L.ENTRY_RELEASE);
  }
}

export function clearReady(state: FlitState, input: number, local: number): void {
  const { table, hereAt } = state;
  const mask = (table[hereAt + state.portsAt + input * L.PORT_STRIDE + L.PORT_READY]! &= ~(1 << local));
  if (mask === 0) table[hereAt + L.ROUTER_READY]! &= ~(1 << input);
}

/** True when the downstream slot for the front flit is free; otherwise the VC stops asking until the credit comes. */
export function hasCredit(state: FlitState, vc: number): boolean {
  const slot = state.nextSlot(state.vcs[vc + L.VC_OUT_VC]!);
  return slot < 0 && ~slot <= state.cycle;
}

/** The front flit waits for a credit: it is woken when the credit is there. */
export function waitForCredit(state: FlitState, vc: number, input: number, local: number): void {
  const down = state.vcs[vc + L.VC_OUT_VC]!;
  const slot = state.nextSlot(down);
  state.vcs[vc + L.VC_SINCE] = state.cycle;
  clearReady(state, input, local);
  if (slot >= 0) state.vcs16[2 * down + L.VC16_AWAITED] = 1;
  else state.wakeAt(vc, ~slot);
}

/** A flit becomes visible in its buffer. */
export function arrive(state: FlitState, vc: number): void {
  const { vcs16 } = state;
  const before = vcs16[2 * vc + L.VC16_COUNT]!;
  vcs16[2 * vc + L.VC16_COUNT] = before + 1;
  const phase = vcs16[2 * vc + L.VC16_STATE]!;
  if (before !== 0 || phase >= L.STATE_TRAIN) return;
  if (phase === L.STATE_ACTIVE) {
    state.order?.arrived(vc >> state.vcShift, state.step, state.portOfLocal[(vc - state.hereVc) >> state.vcShift]!);
    if (state.parameters.switchAllocDelay === 1) state.markReady(vc);
    else askForSwitch(state, vc, state.cycle + state.parameters.switchAllocDelay - 1);
  } else if (state.parameters.routingDelay > 0) enterRouting(state, vc, state.cycle);
  else askForVc(state, vc, state.cycle);
}
