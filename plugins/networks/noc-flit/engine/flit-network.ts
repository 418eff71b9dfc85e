import type { StateExchange } from 'tessera-sim';
import type { NetworkGraph, RoutingFunction } from '../contract.js';
import { L } from './assembly/layout.js';
import { M } from './assembly/parameters.js';
import { PacketView, type EjectionListener } from './ejected-packet.js';
import { flitsFrom } from './flit-counter.js';
import { GeneralStages, type AllocatorMaker } from './general-stages.js';
import type { PacketCarrier } from './carrier.js';
import { exchangeNetwork } from './network-state.js';
import { checkRouter, isPlain, type RouterParameters } from './parameters.js';
import { rebase, REBASE_AT_CYCLE } from './rebase.js';
import { makeRouterCore, type RouterCore, type RouterCoreHost } from './router-core.js';
import { routeHead } from './routing-stage.js';
import { Sources } from './sources.js';
import { stallCounts, type StallCounts } from './stall-counts.js';
import { FlitState } from './state.js';

export interface FlitNetworkOptions {
  readonly graph: NetworkGraph;
  readonly router: RouterParameters;
  readonly routing: RoutingFunction;
  readonly makeAllocator: AllocatorMaker;
  /** Use the table-driven iSLIP stages where they apply (default). They give the same results as the general ones. */
  readonly fastStages?: boolean;
}

/**
 * A network of input-queued virtual-channel routers, cycle-exact and event-driven: a cycle in which nothing can happen is
 * jumped over, a router without requests is not visited, and a credit costs no event unless somebody waits for it.
 * Time is whole cycles from 0; `now` is the next cycle to be worked on. Terminals are worked on cycle by cycle, routers at the
 * end of each window of cycles: what they decide shows at a terminal two cycles later at the earliest.
 */
export class FlitNetwork implements PacketCarrier {
  readonly state: FlitState;
  private readonly sources: Sources;
  private readonly core: RouterCore;
  private readonly packet = new PacketView();
  private listener: EjectionListener | undefined;
  private inFlight = 0;
  /** Where the table-driven stages do not apply. */
  private readonly general: GeneralStages | undefined;

  constructor(options: FlitNetworkOptions) {
    checkRouter(options.router);
    const plain = options.fastStages !== false && isPlain(options.router, options.graph.portsPerRouter);
    this.state = new FlitState(options.graph, options.router, options.routing, plain);
    this.general = plain ? undefined : new GeneralStages(this.state, options.makeAllocator, () => this.core);
    this.core = makeRouterCore(this.state.memory.memory, this.host());
    this.core.configure();
    this.sources = new Sources(this.state, this.core);
  }

  /**
   * All that its future depends on, and its totals, relative to the present cycle. It is loaded into a network that was made alike.
   * @param now cycle in which a network that is loaded goes on; with a fractional `internalSpeedup` it keeps that of the saved one
   */
  exchange(s: StateExchange, now: number): void {
    exchangeNetwork(s, this.state, this.sources, now);
    this.general?.exchange(s);
    this.inFlight = s.number(this.inFlight);
  }

  /** What the compiled pipeline calls. */
  private host(): RouterCoreHost {
    const { state, general } = this;
    const { order, parameters } = state;
    return {
      route: (vc, packet, router, inPort, inVc) => routeHead(state, vc, packet, router, inPort, inVc),
      push: (cycle, entry) => state.wheel.push(cycle, entry),
      allocate: (router, cycle) => general!.run(router, cycle),
      bodyArrived: (vc, step, input) => order!.arrived(state.numberOf(vc), step, input),
      wasGranted: (vc, step) => order!.granted(state.numberOf(vc), step),
      sortRouting: (list, count, carried) => order!.sortRouting(state, list, count, carried),
      wasRouted: (vc, step, place) => order!.wasRouted(state.numberOf(vc), step, place, parameters.speculative),
    };
  }

  /** Called for each packet whose tail is ejected, in the cycle of the ejection. */
  onEjection(listener: EjectionListener): void {
    this.listener = listener;
  }

  get now(): number {
    return this.state.epoch + this.state.cycle;
  }

  get nodes(): number {
    return this.state.nodes;
  }

  /** The routing function draws random numbers. */
  get draws(): boolean {
    return this.state.routingFunction.draws === true;
  }

  /** Packets given to `inject` and not yet ejected. */
  get packetsInFlight(): number {
    return this.inFlight;
  }

  /** Flits that entered injection channels in the cycles before `now`. */
  get flitsInjected(): number {
    return this.state.flitsInjected.before(this.state.cycle);
  }

  /** Flits that terminals took in the cycles before `now`. */
  get flitsEjected(): number {
    const { memory, ejectedAt, counterSize, cycle } = this.state;
    return memory.doubles[M.EJECTED]! - flitsFrom(memory.words, ejectedAt, counterSize, cycle);
  }

  /** Flits handed from a router to a channel since the start. */
  get flitHops(): number {
    return this.state.memory.doubles[M.FLIT_HOPS]!;
  }

  get stalls(): StallCounts {
    return stallCounts(this.state.memory);
  }

  /** The first node from `node` on at which a packet injected now would be sent at once if its VC has room, or the number of nodes. */
  nextIdleSource(node: number): number {
    const { idleFrom } = this.sources;
    const { cycle } = this.state;
    while (node < idleFrom.length && idleFrom[node]! > cycle) node++;
    return node;
  }

  /** Queue a packet of `flits` flits at `source` in cycle `now`. `tag` comes back at ejection. `created`: for latency, default now. */
  inject(source: number, destination: number, flits: number, tag: number, created = this.now): void {
    const packet = this.state.packets.allocate(source, destination, flits, tag, created);
    this.inFlight++;
    this.sources.enqueue(source, packet);
  }

  /** The next cycle in which anything happens, -1 when the network is empty. */
  nextEventCycle(): number {
    const { state } = this;
    const terminals = state.wheel.nextFrom(state.cycle);
    const routers = state.calendar.nextFrom(state.cycle);
    if (terminals < 0 && routers < 0) return -1;
    return state.epoch + (terminals < 0 || (routers >= 0 && routers < terminals) ? routers : terminals);
  }

  /** Work on all cycles before `cycle`; afterwards `now` is `cycle`. */
  advance(cycle: number): void {
    const { state } = this;
    while (this.now < cycle) {
      const next = this.nextEventCycle();
      if (next < 0 || next >= cycle) {
        this.jumpTo(cycle);
        return;
      }
      if (next > this.now) this.jumpTo(next);
      this.runCycle();
      state.cycle++;
      if (state.cycle >= REBASE_AT_CYCLE) rebase(state, this.sources);
    }
  }

  /** Sum of the ages (now - created) of the flits in the network or at the front of a queue, and their number. */
  inFlightAges(): { flits: number; cycles: number } {
    const { packets, memory } = this.state;
    let flits = 0;
    let cycles = 0;
    for (let packet = 0; packet < packets.size; packet++) {
      const at = packets.record(packet);
      const left = memory.words[at + L.PACKET_FLITS_LEFT]!;
      if (left === 0 || memory.doubles[at / 2 + L.TIME_STARTED]! < 0) continue;
      flits += left;
      cycles += left * (this.now - memory.doubles[at / 2 + L.TIME_CREATED]!);
    }
    return { flits, cycles };
  }

  private jumpTo(cycle: number): void {
    const relative = cycle - this.state.epoch;
    if (relative >= REBASE_AT_CYCLE) {
      this.state.cycle = Math.min(relative, this.state.cycle) | 0;
      rebase(this.state, this.sources);
    }
    // A whole number also where the caller's is a double: everything else is reckoned from it.
    this.state.cycle = (cycle - this.state.epoch) | 0;
  }

  private runCycle(): void {
    const { state } = this;
    if (state.wheel.countAt(state.cycle) > 0) this.dispatch();
    const endsWindow = ((state.cycle + 1) & (state.windowCycles - 1)) === 0;
    if (endsWindow && state.calendar.countAt(state.cycle) > 0) this.core.runWindow(state.cycle, state.epoch);
  }

  /** What the terminals do in this cycle: flits taken, credits, packets that follow others. */
  private dispatch(): void {
    const { state, sources } = this;
    const { wheel, cycle } = state;
    if (state.parameters.waitForTailCredit) this.releaseFirst();
    for (let index = 0; index < wheel.countAt(cycle); index++) {
      const entry = wheel.entriesAt(cycle)[index]!;
      const kind = entry & 3;
      if (kind === L.ENTRY_SOURCE) sources.wake(entry >> 2);
      else if (kind === L.ENTRY_EJECT) this.retire(entry >> 2);
    }
    wheel.clearAt(cycle);
  }

  /** Virtual channels that become free in this cycle may be taken in this cycle, whatever the order of the wheel's entries. */
  private releaseFirst(): void {
    const { wheel, cycle } = this.state;
    for (let index = 0; index < wheel.countAt(cycle); index++) {
      const entry = wheel.entriesAt(cycle)[index]!;
      if ((entry & 3) === L.ENTRY_RELEASE) this.release(this.state.vcsAt + ((entry >> 2) << this.state.vcShift));
    }
  }

  /** wait_for_tail_credit: the buffer `vc` is empty again, its sender's VC is free. */
  private release(vc: number): void {
    const { state } = this;
    const { words } = state.memory;
    const owner = words[vc + L.VC_OWNER]!;
    if (owner < 0) {
      this.sources.release(-owner - 1, vc);
      return;
    }
    const router = state.routerOf(owner);
    for (let port = 0; port < state.ports; port++) {
      const outAt = state.portAt(router, port);
      const first = words[outAt + L.PORT_DOWN]!;
      if (first >= 0 && vc >= first && vc < first + state.numVcs * state.vcStride) this.core.releaseVc(state.routerAt(router), outAt, vc);
    }
    this.core.visit(router, state.cycle);
  }

  private retire(packet: number): void {
    const { packets } = this.state;
    this.inFlight--;
    if (this.listener !== undefined) {
      this.packet.set(this.state, packet, this.now);
      this.listener.ejected(this.packet);
    }
    packets.release(packet);
  }
}
