import { askForSwitch, markReady } from './buffers';
import { cycle, hereAt, hereVc, step } from './here';
import { wasGranted } from './host';
import { L } from './layout';
import {
  addTo,
  best,
  firstBitFrom,
  firstSinkVc,
  granted,
  half,
  iterations,
  keepsOrder,
  lowestBit,
  numVcs,
  portOfLocal,
  portsAt,
  requestsAt,
  requestStride,
  requestWords,
  routerStride,
  setHalf,
  setWord,
  speculative,
  switchAllocDelay,
  tableAt,
  touched,
  vcAllocDelay,
  vcShift,
  vcsPerRouter,
  word,
} from './memory';
import { M } from './parameters';
import { withdrawRequests } from './routing';

/** VCs granted in this step. */
export let grantedCount: i32 = 0;

/**
 * Virtual-channel allocation by iSLIP on the request tables, one step of the router at hand. Every free output VC that is
 * asked for grants one input VC; every input VC accepts one grant. A router whose waiting heads ask for no free VC rests
 * until a tail leaves it.
 */
export function allocateVcs(): void {
  let contested = match(true);
  for (let iteration = 1; iteration < iterations && contested; iteration++) contested = match(false);
  if (!contested || word(hereAt, L.ROUTER_PENDING) == 0) setWord(hereAt, L.ROUTER_CONTEST, 0);
}

/** One iteration of grant and accept; false when no free output VC was asked for. */
function match(first: bool): bool {
  let contested = false;
  for (let pending = word(hereAt, L.ROUTER_PENDING); pending != 0; pending &= pending - 1) {
    const out = lowestBit(pending);
    const outAt = hereAt + portsAt + out * L.PORT_STRIDE;
    const free = word(outAt, L.PORT_FREE);
    if (free == 0) continue;
    if (half(outAt, L.PORT16_PENDING) == 1 ? grantLone(out * numVcs, free, first) : grant(out * numVcs, free)) contested = true;
  }
  if (contested) accept(first);
  return contested;
}

/** The usual case: one head asks at the output, and nowhere else. It takes the first VC from its accept pointer on. */
function grantLone(firstLocal: i32, freeVcs: i32, first: bool): bool {
  let offered = 0;
  let at = 0;
  for (let free = freeVcs; free != 0; free &= free - 1) {
    const request = hereAt + requestsAt + (firstLocal + lowestBit(free)) * requestStride;
    if (!isAskedFor(request)) continue;
    offered |= free & -free;
    at = request;
  }
  if (offered == 0) return false;
  const input = firstRequest(at);
  const vc = hereVc + (input << vcShift);
  if (half(vc, L.VC16_REQUESTS) != 1) return grant(firstLocal, freeVcs);
  const from = half(vc, L.VC16_ACCEPT) - firstLocal;
  take(vc, input, firstLocal + (from < 0 || from >= numVcs ? lowestBit(offered) : firstBitFrom(offered, from)), first);
  return true;
}

function isAskedFor(at: i32): bool {
  for (let index = 0; index < requestWords; index++) {
    if (word(at + index, 0) != 0) return true;
  }
  return false;
}

/** Each free VC of one output port grants a requester. */
function grant(firstLocal: i32, freeVcs: i32): bool {
  let any = false;
  for (let free = freeVcs; free != 0; free &= free - 1) {
    const output = firstLocal + lowestBit(free);
    const at = hereAt + requestsAt + output * requestStride;
    const input = firstRequest(at);
    if (input < 0) continue;
    any = true;
    offer(input, output);
  }
  return any;
}

/** The input VC that asks for the output VC whose requests lie at `at`, first from its pointer on; -1: nobody asks. */
@inline
function firstRequest(at: i32): i32 {
  const from = word(at + requestWords, 0);
  if (requestWords == 1) {
    const mask = word(at, 0);
    return mask == 0 ? -1 : firstBitFrom(mask, from);
  }
  return firstRequestInWords(at, from);
}

function firstRequestInWords(at: i32, from: i32): i32 {
  const startWord = from >> 5;
  if (startWord < requestWords) {
    const high = word(at + startWord, 0) & (-1 << (from & 31));
    if (high != 0) return (startWord << 5) + lowestBit(high);
  }
  for (let index = startWord + 1; index < requestWords; index++) {
    if (word(at + index, 0) != 0) return (index << 5) + lowestBit(word(at + index, 0));
  }
  const last = min(startWord, requestWords - 1);
  for (let index = 0; index <= last; index++) {
    if (word(at + index, 0) != 0) return (index << 5) + lowestBit(word(at + index, 0));
  }
  return -1;
}

/** Keep the grant that comes first from the input VC's accept pointer. */
@inline
function offer(input: i32, output: i32): void {
  let distance = output - half(hereVc + (input << vcShift), L.VC16_ACCEPT);
  if (distance < 0) distance += vcsPerRouter;
  const mask = touched + (input >> 5);
  const bit = 1 << (input & 31);
  if ((word(mask, 0) & bit) == 0) {
    setWord(mask, 0, word(mask, 0) | bit);
    setWord(best + input, 0, distance);
  } else if (distance < word(best + input, 0)) setWord(best + input, 0, distance);
}

function accept(first: bool): void {
  for (let index = 0; index < requestWords; index++) {
    for (let mask = word(touched + index, 0); mask != 0; mask &= mask - 1) {
      const input = (index << 5) + lowestBit(mask);
      const vc = hereVc + (input << vcShift);
      let output = half(vc, L.VC16_ACCEPT) + word(best + input, 0);
      if (output >= vcsPerRouter) output -= vcsPerRouter;
      take(vc, input, output, first);
    }
    setWord(touched + index, 0, 0);
  }
}

/** A VC is given away: in the first round the pointers move on. */
function take(vc: i32, input: i32, output: i32, first: bool): void {
  assignVc(vc, output);
  if (!first) return;
  setHalf(vc, L.VC16_ACCEPT, output + 1 == vcsPerRouter ? 0 : output + 1);
  setWord(hereAt + requestsAt + output * requestStride + requestWords, 0, input + 1 == vcsPerRouter ? 0 : input + 1);
}

/** Input VC `vc` of the router at hand takes its output VC `output` (port * numVcs + vc); it may ask for the switch from the next step. */
export function assignVc(vc: i32, output: i32): void {
  const outPort = portOfLocal(output);
  const outVc = output - outPort * numVcs;
  const outAt = hereAt + portsAt + outPort * L.PORT_STRIDE;
  // The route lies where the output VC comes to lie.
  withdrawRequests(vc);
  setWord(outAt, L.PORT_FREE, word(outAt, L.PORT_FREE) & ~(1 << outVc));
  const down = word(outAt, L.PORT_DOWN) + (outVc << vcShift);
  setHalf(vc, L.VC16_STATE, L.STATE_ACTIVE);
  setHalf(vc, L.VC16_OUT_PORT, outPort);
  setWord(vc, L.VC_OUT_VC, down);
  setWord(down, L.VC_OWNER, vc);
  if (down < firstSinkVc) {
    const downAt = tableAt + word(outAt, L.PORT_DOWN_ROUTER) * routerStride;
    setWord(downAt, L.ROUTER_PACKETS, word(downAt, L.ROUTER_PACKETS) + 1);
  }
  const waited = cycle - word(vc, L.VC_SINCE) - vcAllocDelay + 1;
  if (waited > 0) addTo(M.NO_VC, <f64>waited);
  if (keepsOrder && !speculative) wasGranted(vc, step);
  setWord(granted + grantedCount++, 0, vc);
}

/** VCs granted in this step ask for the switch from the next one. */
export function activateGranted(): void {
  for (let index = 0; index < grantedCount; index++) {
    const vc = word(granted + index, 0);
    if (switchAllocDelay == 1) markReady(vc);
    else askForSwitch(vc, cycle + switchAllocDelay);
  }
  grantedCount = 0;
}

/** A VC that won both allocations in one step is active now: it must not be activated again at the end of the step. */
export function activateNow(vc: i32): void {
  for (let index = 0; index < grantedCount; index++) {
    if (word(granted + index, 0) != vc) continue;
    setWord(granted + index, 0, word(granted + --grantedCount, 0));
    markReady(vc);
    return;
  }
}
