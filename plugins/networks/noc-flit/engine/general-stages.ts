import type { Allocator } from '../api.js';
import type { AllocatorMaker } from './flit-network.js';
import { SwitchRequests } from './switch-requests.js';
import { lowestBit } from './bits.js';
import * as L from './layout.js';
import type { ServiceOrder } from './service-order.js';
import type { FlitState } from './state.js';
import { hasCredit, hasFixedDelays, traverse, waitForCredit } from './traversal.js';
import { assignVc } from './vc-allocation.js';

/** The allocators and held connections of one router. Inputs and outputs of the switch are expanded by the speedups. */
interface RouterUnit {
  readonly vcAllocator: Allocator;
  readonly switchAllocator: Allocator;
  readonly requests: SwitchRequests;
  /** Per expanded input: the VC whose first choice it is, the output it holds, the VC that holds it; -1 = none. */
  readonly roundRobin: Int32Array;
  readonly heldOutput: Int32Array;
  readonly heldVc: Int32Array;
  /** Per expanded output: 1 when held. */
  readonly outputHeld: Uint8Array;
}

/**
 * VC and switch allocation for every option: any allocator, speculation, held connections, speedups, any number of ports.
 * One step evaluates all stages on the old state and then applies them. Slower than the table-driven stages, same results.
 */
export class GeneralStages {
  private readonly units: RouterUnit[] = [];
  private readonly fixedDelays: boolean;
  /** Waiting heads of the router at hand (local VC), and their VC allocation result. */
  private readonly waiting: Int32Array;
  private waitingCount = 0;
  /** Grants of the switch: VC and expanded output. */
  private readonly winners: Int32Array;
  private winnerCount = 0;
  private readonly heldNow: Int32Array;
  private heldCount = 0;

  constructor(private readonly state: FlitState, makeAllocator: AllocatorMaker) {
    const { parameters, ports, numVcs } = state;
    const inputs = ports * parameters.inputSpeedup;
    const outputs = ports * parameters.outputSpeedup;
    this.fixedDelays = hasFixedDelays(state);
    this.waiting = new Int32Array(ports * numVcs);
    this.winners = new Int32Array(ports * numVcs * 2);
    this.heldNow = new Int32Array(inputs);
    for (let router = 0; router < state.routers; router++) {
      this.units.push({
        vcAllocator: makeAllocator(parameters.vcAllocator, ports * numVcs, ports * numVcs, parameters.allocatorIterations),
        switchAllocator: makeAllocator(parameters.switchAllocator, inputs, outputs, parameters.allocatorIterations),
        requests: new SwitchRequests(inputs, outputs, numVcs),
        roundRobin: Int32Array.from({ length: inputs }, (_, index) => index % parameters.inputSpeedup),
        heldOutput: new Int32Array(inputs).fill(-1),
        heldVc: new Int32Array(inputs).fill(-1),
        outputHeld: new Uint8Array(outputs),
      });
    }
  }

  /** One step of every router with work. */
  run(): void {
    const { state } = this;
    for (let word = 0; word < state.switchSet.words.length; word++) {
      for (let members = state.switchSet.words[word]! | state.vcSet.words[word]!; members !== 0; members &= members - 1) {
        const router = (word << 5) + lowestBit(members);
        state.vcSet.remove(router);
        this.runRouter(router);
        if (this.hasWork(router)) state.switchSet.add(router);
        else state.switchSet.remove(router);
      }
    }
  }

  private hasWork(router: number): boolean {
    const { state } = this;
    for (let port = router * state.ports; port < (router + 1) * state.ports; port++) {
      if (state.port[port * L.PORT_STRIDE + L.PORT_READY] !== 0 || state.wait[port * L.WAIT_STRIDE + L.WAIT_PENDING] !== 0) return true;
    }
    return false;
  }

  private runRouter(router: number): void {
    const unit = this.units[router]!;
    this.allocateVcs(router, unit);
    this.evaluateHeld(router, unit);
    this.evaluateSwitch(router, unit);
    this.applyVcs(router, unit);
    this.applyHeld(router, unit);
    this.applySwitch(router, unit);
  }

  private allocateVcs(router: number, unit: RouterUnit): void {
    const { state } = this;
    const size = state.ports * state.numVcs;
    this.waitingCount = 0;
    let pending = 0;
    for (let port = router * state.ports; port < (router + 1) * state.ports; port++) pending += state.wait[port * L.WAIT_STRIDE + L.WAIT_PENDING]!;
    if (pending === 0) return;
    for (let local = 0; local < size; local++) {
      const vc = router * size + local;
      if (state.vcs[vc * state.vcStride + L.VC_STATE] !== L.STATE_ALLOCATING || !this.hasRequests(router, vc, local)) continue;
      this.waiting[this.waitingCount++] = local;
      this.requestVcs(router, unit, vc, local);
    }
    unit.vcAllocator.allocate();
  }

  /** False while a VC allocation delay above 1 is still running. */
  private hasRequests(router: number, vc: number, local: number): boolean {
    const { state } = this;
    const packed = state.routeOf(vc, 0);
    const output = (router * state.ports + (packed >> 16)) * state.numVcs + ((packed >> 8) & 255);
    return (state.requests[output * state.requestWords + (local >> 5)]! & (1 << (local & 31))) !== 0;
  }

  private requestVcs(router: number, unit: RouterUnit, vc: number, local: number): void {
    const { state } = this;
    const count = state.cold[vc * L.COLD_STRIDE + L.COLD_REQUESTS]!;
    for (let index = 0; index < count; index++) {
      const packed = state.routeOf(vc, index);
      const priority = state.routePriorities[vc * state.maxRequests + index]!;
      const outPort = packed >> 16;
      const free = state.port[(router * state.ports + outPort) * L.PORT_STRIDE + L.PORT_FREE]!;
      for (let out = (packed >> 8) & 255, last = packed & 255; out <= last; out++) {
        if ((free & (1 << out)) !== 0) unit.vcAllocator.addRequest(local, outPort * state.numVcs + out, priority, 0);
      }
    }
  }

  /** Held connections pass their next flit without arbitration, if it has a credit. */
  private evaluateHeld(router: number, unit: RouterUnit): void {
    this.heldCount = 0;
    if (!this.state.parameters.holdSwitchForPacket) return;
    for (let input = 0; input < unit.heldVc.length; input++) {
      const vc = unit.heldVc[input]!;
      if (vc >= 0) this.heldNow[this.heldCount++] = input * 2 + (hasCredit(this.state, vc) ? 1 : 0);
    }
  }

  private evaluateSwitch(router: number, unit: RouterUnit): void {
    this.collectActive(router, unit);
    if (this.state.parameters.speculative) this.collectSpeculative(router, unit);
    this.winnerCount = 0;
    if (unit.requests.count === 0) return;
    unit.requests.offer(unit.switchAllocator);
    unit.switchAllocator.allocate();
    this.collectWinners(router, unit);
    unit.requests.clear();
  }

  private collectActive(router: number, unit: RouterUnit): void {
    const { state } = this;
    const { parameters, numVcs, ports } = state;
    for (let input = 0; input < ports; input++) {
      const inPort = router * ports + input;
      for (let mask = state.port[inPort * L.PORT_STRIDE + L.PORT_READY]!, local = 0; mask !== 0; mask >>>= 1, local++) {
        if ((mask & 1) === 0) continue;
        const vc = inPort * numVcs + local;
        const expanded = input * parameters.inputSpeedup + (local % parameters.inputSpeedup);
        if (unit.heldVc[expanded] === vc) continue;
        if (!hasCredit(state, vc)) waitForCredit(state, router, inPort, vc);
        else this.request(unit, input, local, state.vcs[vc * state.vcStride + L.VC_OUT_PORT]!, 0);
      }
    }
  }

  /** Heads that wait for a VC bid for the switch at the same time, where a free VC with a credit exists; they rank below the others. */
  private collectSpeculative(router: number, unit: RouterUnit): void {
    const { state } = this;
    const { numVcs, ports } = state;
    for (let index = 0; index < this.waitingCount; index++) {
      const waiting = this.waiting[index]!;
      const vc = router * ports * numVcs + waiting;
      const input = (waiting / numVcs) | 0;
      const count = state.cold[vc * L.COLD_STRIDE + L.COLD_REQUESTS]!;
      for (let entry = 0; entry < count; entry++) {
        const packed = state.routeOf(vc, entry);
        if (this.hasFreeVc(router, packed)) this.request(unit, input, waiting - input * numVcs, packed >> 16, -1);
      }
    }
  }

  private hasFreeVc(router: number, packed: number): boolean {
    const { state } = this;
    const outAt = (router * state.ports + (packed >> 16)) * L.PORT_STRIDE;
    for (let out = (packed >> 8) & 255, last = packed & 255; out <= last; out++) {
      if ((state.port[outAt + L.PORT_FREE]! & (1 << out)) !== 0 && this.downstreamHasRoom(state.port[outAt + L.PORT_DOWN]! + out)) return true;
    }
    return false;
  }

  private downstreamHasRoom(down: number): boolean {
    const { state } = this;
    const slot = state.vcs[state.tailSlot(down)]!;
    return slot < 0 && ~slot <= state.cycle;
  }

  private request(unit: RouterUnit, input: number, local: number, outPort: number, priority: number): void {
    const { inputSpeedup, outputSpeedup } = this.state.parameters;
    const expandedIn = input * inputSpeedup + (local % inputSpeedup);
    const expandedOut = outPort * outputSpeedup + (input % outputSpeedup);
    if (unit.heldVc[expandedIn]! >= 0 || unit.outputHeld[expandedOut] !== 0) return;
    unit.requests.add(expandedIn, expandedOut, local, priority, unit.roundRobin[expandedIn]!);
  }

  private collectWinners(router: number, unit: RouterUnit): void {
    const { state } = this;
    const { parameters, numVcs, ports } = state;
    for (let input = 0; input < unit.roundRobin.length; input++) {
      const output = unit.switchAllocator.outputOf(input);
      if (output < 0) continue;
      const local = unit.requests.vcOf(input, output);
      unit.roundRobin[input] = (local + parameters.inputSpeedup) % numVcs;
      const port = router * ports + ((input / parameters.inputSpeedup) | 0);
      const vc = port * numVcs + local;
      if (this.stands(router, unit, vc, (output / parameters.outputSpeedup) | 0)) {
        this.winners[this.winnerCount++] = vc;
        this.winners[this.winnerCount++] = output;
      }
    }
    state.stalls.lostSwitch += unit.requests.asked - this.winnerCount / 2;
    if (state.order !== undefined) this.sortWinners(state.order);
  }

  /** The flits of one step queue for the wires in the order in which the router serves its VCs. */
  private sortWinners(order: ServiceOrder): void {
    const { winners } = this;
    for (let from = 2; from < this.winnerCount; from += 2) {
      const vc = winners[from]!;
      const output = winners[from + 1]!;
      let at = from;
      for (; at > 0 && order.compare(winners[at - 2]!, vc) > 0; at -= 2) winners.copyWithin(at, at - 2, at);
      winners[at] = vc;
      winners[at + 1] = output;
    }
  }

  /** A speculative grant counts only if VC allocation succeeded for the same output, with a credit. */
  private stands(router: number, unit: RouterUnit, vc: number, outPort: number): boolean {
    const { state } = this;
    if (state.vcs[vc * state.vcStride + L.VC_STATE] === L.STATE_ACTIVE) return true;
    const output = unit.vcAllocator.outputOf(vc - router * state.ports * state.numVcs);
    if (output < 0 || ((output / state.numVcs) | 0) !== outPort) return false;
    const down = state.port[(router * state.ports + outPort) * L.PORT_STRIDE + L.PORT_DOWN]! + (output % state.numVcs);
    return this.downstreamHasRoom(down);
  }

  private applyVcs(router: number, unit: RouterUnit): void {
    const { state } = this;
    const base = router * state.ports * state.numVcs;
    for (let index = 0; index < this.waitingCount; index++) {
      const local = this.waiting[index]!;
      const output = unit.vcAllocator.outputOf(local);
      if (output >= 0) assignVc(state, router, base + local, output);
    }
  }

  private applyHeld(router: number, unit: RouterUnit): void {
    const { state } = this;
    for (let index = 0; index < this.heldCount; index++) {
      const input = this.heldNow[index]! >> 1;
      const vc = unit.heldVc[input]!;
      const inPort = Math.floor(vc / state.numVcs);
      if ((this.heldNow[index]! & 1) === 0) {
        this.letGo(unit, input);
        continue;
      }
      const tail = this.isTail(vc);
      traverse(state, router, inPort, vc, this.fixedDelays);
      if (tail || state.vcs[vc * state.vcStride + L.VC_COUNT] === 0) this.letGo(unit, input);
    }
  }

  private applySwitch(router: number, unit: RouterUnit): void {
    const { state } = this;
    const { parameters, numVcs, ports } = state;
    for (let index = 0; index < this.winnerCount; index += 2) {
      const vc = this.winners[index]!;
      const output = this.winners[index + 1]!;
      const inPort = Math.floor(vc / numVcs);
      const tail = this.isTail(vc);
      this.readySpeculative(vc);
      traverse(state, router, inPort, vc, this.fixedDelays);
      if (!parameters.holdSwitchForPacket || tail || state.vcs[vc * state.vcStride + L.VC_COUNT] === 0) continue;
      const input = (inPort - router * ports) * parameters.inputSpeedup + ((vc - inPort * numVcs) % parameters.inputSpeedup);
      unit.heldVc[input] = vc;
      unit.heldOutput[input] = output;
      unit.outputHeld[output] = 1;
    }
  }

  /** A VC that won both allocations in one step is active now: it must not be activated again at the end of the step. */
  private readySpeculative(vc: number): void {
    const { state } = this;
    if (!state.parameters.speculative) return;
    for (let index = 0; index < state.grantedCount; index++) {
      if (state.granted[index] !== vc) continue;
      state.granted[index] = state.granted[--state.grantedCount]!;
      state.markReady(vc);
      return;
    }
  }

  private isTail(vc: number): boolean {
    const { state } = this;
    return (state.vcs[state.headSlot(vc)]! & L.FLIT_TAIL) !== 0;
  }

  private letGo(unit: RouterUnit, input: number): void {
    unit.outputHeld[unit.heldOutput[input]!] = 0;
    unit.heldVc[input] = -1;
    unit.heldOutput[input] = -1;
  }
}
