import {
  HEADER_BYTES,
  Histogram,
  InputError,
  ModelError,
  Phase,
  TRAFFIC_CLASSES,
  type Block,
  type BlockContext,
  type CounterProbe,
  type EventHandler,
  type Port,
  type SpanProbe,
  type TrafficClass,
  type Transaction,
  type WaitFor,
} from '../../../core/index.js';
import type { NocFlitConfig } from './block-config.js';
import { buildGraph, buildNetwork, findRouting, type Catalogue } from './catalogue.js';
import { describeNetwork } from './config.js';
import { checkDeadlockFreedom } from './deadlock.js';
import type { EjectedPacket, EjectionListener } from './engine/ejected-packet.js';
import type { FlitNetwork } from './engine/flit-network.js';
import { linkLoads } from './engine/link-loads.js';
import { Outbox, SendLimits } from './message-limits.js';
import type { NetworkGraph } from './graph.js';
import { routerPlaces } from './topologies/places.js';

export type NocFlitStatistic = 'messages' | 'packets' | 'bytes' | 'hops' | 'flitHops' | 'stallNoVc' | 'stallNoCredit' | 'stallLostSwitch';

export const NOC_STALLS = ['idle', 'busy', 'blocked'] as const;
const IDLE = 0;
const BUSY = 1;
const BLOCKED = 2;

/** Largest network whose routing is checked for deadlock when it is built: the walk is over all pairs of nodes. */
const CHECKED_NODES = 256;

/** Joins ports to a flit-level network: cuts messages into packets, drives the engine cycle by cycle, hands messages out whole. */
export class NocFlitNetwork implements Block, EventHandler, EjectionListener {
  private readonly network: FlitNetwork;
  private readonly graph: NetworkGraph;
  private readonly nodeOfPort: number[] = [];
  private readonly portOfNode: Port[] = [];
  private readonly limits: SendLimits;
  private readonly outboxes: Outbox[] = [];
  /** Per transaction id: packets on their way, and when the message was taken. */
  private readonly packetsLeft: number[] = [];
  private readonly takenCycle: number[] = [];
  private readonly latency = new Histogram();
  private readonly inFlight: CounterProbe;
  private readonly nodeSpans: SpanProbe[] = [];
  private readonly handler: number;
  private readonly routerAction: number;
  private readonly linkAction: number;
  /** Tick of the engine's next event; Infinity when none is scheduled. */
  private scheduledTick = Infinity;
  private isWorking = false;
  private inside = 0;
  private blockedOutboxes = 0;

  constructor(private readonly context: BlockContext<NocFlitConfig, NocFlitStatistic>, catalogue: Catalogue) {
    const { config, energy, path } = context;
    const description = describeNetwork(config);
    const routes = context.random('routes');
    const built = buildNetwork(description, (bound) => routes.below(bound), catalogue);
    this.network = built.network;
    this.graph = built.graph;
    if (config.checkDeadlock && this.network.nodes <= CHECKED_NODES) refuseDeadlock(path, config, catalogue);
    this.limits = new SendLimits(this.network.nodes, config.reassemblyMessages, config.outstandingMessages);
    this.inFlight = context.counterProbe('inFlight');
    this.routerAction = energy.declare('router', config.routerEnergyPerBitPj);
    this.linkAction = energy.declare('link', config.linkEnergyPerBitPj);
    for (const port of context.ports('node')) this.attach(port);
    this.network.onEjection(this);
    this.handler = context.kernel.register(path, this);
  }

  private attach(port: Port): void {
    const node = Number(port.name.slice('node'.length));
    if (node >= this.network.nodes) {
      throw new InputError({ path: port.path, message: `the network has no node ${node}`, expected: `node0 .. node${this.network.nodes - 1}` });
    }
    this.nodeOfPort[port.index] = node;
    this.portOfNode[node] = port;
    this.nodeSpans[node] = this.context.spanProbe(`message.node${node}`);
    for (let c = 0; c < TRAFFIC_CLASSES; c++) this.outboxes[node * TRAFFIC_CLASSES + c] = new Outbox();
  }

  onArrival(port: Port, trafficClass: TrafficClass): void {
    this.pump(this.nodeOfPort[port.index]!, trafficClass);
  }

  onRoom(port: Port, trafficClass: TrafficClass): void {
    this.deliver(this.nodeOfPort[port.index]!, trafficClass);
  }

  /** Work on one cycle of the network and come back for the next one in which anything happens. */
  onEvent(): void {
    const { kernel, clock } = this.context;
    if (kernel.now !== this.scheduledTick) return;
    this.scheduledTick = Infinity;
    this.isWorking = true;
    this.network.advance(clock.cycleAt(kernel.now) + 1);
    this.isWorking = false;
    this.scheduleNext();
  }

  ejected(packet: EjectedPacket): void {
    const { statistics, energy, config } = this.context;
    const bits = packet.flits * config.flitBits;
    statistics.hops += packet.hops;
    statistics.flitHops += packet.hops * packet.flits;
    energy.count(this.routerAction, bits * packet.hops);
    energy.count(this.linkAction, bits * (packet.hops - 1));
    if (--this.packetsLeft[packet.tag]! > 0) return;
    const message = this.context.transactions.at(packet.tag);
    const trafficClass = message.trafficClass;
    this.outboxes[packet.destination * TRAFFIC_CLASSES + trafficClass]!.messages.push(message);
    this.latency.add(packet.tailEjected - this.takenCycle[packet.tag]!);
    this.emitSpan(packet, message);
    this.limits.left(packet.source, trafficClass);
    this.deliver(packet.destination, trafficClass);
    this.pump(packet.source, trafficClass);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    return this.portOfNode.flatMap((port, node) =>
      Array.from({ length: TRAFFIC_CLASSES }, (_, c) => this.outboxes[node * TRAFFIC_CLASSES + c]!)
        .filter((outbox) => outbox.messages.length > 0)
        .map(() => ({ who: path, whom: port.neighbourPath, what: `room at node${node}`, sinceTick: kernel.now })),
    );
  }

  finish(): void {
    const { noVc, noCredit, lostSwitch } = this.network.stalls;
    const { statistics } = this.context;
    statistics.stallNoVc = noVc;
    statistics.stallNoCredit = noCredit;
    statistics.stallLostSwitch = lostSwitch;
  }

  /** Tables for the result: links with load per virtual channel (the heat map), router places, message latency. */
  report(): Readonly<Record<string, unknown>> {
    const { kernel, clock, config } = this.context;
    const cycles = Math.max(1, clock.cyclesIn(kernel.now));
    const { latency } = this;
    return {
      topology: { name: config.topology, routers: routerPlaces(this.graph).map(([x, y], router) => ({ x, y, nodes: this.neighboursOf(router) })) },
      latencyCycles: { messages: latency.count, mean: latency.mean, p50: latency.percentile(0.5), p95: latency.percentile(0.95), p99: latency.percentile(0.99), max: latency.count === 0 ? 0 : latency.max },
      links: linkLoads(this.network.state).map((link) => ({ ...link, bytes: (link.flits * config.flitBits) / 8, busyCycles: link.flits, utilisation: link.flits / cycles })),
    };
  }

  private neighboursOf(router: number): string[] {
    return this.graph.terminals.flatMap((terminal, node) => {
      const port = this.portOfNode[node];
      return terminal.router === router && port?.isConnected === true ? [port.neighbourPath] : [];
    });
  }

  /** Take messages from a node's inbox while the node may send and the destinations have room. */
  private pump(node: number, trafficClass: TrafficClass): void {
    const port = this.portOfNode[node]!;
    for (let message = port.peek(trafficClass); message !== undefined; message = port.peek(trafficClass)) {
      const destination = this.destinationOf(message);
      if (!this.limits.enter(node, destination, trafficClass)) return;
      port.take(trafficClass);
      this.send(message, node, destination);
    }
  }

  private destinationOf(message: Transaction): number {
    const { context } = this;
    const port = context.portToward(message.destination);
    if (port === undefined) throw new ModelError(`no port leads to ${context.blocks.pathOf(message.destination)}`, context.path);
    return this.nodeOfPort[port.index]!;
  }

  /** Cut a message into packets, each with a header, and queue them at the node. */
  private send(message: Transaction, node: number, destination: number): void {
    const { kernel, clock, config, statistics } = this.context;
    const cycle = clock.cycleAtOrAfter(kernel.now);
    // The engine may already have worked on the present cycle; then the message enters in the next.
    if (cycle > this.network.now) this.network.advance(cycle);
    this.takenCycle[message.id] = this.network.now;
    const flitBytes = config.flitBits / 8;
    let payload = message.wireBytes - HEADER_BYTES;
    let packets = 0;
    do {
      const part = Math.min(payload, config.maxPacketFlits * flitBytes - HEADER_BYTES);
      payload -= part;
      packets++;
      this.network.inject(node, destination, Math.ceil((part + HEADER_BYTES) / flitBytes), message.id);
    } while (payload > 0);
    this.packetsLeft[message.id] = packets;
    statistics.messages++;
    statistics.packets += packets;
    statistics.bytes += message.wireBytes;
    this.changeInside(1);
    this.scheduleNext();
  }

  private deliver(node: number, trafficClass: TrafficClass): void {
    const outbox = this.outboxes[node * TRAFFIC_CLASSES + trafficClass]!;
    const port = this.portOfNode[node]!;
    const wasBlocked = outbox.blocked;
    outbox.blocked = false;
    while (outbox.messages.length > 0) {
      if (!port.canSend(trafficClass)) {
        outbox.blocked = true;
        break;
      }
      port.send(outbox.messages.shift()!);
      this.changeInside(-1);
      const waiting = this.limits.delivered(node, trafficClass);
      for (const sender of waiting) this.pump(sender, trafficClass);
    }
    this.blockedOutboxes += Number(outbox.blocked) - Number(wasBlocked);
    this.enterClass();
  }

  private scheduleNext(): void {
    const { kernel, clock } = this.context;
    const next = this.network.nextEventCycle();
    if (next < 0 || this.isWorking) return;
    const tick = clock.tickOf(next);
    if (tick >= this.scheduledTick) return;
    this.scheduledTick = tick;
    kernel.schedule(this.handler, tick, Phase.compute, 0, 0);
  }

  private emitSpan(packet: EjectedPacket, message: Transaction): void {
    const span = this.nodeSpans[packet.source]!;
    if (!span.active) return;
    const { clock } = this.context;
    span.emit(clock.tickOf(this.takenCycle[packet.tag]!), clock.tickOf(packet.tailEjected), message.trafficClass, message.operation);
  }

  private changeInside(by: number): void {
    this.inside += by;
    if (this.inFlight.active) this.inFlight.emit(this.context.kernel.now, this.inside);
    this.enterClass();
  }

  private enterClass(): void {
    this.context.stalls.enter(this.blockedOutboxes > 0 ? BLOCKED : this.inside > 0 ? BUSY : IDLE);
  }
}

/** InputError with the cycle when packets of this routing can wait for each other in a circle. */
function refuseDeadlock(path: string, config: NocFlitConfig, catalogue: Catalogue): void {
  const description = describeNetwork(config);
  const routing = findRouting(description, catalogue);
  const verdict = checkDeadlockFreedom(buildGraph(description, catalogue), description.options, routing, config.numVcs, config.waitForTailCredit);
  if (verdict.free) return;
  throw new InputError({
    path: `${path}.with.routing`,
    message: `routing ${routing.name} on ${config.topology} with ${config.numVcs} virtual channels can deadlock: ${[...verdict.cycle, verdict.cycle[0]].join(' waits for ')}`,
    expected: 'a routing whose channel dependencies have no cycle, or escape channels with waitForTailCredit: true (checkDeadlock: false runs it all the same)',
  });
}
