import type { NetworkGraph } from '../graph.js';
import * as L from './layout.js';
import type { RouterParameters } from './parameters.js';
import { askForVc, enterRouting } from './routing-stage.js';
import type { FlitState } from './state.js';
import { announceCredit, clearReady, eject, releaseVc } from './traversal.js';

/**
 * For how many cycles after the present one a packet that is alone at a router needs to fear no competitor there; 0 where
 * trains do not apply. Whoever comes next must first be given a virtual channel of the router: a neighbour's VC allocation
 * is further away (switch, crossing and wire come on top) than a packet that its terminal injects in the next cycle.
 */
export function safeTrainCycles(graph: NetworkGraph, parameters: RouterParameters): number {
  const { waitForTailCredit, vcAllocDelay, switchAllocDelay, switchPrepareDelay, switchFinalDelay, routingDelay } = parameters;
  if (waitForTailCredit || vcAllocDelay !== 1 || switchAllocDelay !== 1 || switchPrepareDelay + switchFinalDelay !== 1) return 0;
  const injection = graph.terminals.reduce((least, terminal) => Math.min(least, 1 + terminal.injectLatencyCycles), Infinity);
  return injection + routingDelay + vcAllocDelay;
}

/**
 * A packet that is alone at a router has just sent a flit. Those that are already on their way to it, or in its buffer, will win
 * the switch as soon as they are there, so they are sent now, each with the cycle in which it would have been: one visit of the
 * router and no arbitration for each. What is left of a flit is its arrival at the next router. The virtual channel sleeps until
 * the train has passed.
 */
export function sendTrain(state: FlitState, router: number, inPort: number, vc: number): void {
  const { vcs, cycle } = state;
  const at = vc * state.vcStride;
  if (vcs[at + L.VC_STATE] !== L.STATE_ACTIVE) return;
  const down = vcs[at + L.VC_OUT_VC]!;
  const limit = cycle + state.trainCycles;
  const ahead = flitsAhead(state, at);
  const arrived = vcs[at + L.VC_COUNT]!;
  const run = vcs[at + L.VC_RUN]!;
  let last = cycle;
  let withTail = false;
  for (let index = 0; index < ahead && !withTail; index++) {
    // Flits on the wire: only the last ones, which are known to follow each other, have a known cycle of arrival.
    if (index >= arrived && ahead - index > run % L.RUN_SCALE) break;
    const arrival = index < arrived ? 0 : ((run / L.RUN_SCALE) | 0) - (ahead - 1 - index);
    const sent = arrival > last ? arrival : last + 1;
    const room = vcs[state.tailSlot(down)]!;
    if (sent > limit || room >= 0 || ~room > sent) break;
    const flit = leave(state, inPort, vc, sent);
    enterNext(state, router * state.ports + vcs[at + L.VC_OUT_PORT]!, down, flit, sent);
    withTail = (flit & L.FLIT_TAIL) !== 0;
    last = sent;
  }
  if (last === cycle) return;
  clearReady(state, router, inPort, inPort * L.PORT_STRIDE, vc);
  vcs[at + L.VC_STATE] = withTail ? L.STATE_TRAIN_WITH_TAIL : L.STATE_TRAIN;
  state.wheel.push(last + 1, vc * 8 + L.ENTRY_ASK_SWITCH);
}

/** Flits in a buffer or on their way to it. */
function flitsAhead(state: FlitState, at: number): number {
  const { vcs, bufferFlits } = state;
  const head = vcs[at + L.VC_HEAD]!;
  const between = vcs[at + L.VC_TAIL]! - head;
  if (between !== 0) return between > 0 ? between : between + bufferFlits;
  return vcs[at + L.VC_SLOTS + head]! >= 0 ? bufferFlits : 0;
}

/** The train has passed in the cycle before this one: what waits behind it goes on as usual. */
export function endTrain(state: FlitState, vc: number): void {
  const { vcs, numVcs, ports, port } = state;
  const at = vc * state.vcStride;
  const waiting = vcs[at + L.VC_COUNT]!;
  const withTail = vcs[at + L.VC_STATE] === L.STATE_TRAIN_WITH_TAIL;
  if (!withTail) {
    vcs[at + L.VC_STATE] = L.STATE_ACTIVE;
    if (waiting > 0) state.markReady(vc);
    return;
  }
  const router = (vc / (ports * numVcs)) | 0;
  const outPort = router * ports + vcs[at + L.VC_OUT_PORT]!;
  state.router[router * L.ROUTER_STRIDE + L.ROUTER_PACKETS]!--;
  releaseVc(state, router, outPort, vcs[at + L.VC_OUT_VC]! - port[outPort * L.PORT_STRIDE + L.PORT_DOWN]!);
  if (waiting === 0) vcs[at + L.VC_STATE] = L.STATE_IDLE;
  else if (state.parameters.routingDelay > 0) enterRouting(state, vc, state.cycle);
  else askForVc(state, vc, state.cycle);
}

/** The front flit leaves its buffer in cycle `sent`; its credit goes upstream. */
function leave(state: FlitState, inPort: number, vc: number, sent: number): number {
  const { vcs } = state;
  const at = vc * state.vcStride;
  const position = vcs[at + L.VC_HEAD]!;
  const flit = vcs[at + L.VC_SLOTS + position]!;
  const creditAt = sent + state.port[inPort * L.PORT_STRIDE + L.PORT_CREDIT_DELAY]!;
  vcs[at + L.VC_HEAD] = position + 1 === state.bufferFlits ? 0 : position + 1;
  vcs[at + L.VC_SLOTS + position] = ~creditAt;
  vcs[at + L.VC_COUNT]!--;
  if (vcs[at + L.VC_AWAITED] !== 0) announceCredit(state, vc, creditAt);
  return flit;
}

function enterNext(state: FlitState, outPort: number, down: number, flit: number, sent: number): void {
  const arrival = sent + state.port[outPort * L.PORT_STRIDE + L.PORT_FLIT_DELAY]!;
  state.flitHops++;
  if (down >= state.firstSinkVc) eject(state, flit, down, arrival);
  else state.place(down, flit, arrival);
}
