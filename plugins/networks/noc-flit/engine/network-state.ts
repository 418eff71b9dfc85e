import type { StateExchange } from 'tessera-sim';
import { L } from './assembly/layout.js';
import { M } from './assembly/parameters.js';
import type { Bases } from './bases.js';
import { exchangeChannels, exchangeRouteSets } from './channel-state.js';
import { exchangeSlots } from './flit-counter.js';
import { exchangePackets } from './packet-state.js';
import { hasFixedDelays } from './parameters.js';
import { exchangeCalendar, exchangeRouters, exchangeWires } from './router-state.js';
import type { Sources } from './sources.js';
import type { FlitState } from './state.js';

const TOTALS = [M.FLIT_HOPS, M.NO_VC, M.NO_CREDIT, M.LOST_SWITCH, M.EJECTED];

/**
 * The state of a network relative to its present cycle, in all its tables. What is at rest costs next to nothing. The scratch
 * tables of the pipeline hold nothing between two windows.
 *
 * @param now absolute cycle in which a network that is loaded goes on
 */
export function exchangeNetwork(s: StateExchange, state: FlitState, sources: Sources, now: number): void {
  const bases = exchangeClock(s, state, now);
  const { memory, parameters } = state;
  exchangeRouters(s, state, bases);
  exchangeChannels(s, state, bases);
  exchangeCalendar(s, state, bases);
  if (!hasFixedDelays(parameters)) exchangeWires(s, state, bases);
  if (state.keepsRouteSets) exchangeRouteSets(s, state);
  exchangeSlots(s, memory.words, state.ejectedAt, state.counterSize, bases);
  state.flitsInjected.state(s, bases);
  state.wheel.state(s, bases);
  sources.exchange(s, bases);
  const unsent = sources.unsentFlits();
  exchangePackets(s, state, bases, (packet) => unsent.get(packet));
  state.order?.state(s, {
    present: stepOf(state, bases.nowFrom),
    loaded: stepOf(state, bases.nowTo),
    bids: parameters.speculative,
    isBusy: (vc) => memory.halves[2 * (state.vcsAt + (vc << state.vcShift)) + L.VC16_STATE] !== L.STATE_IDLE,
  });
  for (const total of TOTALS) memory.doubles[total] = s.number(memory.doubles[total]!);
}

/** The clock of a loaded network begins one turn of all calendars after 0, with the same place in its window. */
function exchangeClock(s: StateExchange, state: FlitState, now: number): Bases {
  const present = state.epoch + state.cycle;
  const from = state.cycle - (state.cycle % state.windowCycles);
  const ahead = s.number(state.cycle - from);
  // Where cycles have different numbers of steps, the cycle's own number tells how many.
  const loaded = Number.isInteger(state.parameters.internalSpeedup) ? now : s.number(present);
  if (!s.loading) return { from, to: from, nowFrom: present, nowTo: present };
  const to = Math.max(state.wheel.mask, state.calendar.mask) + 1;
  state.cycle = to + ahead;
  state.epoch = loaded - state.cycle;
  return { from, to, nowFrom: present, nowTo: loaded };
}

/** Number of the first router step of a cycle. */
function stepOf({ parameters }: FlitState, cycle: number): number {
  return Math.floor(cycle * parameters.internalSpeedup);
}
