import { L } from './layout';
import { countsAt, memberWords, membersAt, requestWords, ringMask, routerStride, routerVcs, setWord, tableAt, vcsAt, vcShift, wakesAt, windowMask, windowShift, word } from './memory';
import { M } from './parameters';

/** The router has something to do in the cycle. */
@inline
export function visit(router: i32, cycle: i32): void {
  const window = (cycle >> windowShift) & windowMask;
  const at = membersAt + window * memberWords + (router >> 5);
  const members = word(at, 0);
  const bit = 1 << (router & 31);
  if ((members & bit) == 0) join(window, at, members | bit);
}

function join(window: i32, at: i32, members: i32): void {
  setWord(at, 0, members);
  setWord(countsAt + window, 0, word(countsAt + window, 0) + 1);
  setWord(M.PENDING, 0, word(M.PENDING, 0) + 1);
}

/** First word of the members of the cycle's window. */
export function membersOf(cycle: i32): i32 {
  return membersAt + ((cycle >> windowShift) & windowMask) * memberWords;
}

/** The cycle's window has been worked on. */
export function clearWindow(cycle: i32): void {
  const window = (cycle >> windowShift) & windowMask;
  setWord(M.PENDING, 0, word(M.PENDING, 0) - word(countsAt + window, 0));
  setWord(countsAt + window, 0, 0);
  memory.fill(<usize>(membersAt + window * memberWords) << 2, 0, <usize>memberWords << 2);
}

/** First word of a router's wakes of one cycle. */
@inline
export function wakesOf(router: i32, cycle: i32): i32 {
  return wakesAt + (router * (ringMask + 1) + (cycle & ringMask)) * requestWords;
}

/** The VC goes on in cycle `cycle`; its state says with what. */
export function wakeAt(vc: i32, cycle: i32): void {
  const router = (vc - vcsAt) / routerVcs;
  const local = (vc - vcsAt - router * routerVcs) >> vcShift;
  const at = wakesOf(router, cycle) + (local >> 5);
  const bit = 1 << (local & 31);
  if ((word(at, 0) & bit) != 0) return;
  setWord(at, 0, word(at, 0) | bit);
  const routerAt = tableAt + router * routerStride;
  setWord(routerAt, L.ROUTER_WAKES, word(routerAt, L.ROUTER_WAKES) + 1);
  visit(router, cycle);
}
