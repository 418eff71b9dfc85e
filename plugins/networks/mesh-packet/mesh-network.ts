import {
  HEADER_BYTES,
  Histogram,
  InputError,
  ModelError,
  TRAFFIC_CLASSES,
  type Block,
  type BlockContext,
  type CounterProbe,
  type Port,
  type SpanProbe,
  type TrafficClass,
  type Transaction,
  type WaitFor,
} from '../../../core/index.js';
import { packetsOf, serialisationCycles } from './closed-form.js';
import type { PacketConfig } from './config.js';
import { PacketFabric, type FabricOwner } from './packet-fabric.js';
import type { Target } from './packet-pool.js';
import type { Topology } from './topology.js';

export type PacketStatistic = 'messages' | 'packets' | 'bytes' | 'hops' | 'linkBusyCycles' | 'waitCycles';

export const MESH_STALLS = ['idle', 'busy', 'contended'] as const;
const IDLE = 0;
const BUSY = 1;
const CONTENDED = 2;

/** A message that is being cut into packets at its node. */
class Injection {
  message: Transaction | undefined;
  arrivedCycle = 0;
  payloadLeft = 0;
  destinationNode = 0;
  /** Of a multicast: whom it goes to, one at a node. */
  targets: readonly Target[] | undefined;
  /** Members of a multicast that leave at a node that another one leaves at too; they follow one by one. */
  readonly followers: Transaction[] = [];

  constructor(readonly port: Port, readonly trafficClass: TrafficClass) {}
}

/** Joins ports to a packet fabric: cuts messages, hands them out whole, keeps the books. */
export class MeshNetwork implements Block, FabricOwner {
  private readonly fabric: PacketFabric;
  private readonly nodeOfPort: number[] = [];
  private readonly portOfNode: Port[] = [];
  private readonly injections: Injection[] = [];
  private readonly latency = new Histogram();
  private readonly linkSpans: SpanProbe[];
  private readonly waitingProbe: CounterProbe;
  private readonly linkPackets: Float64Array;
  private readonly linkBytes: Float64Array;
  private readonly linkBusy: Float64Array;
  private readonly routerAction: number;
  private readonly linkAction: number;
  private inside = 0;
  private waiting = 0;

  constructor(
    private readonly context: BlockContext<PacketConfig, PacketStatistic>,
    private readonly topology: Topology,
  ) {
    const { config, energy } = context;
    for (const port of context.ports('node')) this.attach(port, topology.nodes);
    this.linkSpans = topology.links.map((link) => context.spanProbe(`link.${link.label}`));
    this.waitingProbe = context.counterProbe('waiting');
    this.linkPackets = new Float64Array(topology.links.length);
    this.linkBytes = new Float64Array(topology.links.length);
    this.linkBusy = new Float64Array(topology.links.length);
    this.routerAction = energy.declare('router', config.routerEnergyPerBitPj);
    this.linkAction = energy.declare('link', config.linkEnergyPerBitPj);
    this.fabric = new PacketFabric(context.kernel, context.clock, context.path, topology, config, this);
  }

  private attach(port: Port, nodes: number): void {
    const node = Number(port.name.slice('node'.length));
    if (node >= nodes) {
      throw new InputError({ path: port.path, message: `the network has no node ${node}`, expected: `node0 .. node${nodes - 1}` });
    }
    this.nodeOfPort[port.index] = node;
    this.portOfNode[node] = port;
    port.takesGroups = true;
    for (let c = 0; c < TRAFFIC_CLASSES; c++) this.injections[node * TRAFFIC_CLASSES + c] = new Injection(port, c as TrafficClass);
  }

  onArrival(port: Port, trafficClass: TrafficClass): void {
    this.injectionRoom(this.nodeOfPort[port.index]!, trafficClass);
  }

  onRoom(port: Port): void {
    this.fabric.roomAtNode(this.nodeOfPort[port.index]!);
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
    return this.portOfNode[node]!.canSend(trafficClass as TrafficClass);
  }

  eject(message: Transaction, node: number): void {
    const { kernel, clock } = this.context;
    this.latency.add(clock.cycleAt(kernel.now) - message.scratch);
    this.inside--;
    this.enterClass();
    this.portOfNode[node]!.send(message);
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

  onWaiting(packets: number): void {
    if (packets === this.waiting) return;
    this.waiting = packets;
    if (this.waitingProbe.active) this.waitingProbe.emit(this.context.kernel.now, packets);
    this.enterClass();
  }

  /** A channel holds a packet that wants another one; the last of a chain wants room at a node. */
  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    return [...this.fabric.heldPackets()].flatMap(({ from, wants }): WaitFor[] => {
      const node = wants - this.topology.links.length;
      const wait = { who: this.channelName(from), whom: this.channelName(wants), what: 'room for a packet', sinceTick: kernel.now };
      if (node < 0) return [wait];
      const whom = this.portOfNode[node]!.neighbourPath;
      return [{ ...wait, whom }, { who: path, whom, what: `room at node${node}`, sinceTick: kernel.now }];
    });
  }

  private channelName(channel: number): string {
    const link = this.topology.links[channel];
    return `${this.context.path}.${link === undefined ? `node${channel - this.topology.links.length}` : `link ${link.label}`}`;
  }

  /** Tables for the result: the links with their load (a heat map), and how long messages took. */
  report(): Readonly<Record<string, unknown>> {
    const { kernel, clock } = this.context;
    const cycles = Math.max(1, clock.cyclesIn(kernel.now));
    const { latency } = this;
    return {
      topology: { name: this.topology.name, ...this.extent(), routers: this.routerPlaces() },
      latencyCycles: { messages: latency.count, mean: latency.mean, p50: latency.percentile(0.5), p95: latency.percentile(0.95), p99: latency.percentile(0.99), max: latency.count === 0 ? 0 : latency.max },
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

  private routerPlaces(): { x: number; y: number; nodes: string[] }[] {
    const places = Array.from({ length: this.topology.routers }, (_, router) => ({ ...this.topology.placeOf(router), nodes: [] as string[] }));
    this.portOfNode.forEach((port, node) => {
      if (port.isConnected) places[this.topology.entryRouter(node)]?.nodes.push(port.neighbourPath);
    });
    return places;
  }

  private extent(): { columns: number; rows: number } {
    let [columns, rows] = [1, 1];
    for (let router = 0; router < this.topology.routers; router++) {
      const { x, y } = this.topology.placeOf(router);
      [columns, rows] = [Math.max(columns, Math.ceil(x) + 1), Math.max(rows, Math.ceil(y) + 1)];
    }
    return { columns, rows };
  }

  private takeMessage(injection: Injection, node: number): boolean {
    const { context } = this;
    const message = injection.followers.shift() ?? injection.port.take(injection.trafficClass);
    if (message === undefined) return false;
    injection.message = message;
    injection.arrivedCycle = context.clock.cycleAtOrAfter(context.kernel.now);
    injection.payloadLeft = message.wireBytes - HEADER_BYTES;
    injection.destinationNode = this.exitOf(message);
    message.scratch = injection.arrivedCycle;
    injection.targets = message.group === undefined ? undefined : this.spread(injection, message, message.group);
    this.countMessage(message, node, injection);
    return true;
  }

  /** Node at which a message leaves. */
  private exitOf(message: Transaction): number {
    const { context } = this;
    const port = context.portToward(message.destination);
    if (port === undefined) throw new ModelError(`no port leads to ${context.blocks.pathOf(message.destination)}`, context.path);
    return this.nodeOfPort[port.index]!;
  }

  /** Targets of a multicast, one at each node. The group is dissolved: from here on each member is a message like others. */
  private spread(injection: Injection, leader: Transaction, group: readonly Transaction[]): readonly Target[] | undefined {
    leader.group = undefined;
    const targets: Target[] = [];
    for (const message of [leader, ...group]) {
      const node = this.exitOf(message);
      message.scratch = injection.arrivedCycle;
      if (targets.some((target) => target.node === node)) injection.followers.push(message);
      else targets.push({ message, node });
    }
    return targets.length > 1 ? targets : undefined;
  }

  /** Links on the way of a message; of a multicast, the links of its tree. */
  private linksTo(from: number, { targets, destinationNode }: Injection): number {
    const { topology } = this;
    if (targets === undefined) return topology.hops(topology.entryRouter(from), topology.exitRouter(destinationNode));
    const links = new Set<number>();
    for (const { node } of targets) {
      const exit = topology.exitRouter(node);
      for (let router = topology.entryRouter(from); router !== exit; ) {
        const link = topology.nextLink(router, exit);
        links.add(link);
        router = topology.links[link]!.to;
      }
    }
    return links.size;
  }

  private countMessage(message: Transaction, from: number, injection: Injection): void {
    const { statistics, energy, config } = this.context;
    const members = injection.targets?.length ?? 1;
    statistics.messages += members;
    statistics.bytes += message.wireBytes;
    statistics.packets += packetsOf(message.wireBytes, config.maxPacketBytes);
    statistics.hops += this.linksTo(from, injection);
    // The router of the destination; the others are counted with their links.
    energy.count(this.routerAction, message.wireBytes * 8 * members);
    this.inside += members;
    this.enterClass();
  }

  private injectPacket(injection: Injection, node: number): void {
    const { config } = this.context;
    const payload = Math.min(injection.payloadLeft, config.maxPacketBytes);
    const bytes = payload + HEADER_BYTES;
    injection.payloadLeft -= payload;
    const isLast = injection.payloadLeft === 0;
    const cycles = serialisationCycles(bytes, config.linkWidthBits);
    const packet = this.fabric.packets.acquire(injection.message!, cycles, bytes, injection.destinationNode, isLast);
    if (injection.targets !== undefined) this.fabric.packets.setTargets(packet, injection.targets);
    if (isLast) injection.message = undefined;
    this.fabric.inject(node, injection.trafficClass, packet, injection.arrivedCycle);
  }

  private enterClass(): void {
    this.context.stalls.enter(this.waiting > 0 ? CONTENDED : this.inside > 0 ? BUSY : IDLE);
  }
}
