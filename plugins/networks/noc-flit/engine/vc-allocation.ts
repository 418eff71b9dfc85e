import { firstBitFrom, firstBitFromWords, lowestBit } from './bits.js';
import { L } from './layout.js';
import { withdrawRequests } from './routing-stage.js';
import type { FlitState } from './state.js';
import { askForSwitch } from './traversal.js';

/**
 * Virtual-channel allocation by iSLIP on the request tables. Every free output VC that is asked for grants one input VC;
 * every input VC accepts one grant. A router whose waiting heads ask for no free VC rests until a tail leaves it.
 */
export class IslipVcAllocation {
  /** Per local input VC: distance of its best grant from its accept pointer. */
  private readonly best: Int32Array;
  private readonly touched: Int32Array;
  private readonly iterations: number;

  constructor(private readonly state: FlitState) {
    this.best = new Int32Array(state.vcsPerRouter);
    this.touched = new Int32Array(state.requestWords);
    this.iterations = state.parameters.allocatorIterations;
  }

  /** One step of the router at hand. */
  run(): void {
    const { table, hereAt } = this.state;
    let contested = this.match(true);
    for (let iteration = 1; iteration < this.iterations && contested; iteration++) contested = this.match(false);
    if (!contested || table[hereAt + L.ROUTER_PENDING] === 0) table[hereAt + L.ROUTER_CONTEST] = 0;
  }

  /** One iteration of grant and accept; false when no free output VC was asked for. */
  private match(first: boolean): boolean {
    const { table, hereAt, portsAt, numVcs } = this.state;
    let contested = false;
    for (let pending = table[hereAt + L.ROUTER_PENDING]!; pending !== 0; pending &= pending - 1) {
      const out = lowestBit(pending);
      const free = table[hereAt + portsAt + out * L.PORT_STRIDE + L.PORT_FREE]!;
      if (free !== 0 && this.grant(out * numVcs, free)) contested = true;
    }
    if (contested) this.accept(first);
    return contested;
  }

  /** Each free VC of one output port grants a requester. */
  private grant(firstLocal: number, freeVcs: number): boolean {
    const { table, hereAt, requestWords, requestsAt, requestStride } = this.state;
    let any = false;
    for (let free = freeVcs; free !== 0; free &= free - 1) {
      const output = firstLocal + lowestBit(free);
      const at = hereAt + requestsAt + output * requestStride;
      const pointer = table[at + requestWords]!;
      let input: number;
      if (requestWords === 1) {
        const mask = table[at]!;
        if (mask === 0) continue;
        input = firstBitFrom(mask, pointer);
      } else {
        input = firstBitFromWords(table, at, requestWords, pointer);
        if (input < 0) continue;
      }
      any = true;
      this.offer(input, output);
    }
    return any;
  }

  /** Keep the grant that comes first from the input VC's accept pointer. */
  private offer(input: number, output: number): void {
    const { state } = this;
    let distance = output - state.vcs16[2 * (state.hereVc + (input << state.vcShift)) + L.VC16_ACCEPT]!;
    if (distance < 0) distance += state.vcsPerRouter;
    const word = input >> 5;
    const bit = 1 << (input & 31);
    if ((this.touched[word]! & bit) === 0) {
      this.touched[word]! |= bit;
      this.best[input] = distance;
    } else if (distance < this.best[input]!) this.best[input] = distance;
  }

  private accept(first: boolean): void {
    const { state } = this;
    const size = state.vcsPerRouter;
    for (let word = 0; word < state.requestWords; word++) {
      for (let mask = this.touched[word]!; mask !== 0; mask &= mask - 1) {
        const input = (word << 5) + lowestBit(mask);
        const vc = state.hereVc + (input << state.vcShift);
        let output = state.vcs16[2 * vc + L.VC16_ACCEPT]! + this.best[input]!;
        if (output >= size) output -= size;
        assignVc(state, vc, output);
        if (first) {
          state.vcs16[2 * vc + L.VC16_ACCEPT] = output + 1 === size ? 0 : output + 1;
          state.table[state.hereAt + state.requestsAt + output * state.requestStride + state.requestWords] = input + 1 === size ? 0 : input + 1;
        }
      }
      this.touched[word] = 0;
    }
  }
}

/** Input VC `vc` of the router at hand takes its output VC `output` (port * numVcs + vc); it may ask for the switch from the next step. */
export function assignVc(state: FlitState, vc: number, output: number): void {
  const { vcs, vcs16, table } = state;
  const outPort = state.portOfLocal[output]!;
  const outVc = output - outPort * state.numVcs;
  const outAt = state.hereAt + state.portsAt + outPort * L.PORT_STRIDE;
  // The route lies where the output VC comes to lie.
  withdrawRequests(state, vc);
  table[outAt + L.PORT_FREE]! &= ~(1 << outVc);
  const down = table[outAt + L.PORT_DOWN]! + (outVc << state.vcShift);
  vcs16[2 * vc + L.VC16_STATE] = L.STATE_ACTIVE;
  vcs16[2 * vc + L.VC16_OUT_PORT] = outPort;
  vcs16[2 * vc + L.VC16_CREDITS] = 0;
  vcs[vc + L.VC_OUT_VC] = down;
  vcs[down + L.VC_OWNER] = vc;
  if (down < state.firstSinkVc) state.expectPacket(table[outAt + L.PORT_DOWN_ROUTER]!);
  const waited = state.cycle - vcs[vc + L.VC_SINCE]! - state.parameters.vcAllocDelay + 1;
  if (waited > 0) state.stalls.noVc += waited;
  if (state.order !== undefined && !state.parameters.speculative) state.order.granted(vc >> state.vcShift, state.step);
  state.granted[state.grantedCount++] = vc;
}

/** VCs granted in this step ask for the switch from the next one. */
export function activateGranted(state: FlitState): void {
  const extra = state.parameters.switchAllocDelay - 1;
  for (let index = 0; index < state.grantedCount; index++) {
    const vc = state.granted[index]!;
    if (extra === 0) state.markReady(vc);
    else askForSwitch(state, vc, state.cycle + 1 + extra);
  }
  state.grantedCount = 0;
}
