import {
  Phase,
  TrafficClass,
  type Block,
  type BlockContext,
  type CounterProbe,
  type EventHandler,
  type Port,
  type StallClasses,
  type Transaction,
  type WaitFor,
} from 'tessera-sim';
import { latencyTable, NodePorts } from 'tessera-sim/networks';
import { settled, type NocFlitConfig } from './block-config.js';
import { buildNetwork, createRouting, type Catalogue } from './catalogue.js';
import { describeNetwork } from './config.js';
import { Cutting } from './cutting.js';
import { Deliveries } from './deliveries.js';
import type { EjectedPacket, EjectionListener } from './engine/ejected-packet.js';
import type { FlitNetwork } from './engine/flit-network.js';
import { linkLoads } from './engine/link-loads.js';
import { flitCyclesOf } from './engine/parameters.js';
import { FixedRoutes } from './fixed-routes.js';
import type { NetworkGraph } from './graph.js';
import type { GroupHost, Place } from './group-host.js';
import { combinesBytes, GroupTraffic } from './group-traffic.js';
import { Inboxes } from './inboxes.js';
import { MessageLatency } from './message-latency.js';
import { SendLimits } from './message-limits.js';
import { refuseDeadlock } from './refuse-deadlock.js';
import { RelayPlans } from './relay-plans.js';
import { routerPlaces } from './topologies/places.js';

export type NocFlitStatistic = 'messages' | 'packets' | 'bytes' | 'hops' | 'flitHops' | 'stallNoVc' | 'stallNoCredit' | 'stallLostSwitch';

export const NOC_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No message inside' },
  busy: { role: 'work', description: 'Messages are on their way' },
  blocked: { role: 'wait', on: 'peer', description: 'A message has arrived and finds no room where it goes' },
};
const IDLE = 0;
const BUSY = 1;
const BLOCKED = 2;

/** Joins ports to a flit-level network: cuts messages into packets, drives the engine cycle by cycle, hands messages out whole. */
export class NocFlitNetwork implements Block, EventHandler, EjectionListener, GroupHost {
  private readonly network: FlitNetwork;
  private readonly graph: NetworkGraph;
  readonly ports: NodePorts;
  readonly cutting: Cutting;
  /** Cycles that a flit occupies a link between routers. */
  private readonly linkFlitCycles: number;
  private readonly groups: GroupTraffic;
  private readonly limits: SendLimits;
  private readonly deliveries: Deliveries;
  private readonly inboxes: Inboxes;
  private readonly messageLatency: MessageLatency;
  /** Per transaction id: packets of a plain message on their way. */
  private readonly packetsLeft: number[] = [];
  private readonly inFlight: CounterProbe;
  private readonly handler: number;
  private readonly routerAction: number;
  private readonly linkAction: number;
  private readonly addAction: number;
  /** Tick of the engine's next event; Infinity when none is scheduled. */
  private scheduledTick = Infinity;
  private isWorking = false;
  private inside = 0;

  constructor(
    private readonly context: BlockContext<NocFlitConfig, NocFlitStatistic>,
    catalogue: Catalogue,
  ) {
    const { energy, path } = context;
    const config = settled(context.config, path);
    const description = describeNetwork(config);
    const routes = context.random('routes');
    const built = buildNetwork(description, (bound) => routes.below(bound), catalogue);
    this.network = built.network;
    this.graph = built.graph;
    refuseDeadlock(path, config, catalogue, this.network.nodes);
    this.limits = new SendLimits(this.network.nodes, config.reassemblyMessages, config.outstandingMessages);
    this.inFlight = context.counterProbe('inFlight');
    this.routerAction = energy.action('router');
    this.linkAction = energy.action('link');
    this.addAction = energy.action('reduction');
    this.cutting = new Cutting(config.flitBits, config.maxPacketFlits, path);
    this.linkFlitCycles = flitCyclesOf(config);
    this.ports = new NodePorts(context, this.network.nodes);
    const fixedRoutes = new FixedRoutes(built.graph, (choose) => createRouting(description, built.graph, config.numVcs, choose, catalogue));
    this.groups = new GroupTraffic(config, this.network.nodes, new RelayPlans(built.graph, fixedRoutes), this, path);
    this.deliveries = new Deliveries(this.ports, (message, node, place) => this.taken(message, node, place));
    this.inboxes = new Inboxes(this.ports);
    this.messageLatency = new MessageLatency(
      context.clock,
      this.ports.portOfNode.map((_, node) => context.spanProbe(`message.node${node}`)),
    );
    for (const port of context.ports('node')) {
      port.takesGroups = config.multicastMessages > 0;
      port.combinesBytes = combinesBytes(config, this.cutting.packetBytes);
    }
    this.network.onEjection(this);
    this.handler = context.kernel.register(path, this);
  }

  onArrival(port: Port, trafficClass: TrafficClass): void {
    this.pump(this.ports.nodeOf(port), trafficClass);
  }

  onRoom(port: Port, trafficClass: TrafficClass): void {
    this.deliver(this.ports.nodeOf(port), trafficClass);
  }

  /** Work on one cycle of the network and come back for the next one in which anything happens. */
  onEvent(): void {
    const { kernel, clock } = this.context;
    if (kernel.now !== this.scheduledTick) return;
    const cycle = clock.cycleAt(kernel.now);
    this.scheduledTick = Infinity;
    this.isWorking = true;
    this.network.advance(cycle);
    this.groups.advance(cycle);
    this.network.advance(cycle + 1);
    this.isWorking = false;
    this.scheduleNext();
  }

  ejected(packet: EjectedPacket): void {
    const { statistics, energy, transactions } = this.context;
    const bits = packet.flits * this.cutting.flitBits;
    statistics.hops += packet.hops;
    statistics.flitHops += packet.hops * packet.flits;
    energy.count(this.routerAction, bits * packet.hops);
    energy.count(this.linkAction, bits * (packet.hops - 1));
    if (this.groups.owns(packet)) return this.groups.receive(packet);
    if (--this.packetsLeft[packet.tag]! > 0) return;
    const message = transactions.at(packet.tag);
    this.arrived(message, packet.destination, packet.source);
    this.left(packet.source, message.trafficClass);
  }

  get cycle(): number {
    return this.network.now;
  }

  inject(from: number, to: number, flits: number, tag: number): void {
    this.network.inject(from, to, flits, tag);
  }

  arrived(message: Transaction, node: number, from: number, place?: Place): void {
    this.deliveries.add(message, node, place);
    this.messageLatency.end(message, from, this.network.now);
    this.deliver(node, message.trafficClass);
  }

  left(node: number, trafficClass: TrafficClass): void {
    this.limits.left(node, trafficClass);
    this.pump(node, trafficClass);
  }

  usedUp(response: Transaction): void {
    this.context.transactions.release(response);
    this.changeInside(-1);
  }

  mayGoOn(node: number): void {
    this.pump(node, TrafficClass.request);
  }

  onCombined(flits: number): void {
    this.context.energy.count(this.addAction, flits * this.cutting.flitBits);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    const { portOfNode } = this.ports;
    const atPorts = [...this.deliveries.waiting()].map((node) => ({
      who: path,
      whom: portOfNode[node]!.neighbourPath,
      what: `room at node${node}`,
      sinceTick: kernel.now,
    }));
    return [...atPorts, ...this.groups.waits(kernel.now)];
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
    return {
      topology: { name: config.topology, routers: routerPlaces(this.graph).map(([x, y], router) => ({ x, y, nodes: this.neighboursOf(router) })) },
      ...this.groups.report(),
      latencyCycles: latencyTable(this.messageLatency.histogram),
      links: linkLoads(this.network.state).map((link) => {
        const busyCycles = link.flits * this.linkFlitCycles;
        return { ...link, bytes: (link.flits * this.cutting.flitBits) / 8, busyCycles, utilisation: busyCycles / cycles };
      }),
    };
  }

  private neighboursOf(router: number): string[] {
    return this.graph.terminals.flatMap((terminal, node) => {
      const port = this.ports.portOfNode[node];
      return terminal.router === router && port?.isConnected === true ? [port.neighbourPath] : [];
    });
  }

  /** Take messages from a node's inbox while the node may send and there is room where they go. */
  private pump(node: number, trafficClass: TrafficClass): void {
    for (let message = this.inboxes.first(node, trafficClass); message !== undefined; message = this.inboxes.first(node, trafficClass)) {
      if (!this.startFirst(message, node)) return;
    }
  }

  /** The first message of a node goes on its way, if it may. */
  private startFirst(message: Transaction, node: number): boolean {
    const { trafficClass } = message;
    if (message.group !== undefined) return this.startGroup(message, message.group, node);
    if (this.groups.isContribution(message)) return this.startContribution(message, node);
    const destination = this.ports.exitOf(message);
    if (!this.limits.enter(node, destination, trafficClass)) return false;
    this.inboxes.takeFirst(node, trafficClass);
    this.send(message, node, destination);
    return true;
  }

  private startGroup(leader: Transaction, group: readonly Transaction[], node: number): boolean {
    const { trafficClass } = leader;
    if (!this.limits.maySend(node, trafficClass) || !this.groups.mayBegin(leader, group, node)) return false;
    this.inboxes.takeFirst(node, trafficClass);
    this.enterCycle();
    const members = [leader, ...group];
    for (const message of members) this.messageLatency.begin(message, this.network.now);
    const followers = this.groups.begin(leader);
    this.inboxes.follow(node, followers);
    const targets = members.length - followers.length;
    if (targets === 0) return true;
    this.limits.sent(node, trafficClass);
    this.count(leader, targets);
    return true;
  }

  private startContribution(response: Transaction, node: number): boolean {
    const { trafficClass } = response;
    if (!this.limits.maySend(node, trafficClass)) return false;
    this.inboxes.takeFirst(node, trafficClass);
    this.enterCycle();
    this.messageLatency.begin(response, this.network.now);
    this.count(response, 1);
    if (this.groups.contribute(response, node)) this.limits.sent(node, trafficClass);
    this.scheduleNext();
    return true;
  }

  /** Cut a message into packets and queue them at the node. */
  private send(message: Transaction, node: number, destination: number): void {
    this.enterCycle();
    this.messageLatency.begin(message, this.network.now);
    const packets = this.cutting.packetsOf(message.wireBytes);
    for (let packet = 0; packet < packets; packet++) this.network.inject(node, destination, this.cutting.flitsOf(message.wireBytes, packet), message.id);
    this.packetsLeft[message.id] = packets;
    this.count(message, 1);
  }

  /** The engine may already have worked on the present cycle; then what comes now enters in the next. */
  private enterCycle(): void {
    const cycle = this.context.clock.cycleAtOrAfter(this.context.kernel.now);
    if (cycle > this.network.now) this.network.advance(cycle);
  }

  /** A message is in the network, for as many nodes; its data are counted once. */
  private count(message: Transaction, nodes: number): void {
    const { statistics } = this.context;
    statistics.messages += nodes;
    statistics.packets += this.cutting.packetsOf(message.wireBytes);
    statistics.bytes += message.wireBytes;
    this.changeInside(nodes);
    this.scheduleNext();
  }

  private deliver(node: number, trafficClass: TrafficClass): void {
    this.deliveries.deliver(node, trafficClass);
    this.enterClass();
  }

  /** A node has a message: others may come. */
  private taken(message: Transaction, node: number, place: Place | undefined): void {
    this.changeInside(-1);
    if (place !== undefined) return place.free(node);
    for (const sender of this.limits.delivered(node, message.trafficClass)) this.pump(sender, message.trafficClass);
  }

  private scheduleNext(): void {
    const { kernel, clock } = this.context;
    if (this.isWorking) return;
    const ofNetwork = this.network.nextEventCycle();
    const next = Math.min(ofNetwork < 0 ? Infinity : ofNetwork, this.groups.nextCycle);
    if (next === Infinity) return;
    const tick = clock.tickOf(next);
    if (tick >= this.scheduledTick) return;
    this.scheduledTick = tick;
    kernel.schedule(this.handler, tick, Phase.compute, 0, 0);
  }

  private changeInside(by: number): void {
    this.inside += by;
    if (this.inFlight.active) this.inFlight.emit(this.context.kernel.now, this.inside);
    this.enterClass();
  }

  private enterClass(): void {
    this.context.stalls.enter(this.deliveries.blocked > 0 ? BLOCKED : this.inside > 0 ? BUSY : IDLE);
  }
}
