import type { Allocator, NetworkGraph, RoutingFunction } from '../api.js';
import { GeneralStages } from './general-stages.js';
import * as L from './layout.js';
import { PacketView, type EjectionListener } from './ejected-packet.js';
import { checkRouter, type RouterParameters } from './parameters.js';
import { rebase, REBASE_AT_CYCLE } from './rebase.js';
import { enterRequests, finishRouting } from './routing-stage.js';
import { Sources } from './sources.js';
import { FlitState, type StallCounts } from './state.js';
import { IslipSwitchAllocation } from './switch-allocation.js';
import { arrive, releaseVc } from './traversal.js';
import { endTrain } from './train.js';
import { activateGranted, IslipVcAllocation } from './vc-allocation.js';

/** Makes the allocators of one router and stage (`inputs` x `outputs`). */
export type AllocatorMaker = (name: string, inputs: number, outputs: number, iterations: number) => Allocator;

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
 * Time is whole cycles from 0; `now` is the next cycle to be worked on.
 */
export class FlitNetwork {
  readonly state: FlitState;
  private readonly sources: Sources;
  private readonly fastVc: IslipVcAllocation | undefined;
  private readonly fastSwitch: IslipSwitchAllocation | undefined;
  private readonly general: GeneralStages | undefined;
  private readonly packet = new PacketView();
  private listener: EjectionListener | undefined;
  private inFlight = 0;

  constructor(options: FlitNetworkOptions) {
    checkRouter(options.router);
    const plain = options.fastStages !== false && isPlain(options.router, options.graph.portsPerRouter);
    this.state = new FlitState(options.graph, options.router, options.routing, plain);
    this.sources = new Sources(this.state);
    if (plain) {
      this.fastVc = new IslipVcAllocation(this.state);
      this.fastSwitch = new IslipSwitchAllocation(this.state);
    } else this.general = new GeneralStages(this.state, options.makeAllocator);
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
    return this.state.flitsEjected.before(this.state.cycle);
  }

  get stalls(): Readonly<StallCounts> {
    return this.state.stalls;
  }

  /** The source queues are unbounded; true when a packet injected now would be sent at once if its VC has room. */
  canInject(node: number): boolean {
    return this.sources.isIdle(node);
  }

  /** The first node from `node` on that `canInject`, or the number of nodes. */
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
    if (state.switchSet.size > 0 || state.vcSet.size > 0 || state.routingCount > 0) return this.now;
    const next = state.wheel.nextFrom(state.cycle);
    return next < 0 ? -1 : this.state.epoch + next;
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
    const { packets } = this.state;
    let flits = 0;
    let cycles = 0;
    for (let slot = 0; slot < packets.size; slot++) {
      const left = packets.flitsLeft[slot]!;
      if (left === 0 || packets.started[slot]! < 0) continue;
      flits += left;
      cycles += left * (this.now - packets.created[slot]!);
    }
    return { flits, cycles };
  }

  private jumpTo(cycle: number): void {
    const relative = cycle - this.state.epoch;
    if (relative >= REBASE_AT_CYCLE) {
      this.state.cycle = Math.min(relative, this.state.cycle);
      rebase(this.state, this.sources);
    }
    this.state.cycle = cycle - this.state.epoch;
  }

  private runCycle(): void {
    const { state } = this;
    this.dispatch();
    if (this.general === undefined) {
      if (state.vcSet.size > 0) this.fastVc!.run();
      if (state.switchSet.size > 0) this.fastSwitch!.run();
      if (state.grantedCount > 0) activateGranted(state);
      if (state.routingCount > 0 || state.routingNextCount > 0) finishRouting(state);
      state.step++;
      return;
    }
    const speed = state.parameters.internalSpeedup;
    const absolute = this.now;
    const steps = speed === 1 ? 1 : Math.floor((absolute + 1) * speed) - Math.floor(absolute * speed);
    for (state.stepsLeft = steps; state.stepsLeft > 0; state.stepsLeft--) {
      this.general.run();
      if (state.grantedCount > 0) activateGranted(state);
      if (state.routingCount > 0 || state.routingNextCount > 0) finishRouting(state);
      state.step++;
    }
    state.stepsLeft = 1;
  }

  /** What the wheel holds for this cycle: arrivals, credits, sources, ejections. */
  private dispatch(): void {
    const { state, sources } = this;
    const { wheel, cycle } = state;
    if (state.parameters.waitForTailCredit) this.releaseFirst();
    for (let index = 0; index < wheel.countAt(cycle); index++) {
      const entry = wheel.entriesAt(cycle)[index]!;
      const subject = entry >> 3;
      switch (entry & 7) {
        case L.ENTRY_ARRIVAL:
          arrive(state, subject);
          break;
        case L.ENTRY_CREDIT:
          this.creditArrived(subject);
          break;
        case L.ENTRY_SOURCE:
          sources.wake(subject);
          break;
        case L.ENTRY_EJECT:
          this.retire(subject);
          break;
        case L.ENTRY_ROUTED:
          state.routing[state.routingCount++] = subject;
          break;
        case L.ENTRY_RELEASE:
          break;
        case L.ENTRY_ASK_SWITCH:
          if (state.vcs[subject * state.vcStride + L.VC_STATE]! >= L.STATE_TRAIN) endTrain(state, subject);
          else if (this.hasFlit(subject)) state.markReady(subject);
          break;
        default:
          enterRequests(state, subject);
      }
    }
    wheel.clearAt(cycle);
  }

  /** A held connection may have moved the flit that this bid was for. */
  private hasFlit(vc: number): boolean {
    const at = vc * this.state.vcStride;
    return this.state.vcs[at + L.VC_STATE] === L.STATE_ACTIVE && this.state.vcs[at + L.VC_COUNT]! > 0;
  }

  /** Virtual channels that become free in this cycle may be taken in this cycle, whatever the order of the wheel's entries. */
  private releaseFirst(): void {
    const { wheel, cycle } = this.state;
    for (let index = 0; index < wheel.countAt(cycle); index++) {
      const entry = wheel.entriesAt(cycle)[index]!;
      if ((entry & 7) === L.ENTRY_RELEASE) this.release(entry >> 3);
    }
  }

  private creditArrived(vc: number): void {
    const { state } = this;
    state.stalls.noCredit += state.cycle - state.cold[vc * L.COLD_STRIDE + L.COLD_BLOCKED_SINCE]!;
    state.markReady(vc);
  }

  /** wait_for_tail_credit: the buffer `vc` is empty again, its sender's VC is free. */
  private release(vc: number): void {
    const { state } = this;
    const owner = state.cold[vc * L.COLD_STRIDE + L.COLD_OWNER]!;
    if (owner < 0) {
      this.sources.release(-owner - 1, vc % state.numVcs);
      return;
    }
    const router = Math.floor(owner / (state.ports * state.numVcs));
    const ports = router * state.ports;
    const down = vc - (vc % state.numVcs);
    for (let port = ports; port < ports + state.ports; port++) {
      if (state.port[port * L.PORT_STRIDE + L.PORT_DOWN] === down) releaseVc(state, router, port, vc - down);
    }
  }

  private retire(packet: number): void {
    const { packets } = this.state;
    this.inFlight--;
    if (this.listener !== undefined) {
      this.packet.set(packets, packet, this.now);
      this.listener.ejected(this.packet);
    }
    packets.release(packet);
  }
}

/** True when the table-driven stages apply. */
function isPlain(router: RouterParameters, ports: number): boolean {
  return (
    router.vcAllocator === 'islip' &&
    router.switchAllocator === 'islip' &&
    router.inputSpeedup === 1 &&
    router.outputSpeedup === 1 &&
    router.internalSpeedup === 1 &&
    !router.speculative &&
    !router.holdSwitchForPacket &&
    ports <= 32
  );
}
