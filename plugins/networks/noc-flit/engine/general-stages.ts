import type { StateExchange } from 'tessera-sim';
import type { Allocator } from '../contract.js';
import { SwitchRequests } from './switch-requests.js';
import { L } from './assembly/layout.js';
import { M } from './assembly/parameters.js';
import type { RouterCore } from './router-core.js';
import type { ServiceOrder } from './service-order.js';
import type { FlitState } from './state.js';

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
  /** The router at hand: its record and its first virtual channel; and the cycle. */
  private hereAt = 0;
  private hereVc = 0;
  private cycle = 0;
  /** Waiting heads of the router at hand (local VC), and their VC allocation result. */
  private readonly waiting: Int32Array;
  private waitingCount = 0;
  /** Grants of the switch: VC and expanded output. */
  private readonly winners: Int32Array;
  private winnerCount = 0;
  private readonly heldNow: Int32Array;
  private heldCount = 0;

  constructor(
    private readonly state: FlitState,
    makeAllocator: AllocatorMaker,
    private readonly core: () => RouterCore,
  ) {
    const { parameters, ports, numVcs } = state;
    const inputs = ports * parameters.inputSpeedup;
    const outputs = ports * parameters.outputSpeedup;
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

  /** One step of a router. */
  run(router: number, cycle: number): void {
    const unit = this.units[router]!;
    this.hereAt = this.state.routerAt(router);
    this.hereVc = this.state.inputVc(router, 0);
    this.cycle = cycle;
    this.allocateVcs(unit);
    this.evaluateHeld(unit);
    this.evaluateSwitch(unit);
    this.applyVcs(unit);
    this.applyHeld(unit);
    this.applySwitch(unit);
  }

  private portAt(port: number): number {
    return this.hereAt + this.state.portsAt + port * L.PORT_STRIDE;
  }

  /** Virtual channel number `local` of the router at hand. */
  private vcAt(local: number): number {
    return this.hereVc + (local << this.state.vcShift);
  }

  private localOf(vc: number): number {
    return (vc - this.hereVc) >> this.state.vcShift;
  }

  private portOfLocal(local: number): number {
    return this.state.memory.words[this.state.portOfLocalAt + local]!;
  }

  private hasCredit(vc: number): boolean {
    return this.downstreamHasRoom(this.state.memory.words[vc + L.VC_OUT_VC]!);
  }

  private allocateVcs(unit: RouterUnit): void {
    const { state } = this;
    const size = state.vcsPerRouter;
    this.waitingCount = 0;
    let pending = 0;
    for (let port = 0; port < state.ports; port++) pending += state.memory.halves[2 * this.portAt(port) + L.PORT16_PENDING]!;
    if (pending === 0) return;
    for (let local = 0; local < size; local++) {
      const vc = this.vcAt(local);
      if (state.memory.halves[2 * vc + L.VC16_STATE] !== L.STATE_ALLOCATING || !this.hasRequests(vc, local)) continue;
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
    return (state.memory.words[this.hereAt + state.requestsAt + output * state.requestStride + (local >> 5)]! & (1 << (local & 31))) !== 0;
  }

  private requestVcs(unit: RouterUnit, vc: number, local: number): void {
    const { state } = this;
    const count = state.memory.halves[2 * vc + L.VC16_REQUESTS]!;
    for (let index = 0; index < count; index++) {
      const packed = state.routeOf(vc, index);
      const priority = state.routePriorities[state.numberOf(vc) * state.maxRequests + index]!;
      const outPort = packed >> 16;
      const free = state.memory.words[this.portAt(outPort) + L.PORT_FREE]!;
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
      if (vc >= 0) this.heldNow[this.heldCount++] = input * 2 + (this.hasCredit(vc) && this.core().linkIsBusy(this.outPortOf(vc)) === 0 ? 1 : 0);
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
      for (let mask = state.memory.words[this.portAt(input) + L.PORT_READY]!, local = 0; mask !== 0; mask >>>= 1, local++) {
        if ((mask & 1) === 0) continue;
        const vc = this.vcAt(input * numVcs + local);
        const expanded = input * parameters.inputSpeedup + (local % parameters.inputSpeedup);
        if (unit.heldVc[expanded] === vc) continue;
        if (!this.hasCredit(vc)) this.core().waitForCredit(vc, input, local);
        else this.request(unit, input, local, this.outPortOf(vc), 0);
      }
    }
  }

  /** Heads that wait for a VC bid for the switch at the same time, where a free VC with a credit exists; they rank below the others. */
  private collectSpeculative(unit: RouterUnit): void {
    const { state } = this;
    const { numVcs } = state;
    for (let index = 0; index < this.waitingCount; index++) {
      const waiting = this.waiting[index]!;
      const vc = this.vcAt(waiting);
      const input = this.portOfLocal(waiting);
      const count = state.memory.halves[2 * vc + L.VC16_REQUESTS]!;
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
      if (
        (state.memory.words[outAt + L.PORT_FREE]! & (1 << out)) !== 0 &&
        this.downstreamHasRoom(state.memory.words[outAt + L.PORT_DOWN]! + (out << state.vcShift))
      )
        return true;
    }
    return false;
  }

  private downstreamHasRoom(down: number): boolean {
    const { state } = this;
    const slot = state.nextSlot(down);
    return slot < 0 && ~slot <= this.cycle;
  }

  private request(unit: RouterUnit, input: number, local: number, outPort: number, priority: number): void {
    const { inputSpeedup, outputSpeedup } = this.state.parameters;
    const expandedIn = input * inputSpeedup + (local % inputSpeedup);
    const expandedOut = outPort * outputSpeedup + (input % outputSpeedup);
    if (unit.heldVc[expandedIn]! >= 0 || unit.outputHeld[expandedOut] !== 0 || this.core().linkIsBusy(outPort) !== 0) return;
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
      const vc = this.vcAt(port * numVcs + local);
      if (this.stands(unit, vc, (output / parameters.outputSpeedup) | 0)) {
        this.winners[this.winnerCount++] = vc;
        this.winners[this.winnerCount++] = output;
      }
    }
    state.memory.doubles[M.LOST_SWITCH]! += unit.requests.asked - this.winnerCount / 2;
    if (state.order !== undefined) this.sortWinners(state.order);
  }

  /** The flits of one step queue for the wires in the order in which the router serves its VCs. */
  private sortWinners(order: ServiceOrder): void {
    const { winners } = this;
    const { state } = this;
    for (let from = 2; from < this.winnerCount; from += 2) {
      const vc = winners[from]!;
      const output = winners[from + 1]!;
      let at = from;
      for (; at > 0 && order.compare(state.numberOf(winners[at - 2]!), state.numberOf(vc)) > 0; at -= 2) winners.copyWithin(at, at - 2, at);
      winners[at] = vc;
      winners[at + 1] = output;
    }
  }

  /** A speculative grant counts only if VC allocation succeeded for the same output, with a credit. */
  private stands(unit: RouterUnit, vc: number, outPort: number): boolean {
    const { state } = this;
    if (state.memory.halves[2 * vc + L.VC16_STATE] === L.STATE_ACTIVE) return true;
    const output = unit.vcAllocator.outputOf(this.localOf(vc));
    if (output < 0 || ((output / state.numVcs) | 0) !== outPort) return false;
    const down = state.memory.words[this.portAt(outPort) + L.PORT_DOWN]! + ((output % state.numVcs) << state.vcShift);
    return this.downstreamHasRoom(down);
  }

  private applyVcs(unit: RouterUnit): void {
    for (let index = 0; index < this.waitingCount; index++) {
      const local = this.waiting[index]!;
      const output = unit.vcAllocator.outputOf(local);
      if (output >= 0) this.core().assignVc(this.vcAt(local), output);
    }
  }

  private applyHeld(unit: RouterUnit): void {
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
      if (parameters.speculative) this.core().activateNow(vc);
      this.send(vc);
      if (!parameters.holdSwitchForPacket || tail || this.isEmpty(vc)) continue;
      const at = this.localOf(vc);
      const port = this.portOfLocal(at);
      const input = port * parameters.inputSpeedup + ((at - port * numVcs) % parameters.inputSpeedup);
      unit.heldVc[input] = vc;
      unit.heldOutput[input] = output;
      unit.outputHeld[output] = 1;
    }
  }

  private send(vc: number): void {
    const { state } = this;
    const local = this.localOf(vc);
    const input = this.portOfLocal(local);
    this.core().cross(vc, input, local - input * state.numVcs, this.portAt(input), this.portAt(this.outPortOf(vc)));
  }

  private outPortOf(vc: number): number {
    return this.state.memory.halves[2 * vc + L.VC16_OUT_PORT]!;
  }

  private isEmpty(vc: number): boolean {
    return this.state.memory.halves[2 * vc + L.VC16_COUNT] === 0;
  }

  private isTail(vc: number): boolean {
    return (this.state.frontFlit(vc) & L.FLIT_TAIL) !== 0;
  }

  private letGo(unit: RouterUnit, input: number): void {
    unit.outputHeld[unit.heldOutput[input]!] = 0;
    unit.heldVc[input] = -1;
    unit.heldOutput[input] = -1;
  }

  /** Pointers of the allocators, and held connections. */
  exchange(s: StateExchange): void {
    for (const { vcAllocator, switchAllocator, roundRobin, heldOutput, heldVc, outputHeld } of this.units) {
      vcAllocator.state?.(s);
      switchAllocator.state?.(s);
      for (const table of [roundRobin, heldOutput, heldVc, outputHeld]) s.numbers(table);
    }
  }
}
