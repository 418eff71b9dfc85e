import * as L from './layout.js';
import { askForVc, enterRouting, startBatch } from './routing-stage.js';
import type { FlitState } from './state.js';

/** True when a switch grant leads to the wire after a fixed delay: no speedup, no batches, one step a cycle. */
export function hasFixedDelays(state: FlitState): boolean {
  const { parameters } = state;
  return parameters.outputSpeedup === 1 && parameters.internalSpeedup === 1 && parameters.switchPrepareDelay + parameters.switchFinalDelay === 1;
}

/**
 * The front flit of an active VC has won the switch: it leaves its buffer, a credit goes upstream, and its arrival
 * downstream is put on the calendar. The downstream slot is filled now and becomes visible then: no other flit can use it.
 */
export function traverse(state: FlitState, router: number, inPort: number, vc: number, fixedDelays: boolean): void {
  const { vcs, vcStride, port, bufferFlits, cycle } = state;
  const at = vc * vcStride;
  const inAt = inPort * L.PORT_STRIDE;
  const position = vcs[at + L.VC_HEAD]!;
  const slot = at + L.VC_SLOTS + position;
  const flit = vcs[slot]!;
  vcs[at + L.VC_HEAD] = position + 1 === bufferFlits ? 0 : position + 1;
  const left = --vcs[at + L.VC_COUNT]!;
  const creditAt = (fixedDelays ? cycle : creditSent(state, inPort)) + port[inAt + L.PORT_CREDIT_DELAY]!;
  vcs[slot] = ~creditAt;
  if (vcs[at + L.VC_AWAITED] !== 0) announceCredit(state, vc, creditAt);

  const outPort = router * state.ports + vcs[at + L.VC_OUT_PORT]!;
  const outAt = outPort * L.PORT_STRIDE;
  const down = vcs[at + L.VC_OUT_VC]!;
  const arrival = fixedDelays ? cycle + port[outAt + L.PORT_FLIT_DELAY]! : arrivalCycle(state, router, outPort);
  state.flitHops++;
  if ((flit & L.FLIT_HEAD) !== 0) state.packets.hops[flit >> 2]!++;
  if (down < state.firstSinkVc) state.place(down, flit, arrival);
  else eject(state, flit, down, arrival);

  if ((flit & L.FLIT_TAIL) !== 0) finishPacket(state, router, inAt, vc, down, outPort, left, creditAt);
  else if (left === 0) clearReady(state, router, inPort, inAt, vc);
  else if (state.parameters.switchAllocDelay > 1) {
    clearReady(state, router, inPort, inAt, vc);
    state.wheel.push(cycle + state.parameters.switchAllocDelay, vc * 8 + L.ENTRY_ASK_SWITCH);
  }
}

/** Whoever sends into this buffer waits for the slot that has just been emptied: tell it when the credit is there. */
export function announceCredit(state: FlitState, vc: number, creditAt: number): void {
  state.vcs[vc * state.vcStride + L.VC_AWAITED] = 0;
  const owner = state.cold[vc * L.COLD_STRIDE + L.COLD_OWNER]!;
  if (owner >= 0) state.wheel.push(creditAt, owner * 8 + L.ENTRY_CREDIT);
  else state.wheel.push(creditAt, (-owner - 1) * 8 + L.ENTRY_SOURCE);
}

/** A terminal takes every flit in its cycle of arrival and returns the credit in that cycle, so all is known already. */
export function eject(state: FlitState, flit: number, down: number, arrival: number): void {
  const { packets, vcs } = state;
  const at = down * state.vcStride;
  const tail = vcs[at + L.VC_TAIL]!;
  const packet = flit >> 2;
  const sinkPort = (down / state.numVcs) | 0;
  vcs[at + L.VC_TAIL] = tail + 1 === state.bufferFlits ? 0 : tail + 1;
  vcs[at + L.VC_SLOTS + tail] = ~(arrival + state.port[sinkPort * L.PORT_STRIDE + L.PORT_CREDIT_DELAY]!);
  state.flitsEjected.add(arrival);
  packets.flitsLeft[packet]!--;
  packets.flitCycles[packet]! += state.epoch + arrival;
  if ((flit & L.FLIT_HEAD) !== 0) packets.headEjected[packet] = state.epoch + arrival;
  if ((flit & L.FLIT_TAIL) !== 0) state.cold[down * L.COLD_STRIDE + L.COLD_FLITS]! += packets.flits[packet]!;
  if ((flit & L.FLIT_TAIL) !== 0) state.wheel.push(arrival, packet * 8 + L.ENTRY_EJECT);
}

/** The tail has left: its output VC is free for the next packet, and the next head (if any) is routed. */
function finishPacket(state: FlitState, router: number, inAt: number, vc: number, down: number, outPort: number, left: number, creditAt: number): void {
  const { vcs, port, numVcs } = state;
  const inPort = (vc / numVcs) | 0;
  clearReady(state, router, inPort, inAt, vc);
  state.router[router * L.ROUTER_STRIDE + L.ROUTER_PACKETS]!--;
  if (state.parameters.waitForTailCredit) holdUntilCredit(state, vc, down, creditAt);
  else releaseVc(state, router, outPort, down - port[outPort * L.PORT_STRIDE + L.PORT_DOWN]!);
  if (left === 0) vcs[vc * state.vcStride + L.VC_STATE] = L.STATE_IDLE;
  else if (state.parameters.routingDelay > 0) enterRouting(state, vc, state.cycle + 1);
  else {
    vcs[vc * state.vcStride + L.VC_STATE] = L.STATE_ROUTING;
    state.routing[state.routingCount++] = vc;
  }
}

/** Free an output VC of a router from the next VC allocation on. */
export function releaseVc(state: FlitState, router: number, outPort: number, outVc: number): void {
  state.port[outPort * L.PORT_STRIDE + L.PORT_FREE]! |= 1 << outVc;
  if (state.wait[outPort * L.WAIT_STRIDE + L.WAIT_PENDING] !== 0) state.vcSet.add(router);
}

/**
 * wait_for_tail_credit: an output VC is free only when the downstream buffer is empty again. Its packet's tail has now left
 * the downstream buffer `vc`, so the VC that leads here is freed with this credit. A terminal's buffer empties by itself.
 */
function holdUntilCredit(state: FlitState, vc: number, down: number, creditAt: number): void {
  state.wheel.push(creditAt, vc * 8 + L.ENTRY_RELEASE);
  if (down >= state.firstSinkVc) {
    const tail = state.vcs[down * state.vcStride + L.VC_TAIL]!;
    const last = tail === 0 ? state.bufferFlits - 1 : tail - 1;
    const freeAt = ~state.vcs[down * state.vcStride + L.VC_SLOTS + last]!;
    state.wheel.push(freeAt, down * 8 + L.ENTRY_RELEASE);
  }
}

export function clearReady(state: FlitState, router: number, inPort: number, inAt: number, vc: number): void {
  const mask = (state.port[inAt + L.PORT_READY]! &= ~(1 << (vc - inPort * state.numVcs)));
  if (mask === 0) state.router[router * L.ROUTER_STRIDE + L.ROUTER_READY]! &= ~(1 << (inPort - router * state.ports));
}

/** With batches, speedups or several steps a cycle the flit queues for the wire: one flit per output port and cycle. */
function arrivalCycle(state: FlitState, router: number, outPort: number): number {
  const { parameters, wait } = state;
  const at = outPort * L.WAIT_STRIDE;
  const crossing = parameters.switchPrepareDelay + parameters.switchFinalDelay;
  const from = state.stepsLeft > 1 ? state.cycle : state.cycle + 1;
  const start = crossing === 1 ? from : startBatch(state.router, router * L.ROUTER_STRIDE + L.ROUTER_CROSSBAR_BATCH, from, crossing);
  const wire = Math.max(start + crossing - 1, wait[at + L.WAIT_WIRE]! + 1);
  wait[at + L.WAIT_WIRE] = wire;
  return wire + wait[at + L.WAIT_WIRE_DELAY]!;
}

/** One credit message per input port and cycle; each router step makes its own message. */
function creditSent(state: FlitState, inPort: number): number {
  const { wait } = state;
  const at = inPort * L.WAIT_STRIDE;
  if (wait[at + L.WAIT_CREDIT_STEP] !== state.step) {
    wait[at + L.WAIT_CREDIT_STEP] = state.step;
    wait[at + L.WAIT_CREDIT_WIRE] = Math.max(state.cycle, wait[at + L.WAIT_CREDIT_WIRE]! + 1);
  }
  return wait[at + L.WAIT_CREDIT_WIRE]!;
}

/** True when the downstream slot for the front flit is free; otherwise the VC stops asking until the credit comes. */
export function hasCredit(state: FlitState, vc: number): boolean {
  const down = state.vcs[vc * state.vcStride + L.VC_OUT_VC]!;
  const slot = state.vcs[state.tailSlot(down)]!;
  return slot < 0 && ~slot <= state.cycle;
}

/** The front flit waits for a credit: it is woken when the credit is there. */
export function waitForCredit(state: FlitState, router: number, inPort: number, vc: number): void {
  const { vcs } = state;
  const down = vcs[vc * state.vcStride + L.VC_OUT_VC]!;
  const slot = vcs[state.tailSlot(down)]!;
  state.cold[vc * L.COLD_STRIDE + L.COLD_BLOCKED_SINCE] = state.cycle;
  clearReady(state, router, inPort, inPort * L.PORT_STRIDE, vc);
  if (slot >= 0) vcs[down * state.vcStride + L.VC_AWAITED] = 1;
  else state.wheel.push(~slot, vc * 8 + L.ENTRY_CREDIT);
}

/** A flit becomes visible in its buffer. */
export function arrive(state: FlitState, vc: number): void {
  const { vcs } = state;
  const at = vc * state.vcStride;
  const before = vcs[at + L.VC_COUNT]!;
  vcs[at + L.VC_COUNT] = before + 1;
  const phase = vcs[at + L.VC_STATE]!;
  if (before !== 0 || phase >= L.STATE_TRAIN) return;
  if (phase === L.STATE_ACTIVE) {
    state.order?.arrived(vc, state.step, (vc / state.numVcs) | 0);
    if (state.parameters.switchAllocDelay === 1) state.markReady(vc);
    else state.wheel.push(state.cycle + state.parameters.switchAllocDelay - 1, vc * 8 + L.ENTRY_ASK_SWITCH);
  } else if (state.parameters.routingDelay > 0) enterRouting(state, vc, state.cycle);
  else askForVc(state, vc, state.cycle);
}
