import { waitForCredit } from './buffers';
import { cycle, hereAt, hereVc } from './here';
import { L } from './layout';
import {
  addTo,
  asked,
  asking,
  bufferFlits,
  firstBitFrom,
  grants,
  half,
  iterations,
  lowestBit,
  numVcs,
  ports,
  portsAt,
  setHalf,
  setWord,
  trainCycles,
  vcShift,
  wants,
  word,
} from './memory';
import { M } from './parameters';
import { sendTrain } from './train';
import { cross } from './traversal';

/** Free downstream slots that are counted at a time. */
const CREDITS_COUNTED: i32 = 16;

/** Outputs that are asked for. */
let outputs: i32 = 0;

/**
 * Switch allocation by iSLIP on bit masks, for routers without speedups, speculation or held connections and with at most
 * 32 ports, one step of the router at hand. Per input port and output port one VC asks (round robin over the port's VCs);
 * then outputs grant, inputs accept. `ready`: input ports that ask.
 */
export function allocateSwitch(ready: i32): void {
  if ((ready & (ready - 1)) != 0 || !sendLone(lowestBit(ready))) match(ready);
}

/** The usual case at low load: one VC of one port asks, and gets what it asks for. */
function sendLone(input: i32): bool {
  const mask = word(hereAt + portsAt + input * L.PORT_STRIDE, L.PORT_READY);
  if ((mask & (mask - 1)) != 0) return false;
  const local = lowestBit(mask);
  const vc = hereVc + ((input * numVcs + local) << vcShift);
  if (!hasCredit(vc)) {
    waitForCredit(vc, input, local);
    return true;
  }
  send(vc, input, local, true);
  if (trainCycles > 0 && word(hereAt, L.ROUTER_PACKETS) == 1) sendTrain(vc, input, local);
  return true;
}

function match(ready: i32): void {
  outputs = 0;
  let requests = 0;
  for (let rest = ready; rest != 0; rest &= rest - 1) requests += collect(lowestBit(rest));
  if (requests == 0) return;
  let served = 0;
  for (let iteration = 0; iteration < iterations && outputs != 0; iteration++) {
    const before = served;
    served += iterate(iteration == 0);
    if (served == before) break;
  }
  for (let rest = outputs; rest != 0; rest &= rest - 1) setWord(asked + lowestBit(rest), 0, 0);
  if (requests > served) addTo(M.LOST_SWITCH, <f64>(requests - served));
}

/** The requests of one input port: per output the first VC from the port's pointer that has a credit. Returns their number. */
function collect(input: i32): i32 {
  const inAt = hereAt + portsAt + input * L.PORT_STRIDE;
  const firstVc = hereVc + ((input * numVcs) << vcShift);
  let rest = word(inAt, L.PORT_READY);
  let from = half(inAt, L.PORT16_ROUND_ROBIN);
  let wanted = 0;
  let requests = 0;
  while (rest != 0) {
    const local = firstBitFrom(rest, from);
    from = local;
    rest &= ~(1 << local);
    const vc = firstVc + (local << vcShift);
    if (!hasCredit(vc)) {
      waitForCredit(vc, input, local);
      continue;
    }
    requests++;
    const output = half(vc, L.VC16_OUT_PORT);
    const bit = 1 << output;
    if ((wanted & bit) != 0) continue;
    wanted |= bit;
    setWord(asked + output, 0, word(asked + output, 0) | (1 << input));
    setWord(asking + input * ports + output, 0, local);
  }
  setWord(wants + input, 0, wanted);
  outputs |= wanted;
  return requests;
}

/** Slots once found free stay so until they are filled: the buffer downstream is looked at again when they are used up. */
@inline
function hasCredit(vc: i32): bool {
  return half(vc, L.VC16_CREDITS) != 0 || countCredits(vc);
}

function countCredits(vc: i32): bool {
  const down = word(vc, L.VC_OUT_VC);
  const most = min(bufferFlits, CREDITS_COUNTED);
  let at = half(down, L.VC16_TAIL);
  let credits = 0;
  for (; credits < most; credits++) {
    const slot = word(down + at, L.VC_SLOTS);
    if (slot >= 0 || ~slot > cycle) break;
    at = at + 1 == bufferFlits ? 0 : at + 1;
  }
  setHalf(vc, L.VC16_CREDITS, credits);
  return credits > 0;
}

/** One round of grant and accept over the outputs that are still asked for. Returns the number of flits sent. */
function iterate(first: bool): i32 {
  let granting = 0;
  for (let rest = outputs; rest != 0; rest &= rest - 1) {
    const output = lowestBit(rest);
    const inputs = word(asked + output, 0);
    if (inputs == 0) continue;
    const input = firstBitFrom(inputs, half(hereAt + portsAt + output * L.PORT_STRIDE, L.PORT16_GRANT));
    const bit = 1 << input;
    setWord(grants + input, 0, (granting & bit) == 0 ? 1 << output : word(grants + input, 0) | (1 << output));
    granting |= bit;
  }
  let sent = 0;
  for (let rest = granting; rest != 0; rest &= rest - 1) {
    const input = lowestBit(rest);
    const output = firstBitFrom(word(grants + input, 0), half(hereAt + portsAt + input * L.PORT_STRIDE, L.PORT16_ACCEPT));
    if (iterations > 1) withdraw(input, output);
    const local = word(asking + input * ports + output, 0);
    send(hereVc + ((input * numVcs + local) << vcShift), input, local, first);
    sent++;
  }
  return sent;
}

/** Input and output are matched: they take no part in further rounds. */
function withdraw(input: i32, output: i32): void {
  const keep = ~(1 << input);
  for (let rest = word(wants + input, 0); rest != 0; rest &= rest - 1) {
    const other = asked + lowestBit(rest);
    setWord(other, 0, word(other, 0) & keep);
  }
  setWord(asked + output, 0, 0);
}

/** A flit has won: the pointers move on (those of iSLIP in the first round only). */
function send(vc: i32, input: i32, local: i32, first: bool): void {
  const inAt = hereAt + portsAt + input * L.PORT_STRIDE;
  setHalf(inAt, L.PORT16_ROUND_ROBIN, local + 1 == numVcs ? 0 : local + 1);
  if (first) {
    const output = half(vc, L.VC16_OUT_PORT);
    setHalf(inAt, L.PORT16_ACCEPT, output + 1 == ports ? 0 : output + 1);
    setHalf(hereAt + portsAt + output * L.PORT_STRIDE, L.PORT16_GRANT, input + 1 == ports ? 0 : input + 1);
  }
  setHalf(vc, L.VC16_CREDITS, half(vc, L.VC16_CREDITS) - 1);
  cross(vc, input, local);
}
