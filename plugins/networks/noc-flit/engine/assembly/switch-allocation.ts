import { hasCredit, waitForCredit } from './buffers';
import { hereAt, hereVc } from './here';
import { L } from './layout';
import {
  addTo,
  asked,
  asking,
  firstBitFrom,
  grants,
  half,
  iterations,
  lowestBit,
  numVcs,
  ports,
  portsAt,
  portVcs,
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
import { linkIsBusy } from './wires';

/** Outputs and inputs that are asked for, and not zero when two requests exclude each other. */
let outputs: i32 = 0;
let inputs: i32 = 0;
let contested: i32 = 0;

/**
 * Switch allocation by iSLIP on bit masks, for routers without speedups, speculation or held connections and with at most
 * 32 ports, one step of the router at hand. Per input port and output port one VC asks (round robin over the port's VCs);
 * then outputs grant, inputs accept. `ready`: input ports that ask.
 */
export function allocateSwitch(ready: i32): void {
  if ((ready & (ready - 1)) != 0 || !sendLone(lowestBit(ready))) match(ready);
}

/** The usual case at low load: one VC of one port asks, and gets what it asks for. */
@inline
function sendLone(input: i32): bool {
  const mask = word(hereAt + portsAt + input * L.PORT_STRIDE, L.PORT_READY);
  if ((mask & (mask - 1)) != 0) return false;
  const local = lowestBit(mask);
  const vc = hereVc + input * portVcs + (local << vcShift);
  if (!hasCredit(vc)) {
    waitForCredit(vc, input, local);
    return true;
  }
  if (linkIsBusy(half(vc, L.VC16_OUT_PORT))) return true;
  send(vc, input, local, half(vc, L.VC16_OUT_PORT), true);
  if (trainCycles > 0 && word(hereAt, L.ROUTER_PACKETS) == 1) sendTrain(vc, input, local);
  return true;
}

function match(ready: i32): void {
  outputs = 0;
  inputs = 0;
  contested = 0;
  const ports = hereAt + portsAt;
  let requests = 0;
  for (let rest = ready; rest != 0; rest &= rest - 1) {
    const input = lowestBit(rest);
    const mask = word(ports + input * L.PORT_STRIDE, L.PORT_READY);
    requests += (mask & (mask - 1)) == 0 ? collectOne(input, lowestBit(mask)) : collect(input, mask);
  }
  if (requests == 0) return;
  if (contested != 0) arbitrate(requests);
  else sendAll();
}

/** The usual case: one VC asks at the port. */
@inline
function collectOne(input: i32, local: i32): i32 {
  const vc = hereVc + input * portVcs + (local << vcShift);
  if (!hasCredit(vc)) {
    waitForCredit(vc, input, local);
    return 0;
  }
  const output = half(vc, L.VC16_OUT_PORT);
  if (linkIsBusy(output)) return 0;
  ask(input, 1 << output);
  setWord(asking + input * ports + output, 0, local);
  return 1;
}

/** The requests of one input port: per output the first VC from the port's pointer that has a credit. Returns their number. */
function collect(input: i32, mask: i32): i32 {
  const firstVc = hereVc + input * portVcs;
  let from = half(hereAt + portsAt + input * L.PORT_STRIDE, L.PORT16_ROUND_ROBIN);
  let wanted = 0;
  let requests = 0;
  for (let rest = mask; rest != 0; ) {
    const local = firstBitFrom(rest, from);
    from = local;
    rest &= ~(1 << local);
    const vc = firstVc + (local << vcShift);
    if (!hasCredit(vc)) {
      waitForCredit(vc, input, local);
      continue;
    }
    const output = half(vc, L.VC16_OUT_PORT);
    if (linkIsBusy(output)) continue;
    requests++;
    if ((wanted & (1 << output)) != 0) continue;
    wanted |= 1 << output;
    setWord(asking + input * ports + output, 0, local);
  }
  // The port sends one flit only: a second request of it is one that loses.
  if (requests > 1) contested = 1;
  if (requests > 0) ask(input, wanted);
  return requests;
}

@inline
function ask(input: i32, wanted: i32): void {
  setWord(wants + input, 0, wanted);
  contested |= outputs & wanted;
  outputs |= wanted;
  inputs |= 1 << input;
}

/** All get what they ask for. */
@inline
function sendAll(): void {
  for (let rest = inputs; rest != 0; rest &= rest - 1) {
    const input = lowestBit(rest);
    const output = lowestBit(word(wants + input, 0));
    const local = word(asking + input * ports + output, 0);
    send(hereVc + input * portVcs + (local << vcShift), input, local, output, true);
  }
}

function arbitrate(requests: i32): void {
  for (let rest = inputs; rest != 0; rest &= rest - 1) {
    const input = lowestBit(rest);
    for (let wanted = word(wants + input, 0); wanted != 0; wanted &= wanted - 1) {
      const at = asked + lowestBit(wanted);
      setWord(at, 0, word(at, 0) | (1 << input));
    }
  }
  let served = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const before = served;
    served += iterate(iteration == 0);
    if (served == before) break;
  }
  for (let rest = outputs; rest != 0; rest &= rest - 1) setWord(asked + lowestBit(rest), 0, 0);
  if (requests > served) addTo(M.LOST_SWITCH, <f64>(requests - served));
}

/** One round of grant and accept over the outputs that are still asked for. Returns the number of flits sent. */
function iterate(first: bool): i32 {
  let granting = 0;
  for (let rest = outputs; rest != 0; rest &= rest - 1) {
    const output = lowestBit(rest);
    const askers = word(asked + output, 0);
    if (askers == 0) continue;
    const input = firstBitFrom(askers, half(hereAt + portsAt + output * L.PORT_STRIDE, L.PORT16_GRANT));
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
    send(hereVc + input * portVcs + (local << vcShift), input, local, output, first);
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
function send(vc: i32, input: i32, local: i32, output: i32, first: bool): void {
  const inAt = hereAt + portsAt + input * L.PORT_STRIDE;
  const outAt = hereAt + portsAt + output * L.PORT_STRIDE;
  setHalf(inAt, L.PORT16_ROUND_ROBIN, local + 1 == numVcs ? 0 : local + 1);
  if (first) {
    setHalf(inAt, L.PORT16_ACCEPT, output + 1 == ports ? 0 : output + 1);
    setHalf(outAt, L.PORT16_GRANT, input + 1 == ports ? 0 : input + 1);
  }
  cross(vc, input, local, inAt, outAt);
}
