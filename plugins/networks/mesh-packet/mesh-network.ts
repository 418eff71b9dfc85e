import {
  HEADER_BYTES,
  Histogram,
  TRAFFIC_CLASSES,
  TrafficClass,
  TransactionKind,
  type Block,
  type BlockContext,
  type CounterProbe,
  type Port,
  type SpanProbe,
  type StallClasses,
  type StateExchange,
  type Transaction,
  type WaitFor,
} from 'tessera-sim';
import { Beginnings, firstAtEachNode, latencyTable, NodePorts, packetsOf, Reductions, reductionTable, type Reduction, type Target } from 'tessera-sim/networks';
import { serialisationCycles } from './closed-form.js';
import { settledPacket, type PacketConfig } from './config.js';
import { Contribution } from './contribution.js';
import type { FabricOwner, Waited } from './fabric-owner.js';
import { Injection } from './injection.js';
import { PacketFabric } from './packet-fabric.js';
import { extentOf, routerPlaces } from './tables.js';
import type { Topology } from './topology.js';
import { multicastLinks, reductionTree } from './trees.js';

export type PacketStatistic = 'messages' | 'packets' | 'bytes' | 'hops' | 'linkBusyCycles' | 'waitCycles';

export const MESH_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No packet inside' },
  busy: { role: 'work', description: 'Packets are on their way, and none waits' },
  contended: { role: 'wait', on: 'network', description: 'A packet waits for a link or a buffer; others may be on their way' },
};
const [IDLE, BUSY, CONTENDED] = [0, 1, 2] as const;

/** Joins ports to a packet fabric: cuts messages, hands them out whole, keeps statistics and energy. */
export class MeshNetwork implements Block, FabricOwner {
  private readonly fabric: PacketFabric;
  private readonly reductions: Reductions;
  private readonly ports: NodePorts;
  private readonly injections: Injection[] = [];
  private readonly latency = new Histogram();
  private readonly arrivals = new Beginnings();
  private readonly config: PacketConfig;
  private readonly linkSpans: SpanProbe[];
  private readonly waitingProbe: CounterProbe;
  private readonly linkPackets: Float64Array;
  private readonly linkBytes: Float64Array;
  private readonly linkBusy: Float64Array;
  private readonly routerAction: number;
  private readonly linkAction: number;
  private readonly addAction: number;
  private inside = 0;
  private waiting = 0;

  constructor(
    private readonly context: BlockContext<PacketConfig, PacketStatistic>,
    private readonly topology: Topology,
  ) {
    const { energy } = context;
    const config = (this.config = settledPacket(context.config));
    this.ports = new NodePorts(context, topology.nodes);
    for (const port of context.ports('node')) this.attach(port);
    this.linkSpans = topology.links.map((link) => context.spanProbe(`link.${link.label}`));
    this.waitingProbe = context.counterProbe('waiting');
    this.linkPackets = new Float64Array(topology.links.length);
    this.linkBytes = new Float64Array(topology.links.length);
    this.linkBusy = new Float64Array(topology.links.length);
    this.routerAction = energy.action('router');
    this.linkAction = energy.action('link');
    this.addAction = energy.action('reduction');
    const shape = { packetBytes: config.maxPacketBytes, entries: config.reductionEntries, tree: reductionTree.bind(undefined, topology) };
    this.reductions = new Reductions(topology.routers, shape, this.ports, context.path, (node) => this.injectionRoom(node, TrafficClass.request));
    this.fabric = new PacketFabric(context.kernel, context.clock, context.path, topology, config, this);
  }

  private attach(port: Port): void {
    const node = this.ports.nodeOf(port);
    port.takesGroups = true;
    port.combinesBytes = this.context.config.reductionEntries * this.context.config.maxPacketBytes;
    for (let c = 0; c < TRAFFIC_CLASSES; c++) this.injections[node * TRAFFIC_CLASSES + c] = new Injection(port, c as TrafficClass);
  }

  onArrival(port: Port, trafficClass: TrafficClass): void {
    this.injectionRoom(this.ports.nodeOf(port), trafficClass);
  }

  onRoom(port: Port): void {
    this.fabric.roomAtNode(this.ports.nodeOf(port));
  }

  /** Cuts as many packets as the injection buffer takes; messages leave the port's inbox one by one. */
  injectionRoom(node: number, trafficClass: number): void {
    const injection = this.injections[node * TRAFFIC_CLASSES + trafficClass]!;
    while (this.fabric.hasInjectionRoom(node, trafficClass)) {
      if (injection.message === undefined && !this.takeMessage(injection, node)) return;
      this.injectPacket(injection, node);
    }
  }

  canEject(node: number, trafficClass: number): boolean {
    return this.ports.portOfNode[node]!.canSend(trafficClass as TrafficClass);
  }

  eject(message: Transaction, node: number): void {
    const { kernel, clock } = this.context;
    this.latency.add(clock.cycleAt(kernel.now) - this.arrivals.take(message));
    this.inside--;
    this.enterClass();
    this.ports.portOfNode[node]!.send(message);
  }

  /** The sum is the response to the first member; the others have been used up on the way. */
  ejectSum({ leader, members }: Reduction, node: number): void {
    for (const member of members) {
      if (member === leader) continue;
      this.arrivals.take(member);
      this.context.transactions.release(member);
    }
    this.inside -= members.length - 1;
    this.eject(leader, node);
  }

  /** A packet went through a router's buffer into its table. */
  onCombined(packetBytes: number): void {
    const { energy } = this.context;
    this.reductions.packetsCombined++;
    energy.count(this.routerAction, packetBytes * 8);
    energy.count(this.addAction, packetBytes * 8);
  }

  entryFree(router: number): void {
    this.reductions.release(router);
  }

  onLink(link: number, cycle: number, packetCycles: number, packetBytes: number, message: Transaction): void {
    const { clock, energy, statistics } = this.context;
    statistics.linkBusyCycles += packetCycles;
    this.linkPackets[link]!++;
    this.linkBytes[link]! += packetBytes;
    this.linkBusy[link]! += packetCycles;
    energy.count(this.linkAction, packetBytes * 8);
    energy.count(this.routerAction, packetBytes * 8);
    const span = this.linkSpans[link]!;
    if (span.active) span.emit(clock.tickOf(cycle), clock.tickOf(cycle + packetCycles), message.trafficClass, message.operation);
  }

  onGrant(waitedCycles: number): void {
    this.context.statistics.waitCycles += waitedCycles;
  }

  get listens(): boolean {
    return this.context.milestones.active;
  }

  onWaited({ operation }: Transaction, sinceCycle: number, cycle: number, cause: Waited): void {
    const { milestones, clock } = this.context;
    milestones.note(cause, operation, clock.tickOf(sinceCycle), clock.tickOf(cycle));
  }

  onWaiting(packets: number): void {
    if (packets === this.waiting) return;
    this.waiting = packets;
    if (this.waitingProbe.active) this.waitingProbe.emit(this.context.kernel.now, packets);
    this.enterClass();
  }

  state(s: StateExchange): void {
    const { clock } = this.context;
    this.reductions.state(s, this.reductionsUnderWay());
    const reference = (reduction: Reduction | undefined): Reduction => this.reductions.reference(s, reduction);
    this.fabric.state(s, reference);
    for (const injection of this.injections) injection?.state(s, clock, this.reductions);
    this.arrivals.state(s, clock);
    this.latency.state(s);
    for (const totals of [this.linkPackets, this.linkBytes, this.linkBusy]) s.numbers(totals);
    this.inside = s.number(this.inside);
    this.waiting = s.number(this.waiting);
  }

  private *reductionsUnderWay(): Generator<Reduction> {
    yield* this.fabric.packets.reductions();
    for (const injection of this.injections) if (injection?.membership !== undefined) yield injection.membership.reduction;
  }

  /** A channel holds a packet that wants another one; the last of a chain wants room at a node. */
  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    const { links } = this.topology;
    const held = [...this.reductions.heldRequests()].map(({ node, site }) => ({
      who: this.channelName(links.length + node),
      whom: `${path}.router ${site}`,
      what: 'entries for a reduction',
      sinceTick: kernel.now,
    }));
    const packets = [...this.fabric.heldPackets()].flatMap(({ from, wants }): WaitFor[] => {
      const node = wants - links.length;
      const wait = { who: this.channelName(from), whom: this.channelName(wants), what: 'room for a packet', sinceTick: kernel.now };
      if (node < 0) return [wait];
      const whom = this.ports.portOfNode[node]!.neighbourPath;
      return [
        { ...wait, whom },
        { who: path, whom, what: `room at node${node}`, sinceTick: kernel.now },
      ];
    });
    return [...packets, ...held];
  }

  private channelName(channel: number): string {
    const link = this.topology.links[channel];
    return `${this.context.path}.${link === undefined ? `node${channel - this.topology.links.length}` : `link ${link.label}`}`;
  }

  /** Tables for the result: the links with their load (a heat map), and how long messages took. */
  report(): Readonly<Record<string, unknown>> {
    const { kernel, clock } = this.context;
    const cycles = Math.max(1, clock.cyclesIn(kernel.now));
    return {
      topology: { name: this.topology.name, ...extentOf(this.topology), routers: routerPlaces(this.topology, this.ports.portOfNode) },
      ...reductionTable(this.reductions),
      latencyCycles: latencyTable(this.latency),
      links: this.topology.links.map((link, i) => ({
        from: link.from,
        to: link.to,
        label: link.label,
        packets: this.linkPackets[i],
        bytes: this.linkBytes[i],
        busyCycles: this.linkBusy[i],
        utilisation: this.linkBusy[i]! / cycles,
      })),
    };
  }

  private takeMessage(injection: Injection, node: number): boolean {
    const { context } = this;
    const message = injection.followers.shift() ?? injection.port.take(injection.trafficClass);
    if (message === undefined) return false;
    injection.message = message;
    injection.arrivedCycle = context.clock.cycleAtOrAfter(context.kernel.now);
    injection.payloadLeft = message.wireBytes - HEADER_BYTES;
    injection.destinationNode = this.ports.exitOf(message);
    this.arrivals.set(message, injection.arrivedCycle);
    injection.targets = injection.membership = undefined;
    if (message.group !== undefined && !this.openGroup(injection, message, message.group, node)) return false;
    if (this.reductions.isActive && message.isResponse) injection.membership = this.reductions.leave(message);
    injection.sequence = 0;
    this.countMessage(message, node, injection);
    return true;
  }

  /** A group begins its way, but for a reduction whose turn has not come: that one is kept at its node, and all behind it wait. */
  private openGroup(injection: Injection, leader: Transaction, group: readonly Transaction[], node: number): boolean {
    if (leader.kind === TransactionKind.read) {
      if (!this.reductions.ask(leader, group, node)) {
        injection.message = undefined;
        injection.followers.unshift(leader);
        return false;
      }
      this.reductions.begin(leader);
    }
    injection.targets = this.spread(injection, leader, group);
    return true;
  }

  /** Targets of a multicast, one at each node. The group is dissolved: from here on each member is a message like others. */
  private spread(injection: Injection, leader: Transaction, group: readonly Transaction[]): readonly Target[] | undefined {
    leader.group = undefined;
    const members = [leader, ...group];
    for (const message of members) this.arrivals.set(message, injection.arrivedCycle);
    const { targets, followers } = firstAtEachNode(members, (message) => this.ports.exitOf(message));
    injection.followers.push(...followers);
    return targets.length > 1 ? targets : undefined;
  }

  /** Links on the way of a message; of a multicast, the links of its tree. */
  private linksTo(from: number, { targets, destinationNode }: Injection): number {
    const { topology } = this;
    if (targets !== undefined)
      return multicastLinks(
        topology,
        from,
        targets.map(({ node }) => node),
      );
    return topology.hops(topology.entryRouter(from), topology.exitRouter(destinationNode));
  }

  private countMessage(message: Transaction, from: number, injection: Injection): void {
    const { config } = this;
    const { statistics, energy } = this.context;
    const members = injection.targets?.length ?? 1;
    statistics.messages += members;
    statistics.bytes += message.wireBytes;
    statistics.packets += packetsOf(message.wireBytes, config.maxPacketBytes);
    const { membership } = injection;
    // Of a reduction, the links of the tree are counted once, and so is the router of the destination.
    const isFirst = membership === undefined || membership.reduction.leader === message;
    if (membership !== undefined && isFirst) statistics.hops += membership.reduction.tree.links;
    if (membership === undefined || membership.isStray) statistics.hops += this.linksTo(from, injection);
    // The router of the destination; the others are counted with their links.
    if (isFirst) energy.count(this.routerAction, message.wireBytes * 8 * members);
    this.inside += members;
    this.enterClass();
  }

  private injectPacket(injection: Injection, node: number): void {
    const { config } = this;
    const payload = Math.min(injection.payloadLeft, config.maxPacketBytes);
    const bytes = payload + HEADER_BYTES;
    injection.payloadLeft -= payload;
    const isLast = injection.payloadLeft === 0;
    const cycles = serialisationCycles(bytes, config.linkWidthBits);
    const packet = this.fabric.packets.acquire(injection.message!, cycles, bytes, injection.destinationNode, isLast);
    if (injection.targets !== undefined) this.fabric.packets.setTargets(packet, injection.targets);
    else if (injection.membership !== undefined) {
      const { reduction, isStray } = injection.membership;
      this.fabric.packets.setContribution(packet, new Contribution(reduction, injection.sequence++, isStray));
    }
    if (isLast) injection.message = undefined;
    this.fabric.inject(node, injection.trafficClass, packet, injection.arrivedCycle);
  }

  private enterClass(): void {
    this.context.stalls.enter(this.waiting > 0 ? CONTENDED : this.inside > 0 ? BUSY : IDLE);
  }
}
