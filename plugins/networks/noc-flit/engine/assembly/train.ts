import { clearReady, leave, markReady, nextSlot } from './buffers';
import { wakeAt } from './calendar';
import { cycle, hereAt, hereVc, windowStart } from './here';
import { L } from './layout';
import { half, portsAt, requestWords, ringAt, ringMask, routingDelay, setHalf, setWord, trainCycles, vcShift, word } from './memory';
import { askForVc, enterRouting } from './routing';
import { releaseVc, sendOn } from './traversal';

/**
 * A packet that is alone at a router has just sent a flit. Those that are already on their way to it, or in its buffer, will win
 * the switch as soon as they are there, so they are sent now, each with the cycle in which it would have been: one visit of the
 * router and no arbitration for each. What is left of a flit is its arrival at the next router. The virtual channel sleeps until
 * the train has passed.
 */
export function sendTrain(vc: i32, input: i32, local: i32): void {
  if (half(vc, L.VC16_STATE) != L.STATE_ACTIVE) return;
  const down = word(vc, L.VC_OUT_VC);
  const limit = windowStart + trainCycles;
  const outAt = hereAt + portsAt + half(vc, L.VC16_OUT_PORT) * L.PORT_STRIDE;
  const flitDelay = half(outAt, L.PORT16_FLIT_DELAY);
  const creditDelay = half(hereAt + portsAt + input * L.PORT_STRIDE, L.PORT16_CREDIT_DELAY);
  let waiting = half(vc, L.VC16_COUNT);
  let last = cycle;
  let withTail = false;
  for (let sent = cycle + 1; sent <= limit && !withTail; sent++) {
    if (arrivesIn(vc, sent)) waiting++;
    if (waiting == 0) continue;
    const room = nextSlot(down);
    if (room >= 0 || ~room > sent) break;
    const flit = leave(vc, sent + creditDelay);
    sendOn(outAt, down, flit, sent + flitDelay);
    withTail = (flit & L.FLIT_TAIL) != 0;
    last = sent;
    waiting--;
  }
  if (last == cycle) return;
  clearReady(input, local);
  setHalf(vc, L.VC16_STATE, withTail ? L.STATE_TRAIN_WITH_TAIL : L.STATE_TRAIN);
  wakeAt(vc, last + 1);
}

@inline
function arrivesIn(vc: i32, sent: i32): bool {
  const bit = (vc - hereVc) >> vcShift;
  return (word(hereAt + ringAt + (sent & ringMask) * requestWords + (bit >> 5), 0) & (1 << (bit & 31))) != 0;
}

/** The train has passed in the cycle before this one: what waits behind it goes on as usual. */
export function endTrain(vc: i32): void {
  const waiting = half(vc, L.VC16_COUNT);
  if (half(vc, L.VC16_STATE) == L.STATE_TRAIN) {
    setHalf(vc, L.VC16_STATE, L.STATE_ACTIVE);
    if (waiting > 0) markReady(vc);
    return;
  }
  setWord(hereAt, L.ROUTER_PACKETS, word(hereAt, L.ROUTER_PACKETS) - 1);
  releaseVc(hereAt, hereAt + portsAt + half(vc, L.VC16_OUT_PORT) * L.PORT_STRIDE, word(vc, L.VC_OUT_VC));
  if (waiting == 0) setHalf(vc, L.VC16_STATE, L.STATE_IDLE);
  else if (routingDelay > 0) enterRouting(vc, cycle);
  else askForVc(vc, cycle);
}
