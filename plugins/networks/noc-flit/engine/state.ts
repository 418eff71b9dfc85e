import type { NetworkGraph, RouteSet, RoutingFunction } from '../api.js';
import { bitRange } from './bits.js';
import { CycleWheel } from './cycle-wheel.js';
import { longestDelay } from './delays.js';
import { FlitCounter } from './flit-counter.js';
import { L } from './layout.js';
import { PacketPool } from './packet-pool.js';
import type { RouterParameters } from './parameters.js';
import { RouterCalendar } from './router-calendar.js';
import { ServiceOrder } from './service-order.js';
import { safeTrainCycles, usesTrains } from './train.js';

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
 * All state of a flit-level network, as tables of integers (`layout.ts`). A virtual channel is named by the place of its
 * record in `vcs`: those of router 0 come first, port by port, and after all routers' those of the terminals.
 */
export class FlitState {
  readonly routers: number;
  readonly ports: number;
  readonly numVcs: number;
  readonly bufferFlits: number;
  readonly nodes: number;
  readonly vcsPerRouter: number;
  /** Requesters of one router's VC allocation, in 32-bit words. */
  readonly requestWords: number;
  readonly maxRequests: number;

  readonly vcs: Int32Array;
  readonly vcs16: Int16Array;
  /** Integers of a VC record, a power of two; its logarithm; and those of all VCs of a router. */
  readonly vcStride: number;
  readonly vcShift: number;
  readonly routerVcs: number;
  /** First virtual channel of terminal 0's ejection buffer. */
  readonly firstSinkVc: number;
  /** Router records. */
  readonly table: Int32Array;
  readonly table16: Int16Array;
  /** Integers of a router's record, and where its parts begin. */
  readonly routerStride: number;
  readonly ringAt: number;
  readonly portsAt: number;
  readonly requestsAt: number;
  /** Integers of an output VC's part: its request words and the grant pointer. */
  readonly requestStride: number;
  /** Input port of each virtual channel of a router. */
  readonly portOfLocal: Int32Array;
  /** Per port, only what speedups and batches need. */
  readonly wires: Int32Array;
  /** Per input VC: output VC ranges asked for, packed port << 16 | first << 8 | last, and their priorities. */
  readonly keepsRouteSets: boolean;
  readonly routeSets: Int32Array;
  readonly routePriorities: Int32Array;

  /** The router at hand: its number, the place of its record, its first virtual channel. */
  here = 0;
  hereAt = 0;
  hereVc = 0;
  /** Its input VCs whose route is computed at the end of this step, and of the next one. */
  routing: Int32Array;
  routingCount = 0;
  routingNext: Int32Array;
  routingNextCount = 0;
  /** Those that won VC allocation in this step: they may ask for the switch from the next one. */
  readonly granted: Int32Array;
  grantedCount = 0;

  /** What the routers and the terminals do next. */
  readonly calendar: RouterCalendar;
  readonly wheel: CycleWheel;
  /** Cycles that a router works on in one visit: no router feels another one's deeds sooner. */
  readonly windowCycles: number;
  readonly packets = new PacketPool();
  readonly query = new MutableRouteQuery();
  readonly routeSet: PendingRouteSet;
  /** For how many cycles from the start of a window on a packet that is alone at a router is safe from company; 0: trains are not used. */
  readonly trainCycles: number;
  /** Kept only where the order of service inside a router can be seen. */
  readonly order: ServiceOrder | undefined;
  readonly stalls: StallCounts = { noVc: 0, noCredit: 0, lostSwitch: 0 };

  /** The cycle being worked on, relative to `epoch`: that of the terminals or, while routers work, that of the router at hand. */
  cycle = 0;
  /** First cycle of the window that the routers work on. */
  windowStart = 0;
  /** Cycle 0 of the 32-bit counters, in absolute cycles. */
  epoch = 0;
  /** Number of the router step at hand (the absolute cycle unless the internal speedup is above 1). */
  step = 0;
  stepsLeft = 1;
  /** Flits handed from a router to a channel since the start. */
  flitHops = 0;
  /** Flits that enter injection channels and that terminals take, by cycle. */
  readonly flitsInjected: FlitCounter;
  readonly flitsEjected: FlitCounter;
  /** Cycles from a flit's arrival at a terminal until its slot can be reused. */
  readonly sinkCreditDelay: number;

  constructor(readonly graph: NetworkGraph, readonly parameters: RouterParameters, readonly routingFunction: RoutingFunction, plain: boolean) {
    const { numVcs, vcBufferFlits } = parameters;
    this.routers = graph.routers;
    this.ports = graph.portsPerRouter;
    this.numVcs = numVcs;
    this.bufferFlits = vcBufferFlits;
    this.nodes = graph.terminals.length;
    this.vcsPerRouter = this.ports * numVcs;
    this.requestWords = Math.ceil(this.vcsPerRouter / 32);
    this.maxRequests = routingFunction.maxRequests;
    this.sinkCreditDelay = 2 + parameters.creditDelay;
    this.order = routingFunction.draws === true || parameters.outputSpeedup > 1 ? new ServiceOrder(this.routers * this.vcsPerRouter) : undefined;
    // Draws are made cycle by cycle over all routers; a tail's credit frees a virtual channel in the cycle in which it comes.
    this.windowCycles = this.order !== undefined || parameters.waitForTailCredit ? 1 : 2;

    const longest = longestDelay(graph, parameters);
    this.wheel = new CycleWheel(Math.max(64, longest));
    this.calendar = new RouterCalendar(this.routers, this.vcsPerRouter, longest, this.windowCycles);
    const safe = plain && this.order === undefined && usesTrains(parameters) ? safeTrainCycles(graph, parameters, this.windowCycles) : 0;
    this.trainCycles = Math.min(safe, this.calendar.mask - longest);
    this.flitsInjected = new FlitCounter(this.wheel.horizon + 1);
    this.flitsEjected = new FlitCounter(this.wheel.horizon + 1);

    this.vcShift = Math.ceil(Math.log2(L.VC_SLOTS + vcBufferFlits));
    this.vcStride = 1 << this.vcShift;
    this.routerVcs = this.vcsPerRouter * this.vcStride;
    this.firstSinkVc = this.routers * this.routerVcs;
    this.vcs = new Int32Array(this.firstSinkVc + this.nodes * numVcs * this.vcStride);
    this.vcs16 = new Int16Array(this.vcs.buffer);
    for (let vc = 0; vc < this.vcs.length; vc += this.vcStride) this.vcs.fill(~0, vc + L.VC_SLOTS, vc + this.vcStride);
    this.requestStride = this.requestWords + 1;
    this.ringAt = L.ROUTER_FIELDS;
    this.portsAt = this.ringAt + (this.calendar.mask + 1) * this.requestWords;
    this.requestsAt = this.portsAt + this.ports * L.PORT_STRIDE;
    this.routerStride = 16 * Math.ceil((this.requestsAt + this.vcsPerRouter * this.requestStride) / 16);
    this.table = new Int32Array(this.routers * this.routerStride);
    this.table16 = new Int16Array(this.table.buffer);
    this.portOfLocal = Int32Array.from({ length: this.vcsPerRouter }, (_, local) => Math.floor(local / numVcs));
    this.wires = new Int32Array(this.routers * this.ports * L.WIRE_STRIDE);
    this.keepsRouteSets = this.maxRequests > 1 || !plain;
    this.routeSets = new Int32Array(this.keepsRouteSets ? this.routers * this.vcsPerRouter * this.maxRequests : 0);
    this.routePriorities = new Int32Array(this.routeSets.length);
    this.routing = new Int32Array(this.vcsPerRouter);
    this.routingNext = new Int32Array(this.vcsPerRouter);
    this.granted = new Int32Array(this.vcsPerRouter);
    this.routeSet = new PendingRouteSet(this.maxRequests);
    this.connect();
  }

  /** Fill in the port records from the graph. */
  private connect(): void {
    const { graph, parameters, numVcs } = this;
    for (let router = 0; router < this.routers; router++) {
      for (let port = 0; port < this.ports; port++) this.table[this.portAt(router, port) + L.PORT_DOWN] = -1;
    }
    for (const { from, to, latencyCycles } of graph.channels) {
      const at = this.connectOutput(from.router, from.port, this.inputVc(to.router, to.port), latencyCycles);
      this.table[at + L.PORT_DOWN_ROUTER] = to.router;
      this.table16[2 * at + L.PORT16_DOWN_LOCAL] = to.port * numVcs;
      this.connectInput(to.router, to.port, 1 + latencyCycles + parameters.creditDelay);
    }
    graph.terminals.forEach((terminal, node) => {
      this.connectOutput(terminal.outRouter, terminal.outPort, this.sinkVc(node), terminal.ejectLatencyCycles);
      this.connectInput(terminal.router, terminal.inPort, 2);
    });
  }

  private connectOutput(router: number, port: number, downVc: number, latency: number): number {
    const { parameters } = this;
    const at = this.portAt(router, port);
    const wire = (router * this.ports + port) * L.WIRE_STRIDE;
    this.table[at + L.PORT_DOWN] = downVc;
    this.table[at + L.PORT_FREE] = bitRange(0, this.numVcs - 1);
    this.table16[2 * at + L.PORT16_FLIT_DELAY] = parameters.switchPrepareDelay + parameters.switchFinalDelay + 1 + latency;
    this.wires[wire + L.WIRE_DELAY] = 1 + latency;
    this.wires[wire + L.WIRE_FLIT] = -1;
    return at;
  }

  private connectInput(router: number, port: number, creditDelay: number): void {
    const wire = (router * this.ports + port) * L.WIRE_STRIDE;
    this.table16[2 * this.portAt(router, port) + L.PORT16_CREDIT_DELAY] = creditDelay;
    this.wires[wire + L.WIRE_CREDIT] = -1;
    this.wires[wire + L.WIRE_CREDIT_STEP] = -1;
  }

  /** First virtual channel of a router's input port. */
  inputVc(router: number, port: number): number {
    return router * this.routerVcs + port * this.numVcs * this.vcStride;
  }

  /** First virtual channel of a terminal's ejection buffer. */
  sinkVc(node: number): number {
    return this.firstSinkVc + node * this.numVcs * this.vcStride;
  }

  routerOf(vc: number): number {
    return (vc / this.routerVcs) | 0;
  }

  /** Place of a port's record in `table`. */
  portAt(router: number, port: number): number {
    return router * this.routerStride + this.portsAt + port * L.PORT_STRIDE;
  }

  /** The router that is worked on from now on. */
  goTo(router: number): void {
    this.here = router;
    this.hereAt = router * this.routerStride;
    this.hereVc = router * this.routerVcs;
  }

  /** Output VC range number `index` that the head of a VC asks for. */
  routeOf(vc: number, index: number): number {
    return index === 0 ? this.vcs[vc + L.VC_ROUTE]! : this.routeSets[(vc >> this.vcShift) * this.maxRequests + index]!;
  }

  /** What the slot holds that is read next. */
  frontFlit(vc: number): number {
    return this.vcs[vc + L.VC_SLOTS + this.vcs16[2 * vc + L.VC16_HEAD]!]!;
  }

  /** What the slot holds that the sender fills next: a flit, or ~c where it is free from cycle c on. */
  nextSlot(vc: number): number {
    return this.vcs[vc + L.VC_SLOTS + this.vcs16[2 * vc + L.VC16_TAIL]!]!;
  }

  /** A packet has been given a VC of the router: it will come. */
  expectPacket(router: number): void {
    this.table[router * this.routerStride + L.ROUTER_PACKETS]!++;
  }

  /** A flit takes the next free slot of a buffer, VC `local` of `router`; it will be there in cycle `arrival`. */
  place(vc: number, router: number, local: number, flit: number, arrival: number): void {
    const tail = this.vcs16[2 * vc + L.VC16_TAIL]!;
    this.vcs16[2 * vc + L.VC16_TAIL] = tail + 1 === this.bufferFlits ? 0 : tail + 1;
    this.vcs[vc + L.VC_SLOTS + tail] = flit;
    this.table[router * this.routerStride + this.ringAt + (arrival & this.calendar.mask) * this.requestWords + (local >> 5)]! |= 1 << (local & 31);
    this.calendar.visit(router, arrival);
  }

  /** The VC goes on in cycle `cycle`; its state tells with what. */
  wakeAt(vc: number, cycle: number): void {
    const router = this.routerOf(vc);
    const local = (vc - router * this.routerVcs) >> this.vcShift;
    const { wakes } = this.calendar;
    const at = this.calendar.wakesAt(router, cycle) + (local >> 5);
    const bit = 1 << (local & 31);
    if ((wakes[at]! & bit) !== 0) return;
    wakes[at]! |= bit;
    this.table[router * this.routerStride + L.ROUTER_WAKES]!++;
    this.calendar.visit(router, cycle);
  }

  /** The front flit of an active VC of the router at hand may ask for the switch. */
  markReady(vc: number): void {
    const local = (vc - this.hereVc) >> this.vcShift;
    const port = this.portOfLocal[local]!;
    this.table[this.hereAt + this.portsAt + port * L.PORT_STRIDE + L.PORT_READY]! |= 1 << (local - port * this.numVcs);
    this.table[this.hereAt + L.ROUTER_READY]! |= 1 << port;
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
