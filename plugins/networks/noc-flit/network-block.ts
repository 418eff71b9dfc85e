import {
  Phase,
  TRAFFIC_CLASSES,
  TrafficClass,
  type Block,
  type BlockContext,
  type CounterProbe,
  type EventHandler,
  type Port,
  type RandomStream,
  type StallClasses,
  type StateExchange,
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
import type { PacketCarrier } from './engine/carrier.js';
import type { FlitNetwork } from './engine/flit-network.js';
import { linkLoads } from './engine/link-loads.js';
import { LoneNetwork } from './engine/lone-network.js';
import { LonePackets } from './engine/lone-packets.js';
import { flitCyclesOf } from './engine/parameters.js';
import { FixedRoutes } from './fixed-routes.js';
import type { NetworkGraph } from './graph.js';
import type { GroupHost, Place } from './group-host.js';
import { combinesBytes, GroupTraffic } from './group-traffic.js';
import { Inboxes } from './inboxes.js';
import { MessageLatency } from './message-latency.js';
import { SendLimits } from './message-limits.js';
import { NocWait } from './milestones.js';
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
  private readonly network: PacketCarrier;
  /** The network where there are routers; undefined where each packet is alone. */
  private readonly routers: FlitNetwork | undefined;
  private readonly lone: LonePackets;
  /** Per node and class: tick since which its first message is held back; -1 for none. Kept while somebody listens. */
  private readonly heldSince: Float64Array;
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
  private readonly routes: RandomStream;
  /** Cycles of the clock less those of the engine: not 0 only after a state was loaded whose steps depend on the engine's cycle. */
  private lead = 0;

  constructor(
    private readonly context: BlockContext<NocFlitConfig, NocFlitStatistic>,
    catalogue: Catalogue,
  ) {
    const { energy, path } = context;
    const config = settled(context.config, path);
    const description = describeNetwork(config);
    const routes = (this.routes = context.random('routes'));
    const built = buildNetwork(description, (bound) => routes.below(bound), catalogue);
    this.graph = built.graph;
    // A packet whose way is drawn is held against one that goes the shortest.
    const twin = built.network.draws ? { ...description, routing: 'table' } : description;
    this.lone = new LonePackets(() => buildNetwork(twin, () => 0, catalogue).network);
    this.routers = config.ideal?.includes('contention') === true ? undefined : built.network;
    this.network = this.routers ?? new LoneNetwork(built.network.nodes, this.lone);
    this.heldSince = new Float64Array(TRAFFIC_CLASSES * this.network.nodes).fill(-1);
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
    this.deliveries = new Deliveries(this.ports, (message, node, place) => this.taken(message, node, place), context);
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
    this.network.advance(cycle - this.lead);
    this.groups.advance(cycle);
    this.network.advance(cycle - this.lead + 1);
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
    if (this.context.milestones.active) this.noteWaits(packet);
    if (this.groups.owns(packet)) return this.groups.receive(packet);
    if (--this.packetsLeft[packet.tag]! > 0) return;
    const message = transactions.at(packet.tag);
    this.arrived(message, packet.destination, packet.source);
    this.left(packet.source, message.trafficClass);
  }

  /** What a packet waited for: at its node, and beyond the time that it takes alone. */
  private noteWaits(packet: EjectedPacket): void {
    const { milestones, clock, transactions } = this.context;
    const operation = this.groups.owns(packet) ? -1 : transactions.at(packet.tag).operation;
    const { source, destination, flits, created, headSent, headEjected } = packet;
    const tick = (cycle: number): number => clock.tickOf(Math.max(0, cycle + this.lead));
    if (headSent > created) milestones.note(NocWait.order, operation, tick(created), tick(headSent));
    const alone = headSent + this.lone.times(source, destination, flits).head;
    if (headEjected > alone) milestones.note(NocWait.link, operation, tick(alone), tick(headEjected));
  }

  /** The first message of a node may not start, or starts. */
  private noteHeld({ operation }: Transaction, node: number, trafficClass: number, isHeld: boolean): void {
    const { milestones, kernel } = this.context;
    const at = node * TRAFFIC_CLASSES + trafficClass;
    const since = this.heldSince[at]!;
    if (isHeld) {
      if (since < 0) this.heldSince[at] = kernel.now;
      return;
    }
    this.heldSince[at] = -1;
    if (since >= 0 && since < kernel.now) milestones.note(NocWait.room, operation, since, kernel.now);
  }

  get cycle(): number {
    return this.network.now + this.lead;
  }

  inject(from: number, to: number, flits: number, tag: number): void {
    this.network.inject(from, to, flits, tag);
  }

  arrived(message: Transaction, node: number, from: number, place?: Place): void {
    this.deliveries.add(message, node, place);
    this.messageLatency.end(message, from, this.cycle);
    this.deliver(node, message.trafficClass);
  }

  left(node: number, trafficClass: TrafficClass): void {
    this.limits.left(node, trafficClass);
    this.pump(node, trafficClass);
  }

  usedUp(response: Transaction): void {
    this.messageLatency.forget(response);
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

  state(s: StateExchange): void {
    const { clock } = this.context;
    const now = s.cycle(this.cycle, clock);
    this.network.exchange(s, now);
    this.lead = now - this.network.now;
    s.random(this.routes);
    this.scheduledTick = s.tick(this.scheduledTick);
    const references = this.groups.state(s, clock, this.deliveries.places());
    this.deliveries.state(s, (place) => references.place(s, place));
    this.inboxes.state(s);
    this.limits.state(s);
    this.messageLatency.state(s);
    s.numbers(this.packetsLeft);
    s.ticks(this.heldSince);
    this.inside = s.number(this.inside);
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
      links: (this.routers === undefined ? [] : linkLoads(this.routers.state)).map((link) => {
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
      const starts = this.startFirst(message, node);
      if (this.context.milestones.active) this.noteHeld(message, node, trafficClass, !starts);
      if (!starts) return;
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
    for (const message of members) this.messageLatency.begin(message, this.cycle);
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
    this.messageLatency.begin(response, this.cycle);
    this.count(response, 1);
    if (this.groups.contribute(response, node)) this.limits.sent(node, trafficClass);
    this.scheduleNext();
    return true;
  }

  /** Cut a message into packets and queue them at the node. */
  private send(message: Transaction, node: number, destination: number): void {
    this.enterCycle();
    this.messageLatency.begin(message, this.cycle);
    const packets = this.cutting.packetsOf(message.wireBytes);
    for (let packet = 0; packet < packets; packet++) this.network.inject(node, destination, this.cutting.flitsOf(message.wireBytes, packet), message.id);
    while (this.packetsLeft.length <= message.id) this.packetsLeft.push(0);
    this.packetsLeft[message.id] = packets;
    this.count(message, 1);
  }

  /** The engine may already have worked on the present cycle; then what comes now enters in the next. */
  private enterCycle(): void {
    const cycle = this.context.clock.cycleAtOrAfter(this.context.kernel.now);
    if (cycle > this.cycle) this.network.advance(cycle - this.lead);
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
    const next = Math.min(ofNetwork < 0 ? Infinity : ofNetwork + this.lead, this.groups.nextCycle);
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
