import type { StateExchange } from 'tessera-sim';
import { L } from './assembly/layout.js';
import type { Bases } from './bases.js';
import { exchangeSparse } from './sparse.js';
import type { FlitState } from './state.js';

/** Places in the image of a virtual channel; its buffer follows, from the slot that is read next on. */
const I = { count: 0, tail: 1, state: 2, awaited: 3, accept: 4, outPort: 5, outVc: 6, flits: 7, since: 8, owner: 9, slots: 10 } as const;

/** The virtual channels with their buffers, router by router: zero where nothing goes on. */
export function exchangeChannels(s: StateExchange, state: FlitState, bases: Bases): void {
  const size = I.slots + state.bufferFlits;
  const image = new Int32Array(state.vcsPerRouter * size);
  for (let first = state.vcsAt; first < state.vcsEnd; first += state.routerVcs) {
    const end = Math.min(first + state.routerVcs, state.vcsEnd);
    image.fill(0);
    if (!s.loading) for (let vc = first, at = 0; vc < end; vc += state.vcStride, at += size) readChannel(state, vc, image, at, bases);
    exchangeSparse(s, image);
    if (s.loading) for (let vc = first, at = 0; vc < end; vc += state.vcStride, at += size) writeChannel(state, vc, image, at, bases);
  }
}

function readChannel(state: FlitState, vc: number, image: Int32Array, at: number, { from }: Bases): void {
  const { words, halves } = state.memory;
  const { bufferFlits } = state;
  const half = 2 * vc;
  // A terminal reads at once: only where its buffer is filled next matters.
  const front = halves[half + (vc < state.firstSinkVc ? L.VC16_HEAD : L.VC16_TAIL)]!;
  image[at + I.count] = halves[half + L.VC16_COUNT]!;
  image[at + I.tail] = (halves[half + L.VC16_TAIL]! - front + bufferFlits) % bufferFlits;
  image[at + I.state] = halves[half + L.VC16_STATE]!;
  image[at + I.awaited] = halves[half + L.VC16_AWAITED]!;
  image[at + I.accept] = halves[half + L.VC16_ACCEPT]!;
  image[at + I.flits] = words[vc + L.VC_FLITS]!;
  image[at + I.owner] = words[vc + L.VC_OWNER]!;
  if (halves[half + L.VC16_STATE] !== L.STATE_IDLE) {
    image[at + I.outPort] = halves[half + L.VC16_OUT_PORT]!;
    image[at + I.outVc] = words[vc + L.VC_OUT_VC]!;
    image[at + I.since] = words[vc + L.VC_SINCE]! - from;
  }
  for (let place = 0; place < bufferFlits; place++) {
    const slot = words[vc + L.VC_SLOTS + ((front + place) % bufferFlits)]!;
    // A flit is told as a positive number, a slot that is free some cycles later as a negative one.
    image[at + I.slots + place] = slot >= 0 ? slot + 1 : Math.min(0, from - ~slot);
  }
}

function writeChannel(state: FlitState, vc: number, image: Int32Array, at: number, { to }: Bases): void {
  const { words, halves } = state.memory;
  const half = 2 * vc;
  halves[half + L.VC16_HEAD] = 0;
  halves[half + L.VC16_COUNT] = image[at + I.count]!;
  halves[half + L.VC16_TAIL] = image[at + I.tail]!;
  halves[half + L.VC16_STATE] = image[at + I.state]!;
  halves[half + L.VC16_AWAITED] = image[at + I.awaited]!;
  halves[half + L.VC16_ACCEPT] = image[at + I.accept]!;
  halves[half + L.VC16_OUT_PORT] = image[at + I.outPort]!;
  words[vc + L.VC_OUT_VC] = image[at + I.outVc]!;
  words[vc + L.VC_FLITS] = image[at + I.flits]!;
  words[vc + L.VC_SINCE] = image[at + I.since]! + to;
  words[vc + L.VC_OWNER] = image[at + I.owner]!;
  for (let place = 0; place < state.bufferFlits; place++) {
    const told = image[at + I.slots + place]!;
    words[vc + L.VC_SLOTS + place] = told > 0 ? told - 1 : told === 0 ? ~0 : ~(to - told);
  }
}

/** What the heads that wait for a virtual channel ask for, where it is more than one range. */
export function exchangeRouteSets(s: StateExchange, state: FlitState): void {
  const { memory, maxRequests, routeSetsAt, routePriorities } = state;
  const image = new Int32Array(2 * routePriorities.length);
  const half = routePriorities.length;
  for (let vc = state.vcsAt, at = 0; !s.loading && vc < state.firstSinkVc; vc += state.vcStride, at += maxRequests) {
    if (memory.halves[2 * vc + L.VC16_STATE] !== L.STATE_ALLOCATING) continue;
    const requests = memory.halves[2 * vc + L.VC16_REQUESTS]!;
    image.set(memory.words.subarray(routeSetsAt + at, routeSetsAt + at + requests), at);
    image.set(routePriorities.subarray(at, at + requests), half + at);
  }
  exchangeSparse(s, image);
  if (!s.loading) return;
  memory.words.set(image.subarray(0, half), routeSetsAt);
  routePriorities.set(image.subarray(half));
}
