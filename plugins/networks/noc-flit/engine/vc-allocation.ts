import { firstBitFrom, firstBitFromWords, lowestBit } from './bits.js';
import * as L from './layout.js';
import { withdrawRequests } from './routing-stage.js';
import type { FlitState } from './state.js';

/**
 * Virtual-channel allocation by iSLIP on the request tables, for all routers with waiting heads. Every free output VC that
 * is asked for grants one input VC; every input VC accepts one grant. Routers whose waiting heads ask for no free VC leave
 * the list: the departure of a tail brings them back.
 */
export class IslipVcAllocation {
  /** Per local input VC: distance of its best grant from its accept pointer. */
  private readonly best: Int32Array;
  private readonly touched: Int32Array;
  private readonly iterations: number;

  constructor(private readonly state: FlitState) {
    this.best = new Int32Array(state.ports * state.numVcs);
    this.touched = new Int32Array(state.requestWords);
    this.iterations = state.parameters.allocatorIterations;
  }

  run(): void {
    const state = this.state;
    const { words } = state.vcSet;
    for (let word = 0; word < words.length; word++) {
      for (let members = words[word]!; members !== 0; members &= members - 1) {
        const router = (word << 5) + lowestBit(members);
        let contested = this.match(router, true);
        for (let iteration = 1; iteration < this.iterations && contested; iteration++) contested = this.match(router, false);
        if (!contested || state.router[router * L.ROUTER_STRIDE + L.ROUTER_PENDING] === 0) state.vcSet.remove(router);
      }
    }
  }

  /** One iteration of grant and accept; false when no free output VC was asked for. */
  private match(router: number, first: boolean): boolean {
    const state = this.state;
    const { port, ports, numVcs } = state;
    let contested = false;
    let pending = state.router[router * L.ROUTER_STRIDE + L.ROUTER_PENDING]!;
    while (pending !== 0) {
      const out = lowestBit(pending);
      pending &= pending - 1;
      const free = port[(router * ports + out) * L.PORT_STRIDE + L.PORT_FREE]!;
      if (free !== 0 && this.grant((router * ports + out) * numVcs, out * numVcs, free)) contested = true;
    }
    if (contested) this.accept(router, first);
    return contested;
  }

  /** Each free VC of one output port grants a requester. */
  private grant(firstVc: number, firstLocal: number, freeVcs: number): boolean {
    const { requests, requestWords, vcGrant } = this.state;
    let any = false;
    for (let free = freeVcs; free !== 0; free &= free - 1) {
      const vc = lowestBit(free);
      const at = firstVc + vc;
      let input: number;
      if (requestWords === 1) {
        const mask = requests[at]!;
        if (mask === 0) continue;
        input = firstBitFrom(mask, vcGrant[at]!);
      } else {
        input = firstBitFromWords(requests, at * requestWords, requestWords, vcGrant[at]!);
        if (input < 0) continue;
      }
      any = true;
      this.offer(firstVc - firstLocal, input, firstLocal + vc);
    }
    return any;
  }

  /** Keep the grant that comes first from the input VC's accept pointer. */
  private offer(routerVc: number, input: number, output: number): void {
    const size = this.best.length;
    let distance = output - this.state.cold[(routerVc + input) * L.COLD_STRIDE + L.COLD_ACCEPT]!;
    if (distance < 0) distance += size;
    const word = input >> 5;
    const bit = 1 << (input & 31);
    if ((this.touched[word]! & bit) === 0) {
      this.touched[word]! |= bit;
      this.best[input] = distance;
    } else if (distance < this.best[input]!) this.best[input] = distance;
  }

  private accept(router: number, first: boolean): void {
    const state = this.state;
    const { cold, numVcs, ports } = state;
    const size = this.best.length;
    const base = router * ports * numVcs;
    for (let word = 0; word < state.requestWords; word++) {
      for (let mask = this.touched[word]!; mask !== 0; mask &= mask - 1) {
        const input = (word << 5) + lowestBit(mask);
        const vc = base + input;
        let output = cold[vc * L.COLD_STRIDE + L.COLD_ACCEPT]! + this.best[input]!;
        if (output >= size) output -= size;
        assignVc(state, router, vc, output);
        if (first) {
          cold[vc * L.COLD_STRIDE + L.COLD_ACCEPT] = output + 1 === size ? 0 : output + 1;
          state.vcGrant[base + output] = input + 1 === size ? 0 : input + 1;
        }
      }
      this.touched[word] = 0;
    }
  }
}

/** Input VC `vc` takes local output VC `output` (port * numVcs + vc); it may ask for the switch from the next step. */
export function assignVc(state: FlitState, router: number, vc: number, output: number): void {
  const { vcs, port, numVcs } = state;
  const outPort = (output / numVcs) | 0;
  const outVc = output - outPort * numVcs;
  const portAt = (router * state.ports + outPort) * L.PORT_STRIDE;
  port[portAt + L.PORT_FREE]! &= ~(1 << outVc);
  const down = port[portAt + L.PORT_DOWN]! + outVc;
  const at = vc * state.vcStride;
  vcs[at + L.VC_STATE] = L.STATE_ACTIVE;
  vcs[at + L.VC_OUT_PORT] = outPort;
  vcs[at + L.VC_OUT_VC] = down;
  state.cold[down * L.COLD_STRIDE + L.COLD_OWNER] = vc;
  if (down < state.firstSinkVc) state.expectPacket(down);
  state.stalls.noVc += Math.max(0, state.cycle - state.cold[vc * L.COLD_STRIDE + L.COLD_ASKED]! - state.parameters.vcAllocDelay + 1);
  withdrawRequests(state, vc);
  if (state.order !== undefined && !state.parameters.speculative) state.order.granted(vc, state.step);
  state.granted[state.grantedCount++] = vc;
}

/** VCs granted in this step ask for the switch from the next one. */
export function activateGranted(state: FlitState): void {
  const extra = state.parameters.switchAllocDelay - 1;
  for (let index = 0; index < state.grantedCount; index++) {
    const vc = state.granted[index]!;
    if (extra === 0) state.markReady(vc);
    else state.wheel.push(state.cycle + 1 + extra, vc * 8 + L.ENTRY_ASK_SWITCH);
  }
  state.grantedCount = 0;
}
