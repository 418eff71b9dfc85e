import type { Allocator } from '../api.js';
import { Crossing } from './crossing.js';
import { SwitchRequests } from './switch-requests.js';
import { L } from './layout.js';
import type { ServiceOrder } from './service-order.js';
import type { FlitState } from './state.js';
import { hasCredit, waitForCredit } from './traversal.js';
import { assignVc } from './vc-allocation.js';

/** Makes the allocators of one router and stage (`inputs` x `outputs`). */
export type AllocatorMaker = (name: string, inputs: number, outputs: number, iterations: number) => Allocator;

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
  private readonly crossing: Crossing;
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
    this.crossing = new Crossing(state);
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

  /** True while a VC asks for the switch or a head for a virtual channel. */
  hasWork(): boolean {
    const { state } = this;
    for (let port = 0; port < state.ports; port++) {
      const at = this.portAt(port);
      if (state.table[at + L.PORT_READY] !== 0 || state.table16[2 * at + L.PORT16_PENDING] !== 0) return true;
    }
    return false;
  }

  /** One step of the router at hand. */
  run(): void {
    const unit = this.units[this.state.here]!;
    this.allocateVcs(unit);
    this.evaluateHeld(unit);
    this.evaluateSwitch(unit);
    this.applyVcs(unit);
    this.applyHeld(unit);
    this.applySwitch(unit);
  }

  private portAt(port: number): number {
    return this.state.hereAt + this.state.portsAt + port * L.PORT_STRIDE;
  }

  private allocateVcs(unit: RouterUnit): void {
    const { state } = this;
    const size = state.vcsPerRouter;
    this.waitingCount = 0;
    let pending = 0;
    for (let port = 0; port < state.ports; port++) pending += state.table16[2 * this.portAt(port) + L.PORT16_PENDING]!;
    if (pending === 0) return;
    for (let local = 0; local < size; local++) {
      const vc = state.hereVc + (local << state.vcShift);
      if (state.vcs16[2 * vc + L.VC16_STATE] !== L.STATE_ALLOCATING || !this.hasRequests(vc, local)) continue;
      this.waiting[this.waitingCount++] = local;
      this.requestVcs(unit, vc, local);
    }
    unit.vcAllocator.allocate();
  }

  /** False while a VC allocation delay above 1 is still running. */
  private hasRequests(vc: number, local: number): boolean {
    const { state } = this;
    const packed = state.routeOf(vc, 0);
    const output = (packed >> 16) * state.numVcs + ((packed >> 8) & 255);
    return (state.table[state.hereAt + state.requestsAt + output * state.requestStride + (local >> 5)]! & (1 << (local & 31))) !== 0;
  }

  private requestVcs(unit: RouterUnit, vc: number, local: number): void {
    const { state } = this;
    const count = state.vcs16[2 * vc + L.VC16_REQUESTS]!;
    for (let index = 0; index < count; index++) {
      const packed = state.routeOf(vc, index);
      const priority = state.routePriorities[(vc >> state.vcShift) * state.maxRequests + index]!;
      const outPort = packed >> 16;
      const free = state.table[this.portAt(outPort) + L.PORT_FREE]!;
      for (let out = (packed >> 8) & 255, last = packed & 255; out <= last; out++) {
        if ((free & (1 << out)) !== 0) unit.vcAllocator.addRequest(local, outPort * state.numVcs + out, priority, 0);
      }
    }
  }

  /** Held connections pass their next flit without arbitration, if it has a credit. */
  private evaluateHeld(unit: RouterUnit): void {
    this.heldCount = 0;
    if (!this.state.parameters.holdSwitchForPacket) return;
    for (let input = 0; input < unit.heldVc.length; input++) {
      const vc = unit.heldVc[input]!;
      if (vc >= 0) this.heldNow[this.heldCount++] = input * 2 + (hasCredit(this.state, vc) ? 1 : 0);
    }
  }

  private evaluateSwitch(unit: RouterUnit): void {
    this.collectActive(unit);
    if (this.state.parameters.speculative) this.collectSpeculative(unit);
    this.winnerCount = 0;
    if (unit.requests.count === 0) return;
    unit.requests.offer(unit.switchAllocator);
    unit.switchAllocator.allocate();
    this.collectWinners(unit);
    unit.requests.clear();
  }

  private collectActive(unit: RouterUnit): void {
    const { state } = this;
    const { parameters, numVcs, ports } = state;
    for (let input = 0; input < ports; input++) {
      for (let mask = state.table[this.portAt(input) + L.PORT_READY]!, local = 0; mask !== 0; mask >>>= 1, local++) {
        if ((mask & 1) === 0) continue;
        const vc = state.hereVc + ((input * numVcs + local) << state.vcShift);
        const expanded = input * parameters.inputSpeedup + (local % parameters.inputSpeedup);
        if (unit.heldVc[expanded] === vc) continue;
        if (!hasCredit(state, vc)) waitForCredit(state, vc, input, local);
        else this.request(unit, input, local, state.vcs16[2 * vc + L.VC16_OUT_PORT]!, 0);
      }
    }
  }

  /** Heads that wait for a VC bid for the switch at the same time, where a free VC with a credit exists; they rank below the others. */
  private collectSpeculative(unit: RouterUnit): void {
    const { state } = this;
    const { numVcs } = state;
    for (let index = 0; index < this.waitingCount; index++) {
      const waiting = this.waiting[index]!;
      const vc = state.hereVc + (waiting << state.vcShift);
      const input = state.portOfLocal[waiting]!;
      const count = state.vcs16[2 * vc + L.VC16_REQUESTS]!;
      for (let entry = 0; entry < count; entry++) {
        const packed = state.routeOf(vc, entry);
        if (this.hasFreeVc(packed)) this.request(unit, input, waiting - input * numVcs, packed >> 16, -1);
      }
    }
  }

  private hasFreeVc(packed: number): boolean {
    const { state } = this;
    const outAt = this.portAt(packed >> 16);
    for (let out = (packed >> 8) & 255, last = packed & 255; out <= last; out++) {
      if ((state.table[outAt + L.PORT_FREE]! & (1 << out)) !== 0 && this.downstreamHasRoom(state.table[outAt + L.PORT_DOWN]! + (out << state.vcShift))) return true;
    }
    return false;
  }

  private downstreamHasRoom(down: number): boolean {
    const { state } = this;
    const slot = state.nextSlot(down);
    return slot < 0 && ~slot <= state.cycle;
  }

  private request(unit: RouterUnit, input: number, local: number, outPort: number, priority: number): void {
    const { inputSpeedup, outputSpeedup } = this.state.parameters;
    const expandedIn = input * inputSpeedup + (local % inputSpeedup);
    const expandedOut = outPort * outputSpeedup + (input % outputSpeedup);
    if (unit.heldVc[expandedIn]! >= 0 || unit.outputHeld[expandedOut] !== 0) return;
    unit.requests.add(expandedIn, expandedOut, local, priority, unit.roundRobin[expandedIn]!);
  }

  private collectWinners(unit: RouterUnit): void {
    const { state } = this;
    const { parameters, numVcs } = state;
    for (let input = 0; input < unit.roundRobin.length; input++) {
      const output = unit.switchAllocator.outputOf(input);
      if (output < 0) continue;
      const local = unit.requests.vcOf(input, output);
      unit.roundRobin[input] = (local + parameters.inputSpeedup) % numVcs;
      const port = (input / parameters.inputSpeedup) | 0;
      const vc = state.hereVc + ((port * numVcs + local) << state.vcShift);
      if (this.stands(unit, vc, (output / parameters.outputSpeedup) | 0)) {
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
    const shift = this.state.vcShift;
    for (let from = 2; from < this.winnerCount; from += 2) {
      const vc = winners[from]!;
      const output = winners[from + 1]!;
      let at = from;
      for (; at > 0 && order.compare(winners[at - 2]! >> shift, vc >> shift) > 0; at -= 2) winners.copyWithin(at, at - 2, at);
      winners[at] = vc;
      winners[at + 1] = output;
    }
  }

  /** A speculative grant counts only if VC allocation succeeded for the same output, with a credit. */
  private stands(unit: RouterUnit, vc: number, outPort: number): boolean {
    const { state } = this;
    if (state.vcs16[2 * vc + L.VC16_STATE] === L.STATE_ACTIVE) return true;
    const output = unit.vcAllocator.outputOf((vc - state.hereVc) >> state.vcShift);
    if (output < 0 || ((output / state.numVcs) | 0) !== outPort) return false;
    const down = state.table[this.portAt(outPort) + L.PORT_DOWN]! + ((output % state.numVcs) << state.vcShift);
    return this.downstreamHasRoom(down);
  }

  private applyVcs(unit: RouterUnit): void {
    const { state } = this;
    for (let index = 0; index < this.waitingCount; index++) {
      const local = this.waiting[index]!;
      const output = unit.vcAllocator.outputOf(local);
      if (output >= 0) assignVc(state, state.hereVc + (local << state.vcShift), output);
    }
  }

  private applyHeld(unit: RouterUnit): void {
    const { state } = this;
    for (let index = 0; index < this.heldCount; index++) {
      const input = this.heldNow[index]! >> 1;
      const vc = unit.heldVc[input]!;
      if ((this.heldNow[index]! & 1) === 0) {
        this.letGo(unit, input);
        continue;
      }
      const tail = this.isTail(vc);
      this.send(vc);
      if (tail || this.isEmpty(vc)) this.letGo(unit, input);
    }
  }

  private applySwitch(unit: RouterUnit): void {
    const { state } = this;
    const { parameters, numVcs } = state;
    for (let index = 0; index < this.winnerCount; index += 2) {
      const vc = this.winners[index]!;
      const output = this.winners[index + 1]!;
      const tail = this.isTail(vc);
      this.readySpeculative(vc);
      this.send(vc);
      if (!parameters.holdSwitchForPacket || tail || this.isEmpty(vc)) continue;
      const at = (vc - state.hereVc) >> state.vcShift;
      const port = state.portOfLocal[at]!;
      const input = port * parameters.inputSpeedup + ((at - port * numVcs) % parameters.inputSpeedup);
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

  private send(vc: number): void {
    const { state } = this;
    const local = (vc - state.hereVc) >> state.vcShift;
    const input = state.portOfLocal[local]!;
    this.crossing.send(vc, input, local - input * state.numVcs);
  }

  private isEmpty(vc: number): boolean {
    return this.state.vcs16[2 * vc + L.VC16_COUNT] === 0;
  }

  private isTail(vc: number): boolean {
    return (this.state.frontFlit(vc) & L.FLIT_TAIL) !== 0;
  }

  private letGo(unit: RouterUnit, input: number): void {
    unit.outputHeld[unit.heldOutput[input]!] = 0;
    unit.heldVc[input] = -1;
    unit.heldOutput[input] = -1;
  }
}
