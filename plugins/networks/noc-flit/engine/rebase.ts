import { L } from './layout.js';
import type { Sources } from './sources.js';
import type { FlitState } from './state.js';

/** Cycle of the internal clock from which its origin is moved: counters have 32 bits. */
export const REBASE_AT_CYCLE = 2 ** 25;

/** Move the origin of the 32-bit cycle counters; absolute times do not change. */
export function rebase(state: FlitState, sources: Sources): void {
  const size = Math.max(state.wheel.mask, state.calendar.mask) + 1;
  // A multiple of every period in use: the calendars' slots stay where they are.
  const shift = Math.floor(state.cycle / size) * size;
  state.cycle -= shift;
  state.epoch += shift;
  for (let vc = 0; vc < state.vcs.length; vc += state.vcStride) rebaseVc(state, vc, shift);
  for (let at = 0; at < state.wires.length; at += L.WIRE_STRIDE) {
    for (const field of [L.WIRE_FLIT, L.WIRE_CREDIT]) state.wires[at + field] = Math.max(-1, state.wires[at + field]! - shift);
  }
  for (let at = 0; at < state.table.length; at += state.routerStride) {
    for (const field of [L.ROUTER_ROUTE_BATCH, L.ROUTER_CROSSBAR_BATCH]) state.table[at + field] = Math.max(0, state.table[at + field]! - shift);
  }
  state.flitsInjected.rebase(shift);
  state.flitsEjected.rebase(shift);
  sources.rebase(shift);
}

function rebaseVc(state: FlitState, vc: number, shift: number): void {
  const { vcs } = state;
  const first = vc + L.VC_SLOTS;
  for (let slot = first; slot < first + state.bufferFlits; slot++) {
    if (vcs[slot]! < 0) vcs[slot] = ~Math.max(0, ~vcs[slot]! - shift);
  }
  vcs[vc + L.VC_SINCE]! -= shift;
}
