import { firstBitFrom, lowestBit } from './bits.js';
import { Crossing } from './crossing.js';
import { L } from './layout.js';
import type { FlitState } from './state.js';
import { sendTrain } from './train.js';
import { waitForCredit } from './traversal.js';

/** Free downstream slots that are counted at a time. */
const CREDITS_COUNTED = 16;

/**
 * Switch allocation by iSLIP on bit masks, for routers without speedups, speculation or held connections and with at most
 * 32 ports. Per input port and output port one VC asks (round robin over the port's VCs); then outputs grant, inputs accept.
 */
export class IslipSwitchAllocation {
  /** Per output port: inputs that ask. Per input port: outputs asked, outputs that granted. */
  private readonly asked: Int32Array;
  private readonly wants: Int32Array;
  private readonly grants: Int32Array;
  /** VC that asks (its number at the input), per input * ports + output. */
  private readonly asking: Int32Array;
  private readonly iterations: number;
  private readonly crossing: Crossing;
  private outputs = 0;

  constructor(private readonly state: FlitState) {
    this.asked = new Int32Array(state.ports);
    this.wants = new Int32Array(state.ports);
    this.grants = new Int32Array(state.ports);
    this.asking = new Int32Array(state.ports * state.ports);
    this.iterations = state.parameters.allocatorIterations;
    this.crossing = new Crossing(state);
  }

  /** One step of the router at hand; `ready`: its input ports that ask. */
  run(ready: number): void {
    if ((ready & (ready - 1)) !== 0 || !this.lone(lowestBit(ready))) this.match(ready);
  }

  /** The usual case at low load: one VC of one port asks, and gets what it asks for. */
  private lone(input: number): boolean {
    const { state } = this;
    const mask = state.table[state.hereAt + state.portsAt + input * L.PORT_STRIDE + L.PORT_READY]!;
    if ((mask & (mask - 1)) !== 0) return false;
    const local = lowestBit(mask);
    const vc = state.hereVc + ((input * state.numVcs + local) << state.vcShift);
    if (!this.hasCredit(vc)) {
      waitForCredit(state, vc, input, local);
      return true;
    }
    this.send(vc, input, local, true);
    if (state.trainCycles > 0 && state.table[state.hereAt + L.ROUTER_PACKETS] === 1) sendTrain(state, vc, input, local);
    return true;
  }

  private match(ready: number): void {
    this.outputs = 0;
    let asked = 0;
    for (let rest = ready; rest !== 0; rest &= rest - 1) asked += this.collect(lowestBit(rest));
    if (asked === 0) return;
    let served = 0;
    for (let iteration = 0; iteration < this.iterations && this.outputs !== 0; iteration++) {
      const before = served;
      served += this.iterate(iteration === 0);
      if (served === before) break;
    }
    for (let rest = this.outputs; rest !== 0; rest &= rest - 1) this.asked[lowestBit(rest)] = 0;
    this.state.stalls.lostSwitch += asked - served;
  }

  /** The requests of one input port: per output the first VC from the port's pointer that has a credit. Returns their number. */
  private collect(input: number): number {
    const { state } = this;
    const inAt = state.hereAt + state.portsAt + input * L.PORT_STRIDE;
    const firstVc = state.hereVc + ((input * state.numVcs) << state.vcShift);
    let rest = state.table[inAt + L.PORT_READY]!;
    let from = (rest & (rest - 1)) === 0 ? 0 : state.table16[2 * inAt + L.PORT16_ROUND_ROBIN]!;
    let wants = 0;
    let requests = 0;
    while (rest !== 0) {
      const local = firstBitFrom(rest, from);
      from = local;
      rest &= ~(1 << local);
      const vc = firstVc + (local << state.vcShift);
      if (!this.hasCredit(vc)) {
        waitForCredit(state, vc, input, local);
        continue;
      }
      requests++;
      const output = state.vcs16[2 * vc + L.VC16_OUT_PORT]!;
      const bit = 1 << output;
      if ((wants & bit) !== 0) continue;
      wants |= bit;
      this.asked[output]! |= 1 << input;
      this.asking[input * state.ports + output] = local;
    }
    this.wants[input] = wants;
    this.outputs |= wants;
    return requests;
  }

  /** Slots once found free stay so until they are filled: the buffer downstream is looked at again when they are used up. */
  private hasCredit(vc: number): boolean {
    const { state } = this;
    if (state.vcs16[2 * vc + L.VC16_CREDITS] !== 0) return true;
    const { bufferFlits, vcs, cycle } = state;
    const down = vcs[vc + L.VC_OUT_VC]!;
    let at = state.vcs16[2 * down + L.VC16_TAIL]!;
    let credits = 0;
    const most = bufferFlits < CREDITS_COUNTED ? bufferFlits : CREDITS_COUNTED;
    for (; credits < most; credits++) {
      const slot = vcs[down + L.VC_SLOTS + at]!;
      if (slot >= 0 || ~slot > cycle) break;
      at = at + 1 === bufferFlits ? 0 : at + 1;
    }
    state.vcs16[2 * vc + L.VC16_CREDITS] = credits;
    return credits > 0;
  }

  /** One round of grant and accept over the outputs that are still asked for. Returns the number of flits sent. */
  private iterate(first: boolean): number {
    const { state, grants } = this;
    const ports16 = 2 * (state.hereAt + state.portsAt);
    let granted = 0;
    for (let rest = this.outputs; rest !== 0; rest &= rest - 1) {
      const output = lowestBit(rest);
      const asked = this.asked[output]!;
      if (asked === 0) continue;
      const input = firstBitFrom(asked, state.table16[ports16 + output * (2 * L.PORT_STRIDE) + L.PORT16_GRANT]!);
      const bit = 1 << input;
      if ((granted & bit) === 0) {
        granted |= bit;
        grants[input] = 1 << output;
      } else grants[input]! |= 1 << output;
    }
    let sent = 0;
    for (let rest = granted; rest !== 0; rest &= rest - 1) {
      const input = lowestBit(rest);
      const output = firstBitFrom(grants[input]!, state.table16[ports16 + input * (2 * L.PORT_STRIDE) + L.PORT16_ACCEPT]!);
      if (this.iterations > 1) this.withdraw(input, output);
      const local = this.asking[input * state.ports + output]!;
      this.send(state.hereVc + ((input * state.numVcs + local) << state.vcShift), input, local, first);
      sent++;
    }
    return sent;
  }

  /** Input and output are matched: they take no part in further rounds. */
  private withdraw(input: number, output: number): void {
    const keep = ~(1 << input);
    for (let rest = this.wants[input]!; rest !== 0; rest &= rest - 1) this.asked[lowestBit(rest)]! &= keep;
    this.asked[output] = 0;
  }

  /** A flit has won: the pointers move on (those of iSLIP in the first round only). */
  private send(vc: number, input: number, local: number, first: boolean): void {
    const { state } = this;
    const { table16, ports } = state;
    const ports16 = 2 * (state.hereAt + state.portsAt);
    const in16 = ports16 + input * (2 * L.PORT_STRIDE);
    table16[in16 + L.PORT16_ROUND_ROBIN] = local + 1 === state.numVcs ? 0 : local + 1;
    if (first) {
      const output = state.vcs16[2 * vc + L.VC16_OUT_PORT]!;
      table16[in16 + L.PORT16_ACCEPT] = output + 1 === ports ? 0 : output + 1;
      table16[ports16 + output * (2 * L.PORT_STRIDE) + L.PORT16_GRANT] = input + 1 === ports ? 0 : input + 1;
    }
    state.vcs16[2 * vc + L.VC16_CREDITS]!--;
    this.crossing.send(vc, input, local);
  }
}
