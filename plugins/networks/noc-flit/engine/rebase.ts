import * as L from './layout.js';
import type { Sources } from './sources.js';
import type { FlitState } from './state.js';

/**
 * Cycle of the internal clock from which its origin is moved: a buffer's record of its last arrival holds RUN_SCALE times a
 * cycle in 32 bits.
 */
export const REBASE_AT_CYCLE = 2 ** 25;

/** Move the origin of the 32-bit cycle counters; absolute times do not change. */
export function rebase(state: FlitState, sources: Sources): void {
  const size = state.wheel.mask + 1;
  // A multiple of every period in use: the wheel's slots stay where they are.
  const shift = Math.floor(state.cycle / size) * size;
  state.cycle -= shift;
  state.epoch += shift;
  for (let vc = 0; vc * state.vcStride < state.vcs.length; vc++) rebaseVc(state, vc, shift);
  for (let at = 0; at < state.wait.length; at += L.WAIT_STRIDE) {
    state.wait[at + L.WAIT_WIRE] = Math.max(-1, state.wait[at + L.WAIT_WIRE]! - shift);
    state.wait[at + L.WAIT_CREDIT_WIRE] = Math.max(-1, state.wait[at + L.WAIT_CREDIT_WIRE]! - shift);
  }
  for (let at = 0; at < state.router.length; at += L.ROUTER_STRIDE) {
    for (const field of [L.ROUTER_ROUTE_BATCH, L.ROUTER_CROSSBAR_BATCH]) state.router[at + field] = Math.max(0, state.router[at + field]! - shift);
  }
  state.flitsInjected.rebase(shift);
  state.flitsEjected.rebase(shift);
  sources.rebase(shift);
}

function rebaseVc(state: FlitState, vc: number, shift: number): void {
  const { vcs, cold } = state;
  const first = vc * state.vcStride + L.VC_SLOTS;
  for (let at = first; at < first + state.bufferFlits; at++) {
    if (vcs[at]! < 0) vcs[at] = ~Math.max(0, ~vcs[at]! - shift);
  }
  // The flits on the wire go without a train.
  vcs[vc * state.vcStride + L.VC_RUN] = 0;
  cold[vc * L.COLD_STRIDE + L.COLD_BLOCKED_SINCE]! -= shift;
  cold[vc * L.COLD_STRIDE + L.COLD_ASKED]! -= shift;
}
