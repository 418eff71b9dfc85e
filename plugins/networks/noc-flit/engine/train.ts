import type { NetworkGraph } from '../graph.js';
import { L } from './layout.js';
import type { RouterParameters } from './parameters.js';
import { askForVc, enterRouting } from './routing-stage.js';
import type { FlitState } from './state.js';
import { announceCredit, clearReady, eject, enterNext, releaseVc } from './traversal.js';

/** True when a packet that is alone at a router may be sent ahead: nothing but the flits before it decides when a flit leaves. */
export function usesTrains(parameters: RouterParameters): boolean {
  const { waitForTailCredit, vcAllocDelay, switchAllocDelay, switchPrepareDelay, switchFinalDelay } = parameters;
  return !waitForTailCredit && vcAllocDelay === 1 && switchAllocDelay === 1 && switchPrepareDelay + switchFinalDelay === 1;
}

/**
 * For how many cycles after the first one of a window a packet that is alone at a router needs to fear no competitor there.
 * Whoever comes next must first be given a virtual channel of the router, pass the wire, be routed and be given one of its
 * outputs. Known are the packets that terminals have injected up to the end of the window, and those that the neighbours
 * have let through before it.
 */
export function safeTrainCycles(graph: NetworkGraph, parameters: RouterParameters, windowCycles: number): number {
  const injection = graph.terminals.reduce((least, terminal) => Math.min(least, 1 + terminal.injectLatencyCycles), Infinity);
  const neighbour = graph.channels.reduce((least, channel) => Math.min(least, 2 + channel.latencyCycles), Infinity);
  return Math.min(windowCycles - 1 + injection, neighbour) + parameters.routingDelay + parameters.vcAllocDelay;
}

/**
 * A packet that is alone at a router has just sent a flit. Those that are already on their way to it, or in its buffer, will win
 * the switch as soon as they are there, so they are sent now, each with the cycle in which it would have been: one visit of the
 * router and no arbitration for each. What is left of a flit is its arrival at the next router. The virtual channel sleeps until
 * the train has passed.
 */
export function sendTrain(state: FlitState, vc: number, input: number, local: number): void {
  const { vcs, vcs16, table, table16, cycle } = state;
  if (vcs16[2 * vc + L.VC16_STATE] !== L.STATE_ACTIVE) return;
  const down = vcs[vc + L.VC_OUT_VC]!;
  const limit = state.windowStart + state.trainCycles;
  const ports = state.hereAt + state.portsAt;
  const outAt = ports + vcs16[2 * vc + L.VC16_OUT_PORT]! * L.PORT_STRIDE;
  const flitDelay = table16[2 * outAt + L.PORT16_FLIT_DELAY]!;
  const creditDelay = table16[2 * (ports + input * L.PORT_STRIDE) + L.PORT16_CREDIT_DELAY]!;
  const bit = (vc - state.hereVc) >> state.vcShift;
  let waiting = vcs16[2 * vc + L.VC16_COUNT]!;
  let last = cycle;
  let withTail = false;
  for (let sent = cycle + 1; sent <= limit && !withTail; sent++) {
    const ring = state.hereAt + state.ringAt + (sent & state.calendar.mask) * state.requestWords + (bit >> 5);
    if ((table[ring]! & (1 << (bit & 31))) !== 0) waiting++;
    if (waiting === 0) continue;
    const room = state.nextSlot(down);
    if (room >= 0 || ~room > sent) break;
    const flit = leave(state, vc, sent + creditDelay);
    state.flitHops++;
    if (down < state.firstSinkVc) enterNext(state, outAt, down, flit, sent + flitDelay);
    else eject(state, flit, down, sent + flitDelay);
    withTail = (flit & L.FLIT_TAIL) !== 0;
    last = sent;
    waiting--;
  }
  if (last === cycle) return;
  clearReady(state, input, local);
  vcs16[2 * vc + L.VC16_STATE] = withTail ? L.STATE_TRAIN_WITH_TAIL : L.STATE_TRAIN;
  state.wakeAt(vc, last + 1);
}

/** The train has passed in the cycle before this one: what waits behind it goes on as usual. */
export function endTrain(state: FlitState, vc: number): void {
  const { vcs16, hereAt } = state;
  const waiting = vcs16[2 * vc + L.VC16_COUNT]!;
  if (vcs16[2 * vc + L.VC16_STATE] === L.STATE_TRAIN) {
    vcs16[2 * vc + L.VC16_STATE] = L.STATE_ACTIVE;
    if (waiting > 0) state.markReady(vc);
    return;
  }
  state.table[hereAt + L.ROUTER_PACKETS]!--;
  releaseVc(state, hereAt, hereAt + state.portsAt + vcs16[2 * vc + L.VC16_OUT_PORT]! * L.PORT_STRIDE, state.vcs[vc + L.VC_OUT_VC]!);
  if (waiting === 0) vcs16[2 * vc + L.VC16_STATE] = L.STATE_IDLE;
  else if (state.parameters.routingDelay > 0) enterRouting(state, vc, state.cycle);
  else askForVc(state, vc, state.cycle);
}

/** The front flit leaves its buffer; its credit is upstream in cycle `creditAt`. */
function leave(state: FlitState, vc: number, creditAt: number): number {
  const { vcs, vcs16 } = state;
  const position = vcs16[2 * vc + L.VC16_HEAD]!;
  const flit = vcs[vc + L.VC_SLOTS + position]!;
  vcs16[2 * vc + L.VC16_HEAD] = position + 1 === state.bufferFlits ? 0 : position + 1;
  vcs[vc + L.VC_SLOTS + position] = ~creditAt;
  vcs16[2 * vc + L.VC16_COUNT]!--;
  if (vcs16[2 * vc + L.VC16_CREDITS] !== 0) vcs16[2 * vc + L.VC16_CREDITS]!--;
  if (vcs16[2 * vc + L.VC16_AWAITED] !== 0) announceCredit(state, vc, creditAt);
  return flit;
}
