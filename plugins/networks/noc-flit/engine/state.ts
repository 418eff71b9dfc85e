import { InputError } from 'tessera-sim';
import type { NetworkGraph, RouteSet, RoutingFunction } from '../contract.js';
import { L } from './assembly/layout.js';
import { M, P } from './assembly/parameters.js';
import { bitRange } from './bits.js';
import { RouterCalendar } from './calendar.js';
import { CycleWheel } from './cycle-wheel.js';
import { longestDelay } from './delays.js';
import { FlitCounter } from './flit-counter.js';
import { NetworkMemory } from './network-memory.js';
import { PacketPool } from './packet-pool.js';
import { hasFixedDelays, linkFlitCycles, type RouterParameters } from './parameters.js';
import { ServiceOrder } from './service-order.js';
import { safeTrainCycles, usesTrains } from './trains.js';

/** The routing function's question, one object for the whole network. */
export class MutableRouteQuery {
  router = 0;
  inPort = 0;
  inVc = 0;
  atInjection = false;
  destination = 0;
  routeState0 = 0;
  routeState1 = 0;
}

/**
 * All state of a flit-level network, as tables in one memory (`assembly/layout.ts`) that the compiled pipeline works on. A
 * virtual channel is named by the place of its record: those of router 0 come first, port by port, and after all routers'
 * those of the terminals.
 */
export class FlitState {
  readonly memory = new NetworkMemory();
  readonly routers: number;
  readonly ports: number;
  readonly numVcs: number;
  readonly bufferFlits: number;
  readonly nodes: number;
  readonly vcsPerRouter: number;
  /** Requesters of one router's VC allocation, in 32-bit words. */
  readonly requestWords: number;
  readonly maxRequests: number;

  /** Words of a VC record, a power of two; its logarithm; and those of all VCs of a router. */
  readonly vcStride: number;
  readonly vcShift: number;
  readonly routerVcs: number;
  /** First virtual channel, and that of terminal 0's ejection buffer, and the end of all. */
  readonly vcsAt: number;
  readonly firstSinkVc: number;
  readonly vcsEnd: number;
  /** Router records: words of each, and where their parts begin. */
  readonly tableAt: number;
  readonly routerStride: number;
  readonly ringAt: number;
  readonly portsAt: number;
  readonly requestsAt: number;
  /** Words of an output VC's part: its request words and the grant pointer. */
  readonly requestStride: number;
  /** Per router and cycle, a bit for each virtual channel that wakes. */
  readonly wakesAt: number;
  /** Input port of each virtual channel of a router. */
  readonly portOfLocalAt: number;
  /** Per port, only what speedups and batches need. */
  readonly wiresAt: number;
  /** Per input VC: output VC ranges asked for, packed port << 16 | first << 8 | last, and their priorities. */
  readonly keepsRouteSets: boolean;
  readonly routeSetsAt: number;
  readonly routePriorities: Int32Array;

  /** What the routers and the terminals do next. */
  readonly calendar: RouterCalendar;
  readonly wheel: CycleWheel;
  /** Cycles that a router works on in one visit: no router feels another one's deeds sooner. */
  readonly windowCycles: number;
  readonly packets: PacketPool;
  readonly query = new MutableRouteQuery();
  readonly routeSet: PendingRouteSet;
  /** Kept only where the order of service inside a router can be seen. */
  readonly order: ServiceOrder | undefined;

  /** The cycle being worked on, relative to `epoch`. */
  cycle = 0;
  /** Cycle 0 of the 32-bit counters, in absolute cycles. */
  epoch = 0;
  /** Flits that enter injection channels, by cycle; those that terminals take are counted in the memory (`ejectedAt`). */
  readonly flitsInjected: FlitCounter;
  readonly ejectedAt: number;
  /** Cycles that the two counters distinguish, a power of two. */
  readonly counterSize: number;

  constructor(
    readonly graph: NetworkGraph,
    readonly parameters: RouterParameters,
    readonly routingFunction: RoutingFunction,
    plain: boolean,
  ) {
    const { memory } = this;
    const { numVcs, vcBufferFlits } = parameters;
    this.routers = graph.routers;
    this.ports = graph.portsPerRouter;
    this.numVcs = numVcs;
    this.bufferFlits = vcBufferFlits;
    this.nodes = graph.terminals.length;
    this.vcsPerRouter = this.ports * numVcs;
    this.requestWords = Math.ceil(this.vcsPerRouter / 32);
    this.maxRequests = routingFunction.maxRequests;
    checkSize(graph, this.vcsPerRouter);
    this.order = routingFunction.draws === true || parameters.outputSpeedup > 1 ? new ServiceOrder(this.routers * this.vcsPerRouter) : undefined;
    // Draws are made cycle by cycle over all routers; a tail's credit frees a virtual channel in the cycle in which it comes.
    this.windowCycles = this.order !== undefined || parameters.waitForTailCredit ? 1 : 2;
    const longest = longestDelay(graph, parameters);
    this.wheel = new CycleWheel(Math.max(64, longest));
    this.counterSize = this.wheel.horizon + 1;
    this.flitsInjected = new FlitCounter(this.counterSize);

    this.calendar = new RouterCalendar(memory, this.routers, longest, this.windowCycles);
    this.wakesAt = memory.take(this.routers * (this.calendar.mask + 1) * this.requestWords);
    this.portOfLocalAt = memory.take(this.vcsPerRouter);
    for (let local = 0; local < this.vcsPerRouter; local++) memory.words[this.portOfLocalAt + local] = Math.floor(local / numVcs);
    this.wiresAt = memory.take(hasFixedDelays(parameters) ? 0 : this.routers * this.ports * L.WIRE_STRIDE);
    this.keepsRouteSets = this.maxRequests > 1 || !plain;
    this.routeSetsAt = memory.take(this.keepsRouteSets ? this.routers * this.vcsPerRouter * this.maxRequests : 0);
    this.routePriorities = new Int32Array(this.keepsRouteSets ? this.routers * this.vcsPerRouter * this.maxRequests : 0);
    this.routeSet = new PendingRouteSet(this.maxRequests);
    this.ejectedAt = memory.take(2 * this.counterSize);
    const scratchAt = memory.take(4 * this.vcsPerRouter + this.requestWords + 3 * this.ports + this.ports * this.ports);

    this.requestStride = this.requestWords + 1;
    this.ringAt = L.ROUTER_FIELDS;
    this.portsAt = this.ringAt + (this.calendar.mask + 1) * this.requestWords;
    this.requestsAt = this.portsAt + this.ports * L.PORT_STRIDE;
    this.routerStride = 16 * Math.ceil((this.requestsAt + this.vcsPerRouter * this.requestStride) / 16);
    this.tableAt = memory.take(this.routers * this.routerStride);
    this.vcShift = Math.ceil(Math.log2(L.VC_SLOTS + vcBufferFlits));
    this.vcStride = 1 << this.vcShift;
    this.routerVcs = this.vcsPerRouter * this.vcStride;
    this.vcsAt = memory.take(this.routers * this.routerVcs + this.nodes * numVcs * this.vcStride);
    this.firstSinkVc = this.vcsAt + this.routers * this.routerVcs;
    this.vcsEnd = this.firstSinkVc + this.nodes * numVcs * this.vcStride;
    for (let vc = this.vcsAt; vc < this.vcsEnd; vc += this.vcStride) memory.words.fill(~0, vc + L.VC_SLOTS, vc + this.vcStride);
    this.packets = new PacketPool(memory);
    this.connect();
    const safe = plain && this.order === undefined && usesTrains(parameters) ? safeTrainCycles(graph, parameters, this.windowCycles) : 0;
    this.tellPipeline(plain, scratchAt, Math.min(safe, this.calendar.mask - longest));
  }

  /** Write the parameters of the compiled pipeline. */
  private tellPipeline(plain: boolean, scratchAt: number, trainCycles: number): void {
    const { words, doubles } = this.memory;
    const { parameters } = this;
    const link = linkFlitCycles(parameters);
    const values: Readonly<Record<P, number>> = {
      [P.NUM_VCS]: this.numVcs,
      [P.BUFFER_FLITS]: this.bufferFlits,
      [P.PORTS]: this.ports,
      [P.VCS_PER_ROUTER]: this.vcsPerRouter,
      [P.VC_SHIFT]: this.vcShift,
      [P.ROUTER_VCS]: this.routerVcs,
      [P.VCS_AT]: this.vcsAt,
      [P.FIRST_SINK_VC]: this.firstSinkVc,
      [P.TABLE_AT]: this.tableAt,
      [P.ROUTER_STRIDE]: this.routerStride,
      [P.RING_AT]: this.ringAt,
      [P.PORTS_AT]: this.portsAt,
      [P.REQUESTS_AT]: this.requestsAt,
      [P.REQUEST_WORDS]: this.requestWords,
      [P.RING_MASK]: this.calendar.mask,
      [P.WINDOW_CYCLES]: this.windowCycles,
      [P.MEMBERS_AT]: this.calendar.membersAt,
      [P.MEMBER_WORDS]: this.calendar.memberWords,
      [P.COUNTS_AT]: this.calendar.countsAt,
      [P.WAKES_AT]: this.wakesAt,
      [P.WIRES_AT]: this.wiresAt,
      [P.PORT_OF_LOCAL_AT]: this.portOfLocalAt,
      [P.SCRATCH_AT]: scratchAt,
      [P.EJECTED_AT]: this.ejectedAt,
      [P.EJECTED_MASK]: this.counterSize - 1,
      [P.PACKETS_AT]: this.packets.at,
      [P.ROUTE_SETS_AT]: this.routeSetsAt,
      [P.MAX_REQUESTS]: this.maxRequests,
      [P.SINK_CREDIT_DELAY]: 2 + parameters.creditDelay,
      [P.TRAIN_CYCLES]: trainCycles,
      [P.ROUTING_DELAY]: parameters.routingDelay,
      [P.VC_ALLOC_DELAY]: parameters.vcAllocDelay,
      [P.SWITCH_ALLOC_DELAY]: parameters.switchAllocDelay,
      [P.CROSSING_DELAY]: parameters.switchPrepareDelay + parameters.switchFinalDelay,
      [P.LINK_NUMERATOR]: link.numerator,
      [P.LINK_DENOMINATOR]: link.denominator,
      [P.ITERATIONS]: parameters.allocatorIterations,
      [P.PLAIN]: Number(plain),
      [P.FIXED_DELAYS]: Number(hasFixedDelays(parameters)),
      [P.HOLDS_SWITCH]: Number(parameters.holdSwitchForPacket),
      [P.WAITS_FOR_TAIL_CREDIT]: Number(parameters.waitForTailCredit),
      [P.SPECULATIVE]: Number(parameters.speculative),
      [P.KEEPS_ORDER]: Number(this.order !== undefined),
    };
    for (const [parameter, value] of Object.entries(values)) words[M.FIRST_PARAMETER + Number(parameter)] = value;
    doubles[M.INTERNAL_SPEEDUP] = parameters.internalSpeedup;
  }

  /** Fill in the port records from the graph. */
  private connect(): void {
    const { graph, parameters, numVcs, memory } = this;
    for (let router = 0; router < this.routers; router++) {
      for (let port = 0; port < this.ports; port++) memory.words[this.portAt(router, port) + L.PORT_DOWN] = -1;
    }
    for (const { from, to, latencyCycles } of graph.channels) {
      const at = this.connectOutput(from.router, from.port, this.inputVc(to.router, to.port), latencyCycles);
      memory.words[at + L.PORT_DOWN_ROUTER] = to.router;
      memory.halves[2 * at + L.PORT16_DOWN_LOCAL] = to.port * numVcs;
      this.connectInput(to.router, to.port, 1 + latencyCycles + parameters.creditDelay);
    }
    graph.terminals.forEach((terminal, node) => {
      this.connectOutput(terminal.outRouter, terminal.outPort, this.sinkVc(node), terminal.ejectLatencyCycles);
      this.connectInput(terminal.router, terminal.inPort, 2);
    });
  }

  private connectOutput(router: number, port: number, downVc: number, latency: number): number {
    const { parameters, memory } = this;
    const at = this.portAt(router, port);
    memory.words[at + L.PORT_DOWN] = downVc;
    memory.words[at + L.PORT_FREE] = bitRange(0, this.numVcs - 1);
    memory.halves[2 * at + L.PORT16_FLIT_DELAY] = parameters.switchPrepareDelay + parameters.switchFinalDelay + 1 + latency;
    if (hasFixedDelays(parameters)) return at;
    const wire = this.wiresAt + (router * this.ports + port) * L.WIRE_STRIDE;
    memory.words[wire + L.WIRE_DELAY] = 1 + latency;
    return at;
  }

  private connectInput(router: number, port: number, creditDelay: number): void {
    const { memory } = this;
    memory.halves[2 * this.portAt(router, port) + L.PORT16_CREDIT_DELAY] = creditDelay;
    if (hasFixedDelays(this.parameters)) return;
    const wire = this.wiresAt + (router * this.ports + port) * L.WIRE_STRIDE;
    memory.words[wire + L.WIRE_CREDIT] = -1;
    memory.words[wire + L.WIRE_CREDIT_STEP] = -1;
  }

  /** First virtual channel of a router's input port. */
  inputVc(router: number, port: number): number {
    return this.vcsAt + router * this.routerVcs + port * this.numVcs * this.vcStride;
  }

  /** First virtual channel of a terminal's ejection buffer. */
  sinkVc(node: number): number {
    return this.firstSinkVc + node * this.numVcs * this.vcStride;
  }

  /** Number of a virtual channel: 0, 1, ... in the order of the records. */
  numberOf(vc: number): number {
    return (vc - this.vcsAt) >> this.vcShift;
  }

  routerOf(vc: number): number {
    return Math.floor((vc - this.vcsAt) / this.routerVcs);
  }

  /** Place of a router's record. */
  routerAt(router: number): number {
    return this.tableAt + router * this.routerStride;
  }

  /** Place of a port's record. */
  portAt(router: number, port: number): number {
    return this.routerAt(router) + this.portsAt + port * L.PORT_STRIDE;
  }

  /** Output VC range number `index` that the head of a VC asks for. */
  routeOf(vc: number, index: number): number {
    const { words } = this.memory;
    return index === 0 ? words[vc + L.VC_ROUTE]! : words[this.routeSetsAt + this.numberOf(vc) * this.maxRequests + index]!;
  }

  /** What the slot holds that is read next. */
  frontFlit(vc: number): number {
    return this.memory.words[vc + L.VC_SLOTS + this.memory.halves[2 * vc + L.VC16_HEAD]!]!;
  }

  /** What the slot holds that the sender fills next: a flit, or ~c where it is free from cycle c on. */
  nextSlot(vc: number): number {
    return this.memory.words[vc + L.VC_SLOTS + this.memory.halves[2 * vc + L.VC16_TAIL]!]!;
  }
}

/** Fields of 16 bits must hold what they are for. */
function checkSize(graph: NetworkGraph, vcsPerRouter: number): void {
  const MOST = 32_000;
  if (vcsPerRouter > MOST)
    throw new InputError({ message: `a router of ${vcsPerRouter} virtual channels is too large`, expected: `at most ${MOST} at all its ports together` });
  const links = graph.channels.reduce((longest, channel) => Math.max(longest, channel.latencyCycles), 0);
  const latency = graph.terminals.reduce((longest, terminal) => Math.max(longest, terminal.injectLatencyCycles, terminal.ejectLatencyCycles), links);
  if (latency > MOST) throw new InputError({ message: `a channel latency of ${latency} cycles is too long`, expected: `at most ${MOST} cycles` });
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
