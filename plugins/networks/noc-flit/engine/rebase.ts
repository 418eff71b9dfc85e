import { L } from './assembly/layout.js';
import { shiftSlots } from './flit-counter.js';
import { hasFixedDelays } from './parameters.js';
import type { Sources } from './sources.js';
import type { FlitState } from './state.js';

/** Cycle of the internal clock from which its origin is moved: counters have 32 bits. */
export const REBASE_AT_CYCLE = 2 ** 25;

/** Move the origin of the 32-bit cycle counters; absolute times do not change. */
export function rebase(state: FlitState, sources: Sources): void {
  const { words } = state.memory;
  const size = Math.max(state.wheel.mask, state.calendar.mask) + 1;
  // A multiple of every period in use: the calendars' slots stay where they are.
  const shift = Math.floor(state.cycle / size) * size;
  state.cycle -= shift;
  state.epoch += shift;
  for (let vc = state.vcsAt; vc < state.vcsEnd; vc += state.vcStride) rebaseVc(state, vc, shift);
  for (let router = 0; router < state.routers; router++) {
    const at = state.routerAt(router);
    for (const field of [L.ROUTER_ROUTE_BATCH, L.ROUTER_CROSSBAR_BATCH]) words[at + field] = Math.max(0, words[at + field]! - shift);
  }
  if (!hasFixedDelays(state.parameters)) rebaseWires(state, shift);
  state.flitsInjected.rebase(shift);
  shiftSlots(words, state.ejectedAt, state.counterSize, shift);
  sources.rebase(shift);
}

function rebaseVc(state: FlitState, vc: number, shift: number): void {
  const { words } = state.memory;
  const first = vc + L.VC_SLOTS;
  for (let slot = first; slot < first + state.bufferFlits; slot++) {
    if (words[slot]! < 0) words[slot] = ~Math.max(0, ~words[slot]! - shift);
  }
  words[vc + L.VC_SINCE]! -= shift;
}

function rebaseWires({ memory, wiresAt, routers, ports }: FlitState, shift: number): void {
  for (let at = wiresAt; at < wiresAt + routers * ports * L.WIRE_STRIDE; at += L.WIRE_STRIDE) {
    const free = memory.words[at + L.WIRE_FREE]! - shift;
    memory.words[at + L.WIRE_FREE] = Math.max(0, free);
    if (free < 0) memory.words[at + L.WIRE_FRACTION] = 0;
    memory.words[at + L.WIRE_CREDIT] = Math.max(-1, memory.words[at + L.WIRE_CREDIT]! - shift);
  }
}
