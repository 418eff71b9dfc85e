import type { NetworkGraph, RouteSet, RoutingFunction } from '../api.js';
import { bitRange } from './bits.js';
import { CycleWheel } from './cycle-wheel.js';
import { FlitCounter } from './flit-counter.js';
import * as L from './layout.js';
import { PacketPool } from './packet-pool.js';
import type { RouterParameters } from './parameters.js';
import { RouterSet } from './router-set.js';
import { ServiceOrder } from './service-order.js';
import { safeTrainCycles } from './train.js';

/** The routing function's question, one object for the whole network. */
export class MutableRouteQuery {
  router = 0;
  inPort = 0;
  inVc = 0;
  atInjection = false;
  destination = 0;
  word0 = 0;
  word1 = 0;
}

/** Why flits waited, in cycles summed over virtual channels. */
export interface StallCounts {
  noVc: number;
  noCredit: number;
  lostSwitch: number;
}

/**
 * All state of a flit-level network, as tables of integers. VC index = port index * numVcs + vc; port index = router *
 * portsPerRouter + port, and after the routers' ports one per terminal (its ejection buffer).
 */
export class FlitState {
  readonly routers: number;
  readonly ports: number;
  readonly numVcs: number;
  readonly bufferFlits: number;
  readonly nodes: number;
  /** Port index of terminal 0's ejection buffer. */
  readonly firstSinkPort: number;
  readonly firstSinkVc: number;
  /** Requesters of one router's VC allocation, in 32-bit words. */
  readonly requestWords: number;
  readonly maxRequests: number;

  readonly vcs: Int32Array;
  /** Integers of a VC record: its fields and its slots, rounded up to half cache lines. */
  readonly vcStride: number;
  readonly cold: Int32Array;
  readonly port: Int32Array;
  readonly wait: Int32Array;
  readonly router: Int32Array;
  /** Per output VC: which input VCs ask for it (bit = input port * numVcs + vc). */
  readonly requests: Int32Array;
  /** Per output VC: round-robin pointer of the grant stage of VC allocation. */
  readonly vcGrant: Int32Array;
  /** Per input VC: output VC ranges asked for, packed port << 16 | first << 8 | last, and their priorities. */
  readonly keepsRouteSets: boolean;
  readonly routeSets: Int32Array;
  readonly routePriorities: Int32Array;

  /** Routers with something to do in the switch and VC allocation stages. They are visited in order, which caches like. */
  readonly switchSet: RouterSet;
  readonly vcSet: RouterSet;
  /** Input VCs whose route is computed at the end of this step, and of the next one. */
  routing: Int32Array;
  routingCount = 0;
  routingNext: Int32Array;
  routingNextCount = 0;
  /** Input VCs that won VC allocation in this step: they may ask for the switch from the next one. */
  readonly granted: Int32Array;
  grantedCount = 0;

  readonly wheel: CycleWheel;
  readonly packets = new PacketPool();
  readonly query = new MutableRouteQuery();
  readonly routeSet: PendingRouteSet;
  /** Cycles ahead for which a packet that is alone at a router is safe from company; 0: trains are not used. */
  readonly trainCycles: number;
  /** Kept only where the order of service inside a router can be seen. */
  readonly order: ServiceOrder | undefined;
  readonly stalls: StallCounts = { noVc: 0, noCredit: 0, lostSwitch: 0 };

  /** The cycle being worked on, relative to `epoch`. */
  cycle = 0;
  /** Cycle 0 of the 32-bit counters, in absolute cycles. */
  epoch = 0;
  /** Router steps since the start (equal to cycles unless the internal speedup is above 1). */
  step = 0;
  stepsLeft = 1;
  /** Flits handed from a router to a channel since the start. */
  flitHops = 0;
  /** Flits that enter injection channels and that terminals take, by cycle. */
  readonly flitsInjected: FlitCounter;
  readonly flitsEjected: FlitCounter;
  readonly ejectLatency: Int32Array;

  constructor(readonly graph: NetworkGraph, readonly parameters: RouterParameters, readonly routingFunction: RoutingFunction, plain: boolean) {
    const { numVcs, vcBufferFlits } = parameters;
    this.routers = graph.routers;
    this.ports = graph.portsPerRouter;
    this.numVcs = numVcs;
    this.bufferFlits = vcBufferFlits;
    this.nodes = graph.terminals.length;
    this.firstSinkPort = this.routers * this.ports;
    this.firstSinkVc = this.firstSinkPort * numVcs;
    this.requestWords = Math.ceil((this.ports * numVcs) / 32);
    this.maxRequests = routingFunction.maxRequests;
    const portCount = this.firstSinkPort + this.nodes;
    const vcCount = portCount * numVcs;
    this.vcStride = 8 * Math.ceil((L.VC_SLOTS + vcBufferFlits) / 8);
    this.vcs = new Int32Array(vcCount * this.vcStride);
    this.freeAllSlots(vcCount);
    this.cold = new Int32Array(vcCount * L.COLD_STRIDE);
    this.port = new Int32Array(portCount * L.PORT_STRIDE);
    this.wait = new Int32Array(portCount * L.WAIT_STRIDE);
    this.router = new Int32Array(this.routers * L.ROUTER_STRIDE);
    this.requests = new Int32Array(this.firstSinkVc * this.requestWords);
    this.vcGrant = new Int32Array(this.firstSinkVc);
    this.keepsRouteSets = this.maxRequests > 1 || !plain;
    this.routeSets = new Int32Array(this.keepsRouteSets ? this.firstSinkVc * this.maxRequests : 0);
    this.routePriorities = new Int32Array(this.routeSets.length);
    this.switchSet = new RouterSet(this.routers);
    this.vcSet = new RouterSet(this.routers);
    this.routing = new Int32Array(this.firstSinkVc);
    this.routingNext = new Int32Array(this.firstSinkVc);
    this.granted = new Int32Array(this.firstSinkVc);
    this.ejectLatency = new Int32Array(this.nodes);
    this.routeSet = new PendingRouteSet(this.maxRequests);
    this.wheel = new CycleWheel(this.connect());
    this.flitsInjected = new FlitCounter(this.wheel.horizon + 1);
    this.flitsEjected = new FlitCounter(this.wheel.horizon + 1);
    this.order = routingFunction.draws === true || parameters.outputSpeedup > 1 ? new ServiceOrder(this.firstSinkVc) : undefined;
    this.trainCycles = plain && this.order === undefined ? safeTrainCycles(graph, parameters) : 0;
  }

  /** Fill in the port records from the graph; returns the longest delay in cycles. */
  private connect(): number {
    const { graph, parameters, port, wait, ports, numVcs } = this;
    const crossing = parameters.switchPrepareDelay + parameters.switchFinalDelay;
    for (let index = 0; index < this.firstSinkPort; index++) port[index * L.PORT_STRIDE + L.PORT_DOWN] = -1;
    let longest = 64;
    const out = (outPort: number, downPort: number, latency: number): void => {
      const at = outPort * L.PORT_STRIDE;
      port[at + L.PORT_DOWN] = downPort * numVcs;
      port[at + L.PORT_FREE] = bitRange(0, numVcs - 1);
      port[at + L.PORT_FLIT_DELAY] = crossing + 1 + latency;
      wait[outPort * L.WAIT_STRIDE + L.WAIT_WIRE_DELAY] = 1 + latency;
      wait[outPort * L.WAIT_STRIDE + L.WAIT_WIRE] = -1;
      longest = Math.max(longest, 4 * (crossing + 2 + latency), parameters.routingDelay * 4);
    };
    const credit = (inPort: number, latency: number, processing: number): void => {
      port[inPort * L.PORT_STRIDE + L.PORT_CREDIT_DELAY] = 1 + latency + processing;
      wait[inPort * L.WAIT_STRIDE + L.WAIT_CREDIT_WIRE] = -1;
      wait[inPort * L.WAIT_STRIDE + L.WAIT_CREDIT_STEP] = -1;
      longest = Math.max(longest, 4 * (2 + latency + processing));
    };
    for (const channel of graph.channels) {
      const to = channel.to.router * ports + channel.to.port;
      out(channel.from.router * ports + channel.from.port, to, channel.latencyCycles);
      credit(to, channel.latencyCycles, parameters.creditDelay);
    }
    graph.terminals.forEach((terminal, node) => {
      out(terminal.outRouter * ports + terminal.outPort, this.firstSinkPort + node, terminal.ejectLatencyCycles);
      credit(terminal.router * ports + terminal.inPort, 1, 0);
      credit(this.firstSinkPort + node, 1, parameters.creditDelay);
      this.ejectLatency[node] = terminal.ejectLatencyCycles;
    });
    return longest;
  }

  private freeAllSlots(vcCount: number): void {
    for (let vc = 0; vc < vcCount; vc++) this.vcs.fill(~0, vc * this.vcStride + L.VC_SLOTS, (vc + 1) * this.vcStride);
  }

  /** Output VC range number `index` that the head of a VC asks for. */
  routeOf(vc: number, index: number): number {
    return index === 0 ? this.cold[vc * L.COLD_STRIDE + L.COLD_ROUTE]! : this.routeSets[vc * this.maxRequests + index]!;
  }

  /** Place of the slot that is read next. */
  headSlot(vc: number): number {
    const at = vc * this.vcStride;
    return at + L.VC_SLOTS + this.vcs[at + L.VC_HEAD]!;
  }

  /** Place of the slot that the sender fills next. */
  tailSlot(vc: number): number {
    const at = vc * this.vcStride;
    return at + L.VC_SLOTS + this.vcs[at + L.VC_TAIL]!;
  }

  /** A packet has been given the VC: it will come to this router. */
  expectPacket(vc: number): void {
    const router = (vc / (this.numVcs * this.ports)) | 0;
    this.router[router * L.ROUTER_STRIDE + L.ROUTER_PACKETS]!++;
  }

  /** A flit takes the next free slot of a buffer; it will be there in cycle `arrival`. */
  place(vc: number, flit: number, arrival: number): void {
    const { vcs } = this;
    const at = vc * this.vcStride;
    const tail = vcs[at + L.VC_TAIL]!;
    const run = vcs[at + L.VC_RUN]!;
    vcs[at + L.VC_TAIL] = tail + 1 === this.bufferFlits ? 0 : tail + 1;
    vcs[at + L.VC_SLOTS + tail] = flit;
    const length = run % L.RUN_SCALE;
    const follows = ((run / L.RUN_SCALE) | 0) + 1 === arrival;
    vcs[at + L.VC_RUN] = arrival * L.RUN_SCALE + (follows ? Math.min(length + 1, L.RUN_SCALE - 1) : 1);
    this.wheel.push(arrival, vc * 8 + L.ENTRY_ARRIVAL);
  }

  /** The front flit of an active VC may ask for the switch. */
  markReady(vc: number): void {
    const port = (vc / this.numVcs) | 0;
    const router = (port / this.ports) | 0;
    this.port[port * L.PORT_STRIDE + L.PORT_READY]! |= 1 << (vc - port * this.numVcs);
    this.router[router * L.ROUTER_STRIDE + L.ROUTER_READY]! |= 1 << (port - router * this.ports);
    this.switchSet.add(router);
  }
}

/** Collects what a routing function returns. */
export class PendingRouteSet implements RouteSet {
  readonly packed: Int32Array;
  readonly priority: Int32Array;
  readonly escape: Uint8Array;
  count = 0;

  constructor(capacity: number) {
    this.packed = new Int32Array(capacity);
    this.priority = new Int32Array(capacity);
    this.escape = new Uint8Array(capacity);
  }

  add(outPort: number, firstVc: number, lastVc: number, priority: number, escape = false): void {
    this.packed[this.count] = (outPort << 16) | (firstVc << 8) | lastVc;
    this.priority[this.count] = priority;
    this.escape[this.count] = escape ? 1 : 0;
    this.count++;
  }
}
