import { markReady } from './buffers';
import { clearWindow, membersOf, visit, wakesOf } from './calendar';
import { cycle, firstStep, goTo, here, hereAt, hereVc, setCycle, setStep, startWindow, step, windowStart } from './here';
import { allocate } from './host';
import { L } from './layout';
import { addTo, countsSteps, half, lowestBit, memberWords, plain, ports, portsAt, requestWords, ringAt, ringMask, setWord, vcShift, windowCycles, word } from './memory';
import { M } from './parameters';
import { enterRequests, finishRouting, parkRouting, routeNow, routingCount, routingNextCount, startRouting } from './routing';
import { allocateSwitch } from './switch-allocation';
import { endTrain } from './train';
import { arrive } from './traversal';
import { activateGranted, allocateVcs, grantedCount } from './vc-allocation';

/**
 * The routers' work, one router after the other: what comes to it, VC allocation, switch allocation, route computation, for
 * all cycles of the window that ends with cycle `last`. Flits and credits take two cycles and more from router to router, so
 * that within a window none feels what another one does, and a router's state comes into the cache once.
 */
export function runWindow(last: i32, epoch: f64): void {
  startWindow(last + 1 - windowCycles, epoch);
  const members = membersOf(last);
  for (let index = 0; index < memberWords; index++) {
    for (let rest = word(members + index, 0); rest != 0; rest &= rest - 1) runRouter((index << 5) + lowestBit(rest), last);
  }
  clearWindow(last);
}

function runRouter(router: i32, last: i32): void {
  goTo(router);
  startRouting();
  for (let now = windowStart; now <= last; now++) {
    setCycle(now);
    if (countsSteps) setStep(firstStep(now), 1);
    receive();
    if (plain) runPlain();
    else runSteps();
  }
  if (routingCount > 0) parkRouting();
  if (plain ? (word(hereAt, L.ROUTER_READY) | word(hereAt, L.ROUTER_CONTEST)) != 0 : hasWork()) visit(router, last + 1);
}

function runPlain(): void {
  if (word(hereAt, L.ROUTER_CONTEST) != 0) allocateVcs();
  const ready = word(hereAt, L.ROUTER_READY);
  if (ready != 0) allocateSwitch(ready);
  finishStep();
}

function runSteps(): void {
  const steps = <i32>(firstStep(cycle + 1) - step);
  for (let left = steps; left > 0; left--) {
    setStep(step, left);
    if (hasWork()) allocate(here, cycle);
    finishStep();
    setStep(step + 1, 1);
  }
}

/** True while a VC asks for the switch or a head for a virtual channel. */
function hasWork(): bool {
  for (let port = 0; port < ports; port++) {
    const at = hereAt + portsAt + port * L.PORT_STRIDE;
    if (word(at, L.PORT_READY) != 0 || half(at, L.PORT16_PENDING) != 0) return true;
  }
  return false;
}

function finishStep(): void {
  if (grantedCount > 0) activateGranted();
  if ((routingCount | routingNextCount) != 0) finishRouting();
}

/** The flits that arrive in the cycle, and the virtual channels that go on in it. */
function receive(): void {
  if (word(hereAt, L.ROUTER_WAKES) != 0) wake();
  const ring = hereAt + ringAt + (cycle & ringMask) * requestWords;
  for (let index = 0; index < requestWords; index++) {
    const arrivals = word(ring + index, 0);
    if (arrivals == 0) continue;
    setWord(ring + index, 0, 0);
    for (let rest = arrivals; rest != 0; rest &= rest - 1) arrive(hereVc + (((index << 5) + lowestBit(rest)) << vcShift));
  }
}

function wake(): void {
  const at = wakesOf(here, cycle);
  for (let index = 0; index < requestWords; index++) {
    const waking = word(at + index, 0);
    setWord(at + index, 0, 0);
    for (let rest = waking; rest != 0; rest &= rest - 1) {
      setWord(hereAt, L.ROUTER_WAKES, word(hereAt, L.ROUTER_WAKES) - 1);
      goOn(hereVc + (((index << 5) + lowestBit(rest)) << vcShift));
    }
  }
}

/** What a virtual channel waited for has come; its state says what that was. */
function goOn(vc: i32): void {
  const phase = half(vc, L.VC16_STATE);
  if (phase == L.STATE_ROUTING) routeNow(vc);
  else if (phase == L.STATE_ALLOCATING) enterRequests(vc);
  else if (phase >= L.STATE_TRAIN) endTrain(vc);
  else {
    // The front flit may bid for the switch: it has waited for a credit, or for a slow switch allocation.
    addTo(M.NO_CREDIT, <f64>(cycle - word(vc, L.VC_SINCE)));
    markReady(vc);
  }
}
