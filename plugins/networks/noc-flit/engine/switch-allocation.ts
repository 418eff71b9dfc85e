import { firstBitFrom, lowestBit } from './bits.js';
import * as L from './layout.js';
import type { FlitState } from './state.js';
import { sendTrain } from './train.js';
import { hasFixedDelays, traverse, waitForCredit } from './traversal.js';

/**
 * Switch allocation by iSLIP on bit masks, for routers without speedups, speculation or held connections and with at most
 * 32 ports. Per input port and output port one VC asks (round robin over the port's VCs); then outputs grant, inputs accept.
 */
export class IslipSwitchAllocation {
  /** Per output port: inputs that ask. Per input port: outputs asked, outputs that granted. */
  private readonly asked: Int32Array;
  private readonly wants: Int32Array;
  private readonly grants: Int32Array;
  /** VC that asks, per input * ports + output. */
  private readonly asking: Int32Array;
  private readonly iterations: number;
  private readonly fixedDelays: boolean;
  private outputs = 0;

  constructor(private readonly state: FlitState) {
    this.asked = new Int32Array(state.ports);
    this.wants = new Int32Array(state.ports);
    this.grants = new Int32Array(state.ports);
    this.asking = new Int32Array(state.ports * state.ports);
    this.iterations = state.parameters.allocatorIterations;
    this.fixedDelays = hasFixedDelays(state);
  }

  run(): void {
    const { state } = this;
    const { words } = state.switchSet;
    for (let word = 0; word < words.length; word++) {
      for (let members = words[word]!; members !== 0; members &= members - 1) {
        const router = (word << 5) + lowestBit(members);
        const at = router * L.ROUTER_STRIDE;
        const ready = state.router[at + L.ROUTER_READY]!;
        if ((ready & (ready - 1)) !== 0 || !this.lone(router, lowestBit(ready))) this.match(router, ready);
        if (state.router[at + L.ROUTER_READY] === 0) state.switchSet.remove(router);
      }
    }
  }

  /** The usual case at low load: one VC of one port asks, and gets what it asks for. */
  private lone(router: number, input: number): boolean {
    const { state } = this;
    const inPort = router * state.ports + input;
    const mask = state.port[inPort * L.PORT_STRIDE + L.PORT_READY]!;
    if ((mask & (mask - 1)) !== 0) return false;
    const local = 31 - Math.clz32(mask);
    const sent = this.serve(router, inPort, input, local);
    if (sent && state.trainCycles > 0 && state.router[router * L.ROUTER_STRIDE + L.ROUTER_PACKETS] === 1) sendTrain(state, router, inPort, inPort * state.numVcs + local);
    return true;
  }

  /** False when there is no credit. */
  private serve(router: number, inPort: number, input: number, local: number): boolean {
    const { state } = this;
    const { vcs, port, numVcs } = state;
    const vc = inPort * numVcs + local;
    const at = vc * state.vcStride;
    const down = vcs[at + L.VC_OUT_VC]!;
    const slot = vcs[state.tailSlot(down)]!;
    if (slot >= 0 || ~slot > state.cycle) {
      waitForCredit(state, router, inPort, vc);
      return false;
    }
    const output = vcs[at + L.VC_OUT_PORT]!;
    const inAt = inPort * L.PORT_STRIDE;
    port[inAt + L.PORT_ROUND_ROBIN] = local + 1 === numVcs ? 0 : local + 1;
    port[inAt + L.PORT_ACCEPT] = output + 1 === state.ports ? 0 : output + 1;
    port[(router * state.ports + output) * L.PORT_STRIDE + L.PORT_GRANT] = input + 1 === state.ports ? 0 : input + 1;
    traverse(state, router, inPort, vc, this.fixedDelays);
    return true;
  }

  private match(router: number, ready: number): void {
    const { state } = this;
    this.outputs = 0;
    let asked = 0;
    for (let rest = ready; rest !== 0; rest &= rest - 1) asked += this.collect(router, lowestBit(rest));
    if (asked === 0) return;
    let served = 0;
    for (let iteration = 0; iteration < this.iterations && this.outputs !== 0; iteration++) {
      const before = served;
      served += this.iterate(router, iteration === 0);
      if (served === before) break;
    }
    for (let rest = this.outputs; rest !== 0; rest &= rest - 1) this.asked[lowestBit(rest)] = 0;
    state.stalls.lostSwitch += asked - served;
  }

  /** The requests of one input port: per output the first VC from the port's pointer that has a credit. Returns their number. */
  private collect(router: number, input: number): number {
    const { state } = this;
    const { vcs, vcStride, port, ports, numVcs, cycle } = state;
    const inPort = router * ports + input;
    const mask = port[inPort * L.PORT_STRIDE + L.PORT_READY]!;
    let rest = mask;
    let wants = 0;
    let requests = 0;
    let from = port[inPort * L.PORT_STRIDE + L.PORT_ROUND_ROBIN]!;
    while (rest !== 0) {
      const local = firstBitFrom(rest, from);
      from = local;
      rest &= ~(1 << local);
      const vc = inPort * numVcs + local;
      const at = vc * state.vcStride;
      const down = vcs[at + L.VC_OUT_VC]!;
      const slot = vcs[down * vcStride + L.VC_SLOTS + vcs[down * vcStride + L.VC_TAIL]!]!;
      if (slot >= 0 || ~slot > cycle) {
        waitForCredit(state, router, inPort, vc);
        continue;
      }
      requests++;
      const output = vcs[at + L.VC_OUT_PORT]!;
      const bit = 1 << output;
      if ((wants & bit) !== 0) continue;
      wants |= bit;
      this.asked[output]! |= 1 << input;
      this.asking[input * ports + output] = vc;
    }
    this.wants[input] = wants;
    this.outputs |= wants;
    return requests;
  }

  /** One round of grant and accept over the outputs that are still asked for. Returns the number of flits sent. */
  private iterate(router: number, first: boolean): number {
    const { state, grants } = this;
    const { port, ports } = state;
    let granted = 0;
    for (let rest = this.outputs; rest !== 0; rest &= rest - 1) {
      const output = lowestBit(rest);
      const asked = this.asked[output]!;
      if (asked === 0) continue;
      const input = firstBitFrom(asked, port[(router * ports + output) * L.PORT_STRIDE + L.PORT_GRANT]!);
      const bit = 1 << input;
      if ((granted & bit) === 0) {
        granted |= bit;
        grants[input] = 1 << output;
      } else grants[input]! |= 1 << output;
    }
    let sent = 0;
    for (let rest = granted; rest !== 0; rest &= rest - 1) {
      const input = lowestBit(rest);
      const inPort = router * ports + input;
      const output = firstBitFrom(grants[input]!, port[inPort * L.PORT_STRIDE + L.PORT_ACCEPT]!);
      this.withdraw(input, output);
      this.send(router, inPort, input, output, first);
      sent++;
    }
    return sent;
  }

  /** Input and output are matched: they take no part in further rounds. */
  private withdraw(input: number, output: number): void {
    if (this.iterations === 1) return;
    const keep = ~(1 << input);
    for (let rest = this.wants[input]!; rest !== 0; rest &= rest - 1) this.asked[lowestBit(rest)]! &= keep;
    this.asked[output] = 0;
  }

  private send(router: number, inPort: number, input: number, output: number, first: boolean): void {
    const { state } = this;
    const { port, ports, numVcs } = state;
    const vc = this.asking[input * ports + output]!;
    const local = vc - inPort * numVcs;
    const inAt = inPort * L.PORT_STRIDE;
    port[inAt + L.PORT_ROUND_ROBIN] = local + 1 === numVcs ? 0 : local + 1;
    if (first) {
      port[inAt + L.PORT_ACCEPT] = output + 1 === ports ? 0 : output + 1;
      port[(router * ports + output) * L.PORT_STRIDE + L.PORT_GRANT] = input + 1 === ports ? 0 : input + 1;
    }
    traverse(state, router, inPort, vc, this.fixedDelays);
  }
}
