import { Phase, TRAFFIC_CLASSES, type ClockDomain, type EventHandler, type HandlerId, type Kernel, type StateExchange } from 'tessera-sim';
import type { Reduction } from 'tessera-sim/networks';
import type { PacketConfig } from './config.js';
import { Contribution } from './contribution.js';
import { Credits } from './credits.js';
import { Waited, type FabricOwner } from './fabric-owner.js';
import { Forks } from './forks.js';
import { InputBuffers } from './input-buffers.js';
import { Outputs } from './outputs.js';
import { PacketPool } from './packet-pool.js';
import type { Topology } from './topology.js';
import { Wiring } from './wiring.js';

const EVENT_HEAD = 0;
const EVENT_OUTPUT = 1;
const EVENT_EJECT = 2;
const EVENT_ARBITRATE = 3;
const EVENT_ENTRY = 4;

/**
 * Packets on routers and links. A router is a set of input buffers (one a link and lane) and of outputs (one a link or
 * node); a packet costs an event at each router. A lane is a traffic class and a level. All outputs that several packets want in one cycle share one more.
 *
 * Channels are numbered 0 .. links-1 for the links, then the nodes; each is an output at one end and has a buffer for every
 * lane at the other. Times are cycles of the network.
 */
export class PacketFabric implements EventHandler {
  readonly packets = new PacketPool();
  private readonly forks = new Forks(this.packets);
  private readonly buffers: InputBuffers;
  private readonly outputs: Outputs;
  private readonly credits: Credits;
  private readonly links: number;
  private readonly levels: number;
  /** Lanes of a channel. */
  private readonly lanes: number;
  private readonly laneHasRoom: Uint8Array;
  private readonly handler: HandlerId;
  private readonly wiring: Wiring;
  private readonly flightCycles: readonly number[];
  private readonly dirtyOutputs: Int32Array;
  private readonly isDirty: Uint8Array;
  private dirtyCount = 0;
  private totalWaiting = 0;
  /** A link carries one packet at a time. */
  private readonly isExclusive: boolean;

  constructor(
    private readonly kernel: Kernel,
    private readonly clock: ClockDomain,
    path: string,
    private readonly topology: Topology,
    private readonly config: PacketConfig,
    private readonly owner: FabricOwner,
  ) {
    this.links = topology.links.length;
    this.isExclusive = config.ideal?.includes('contention') !== true;
    this.levels = topology.levels;
    this.lanes = TRAFFIC_CLASSES * this.levels;
    this.flightCycles = topology.links.map((link) => link.tiles * config.linkCycles);
    this.laneHasRoom = new Uint8Array(this.lanes);
    const channels = this.links + topology.nodes;
    this.buffers = new InputBuffers(channels * this.lanes, config.bufferPackets);
    this.credits = new Credits(this.links * this.lanes, config.bufferPackets);
    this.wiring = new Wiring(topology, this.lanes);
    this.outputs = new Outputs(this.wiring.inputCounts, config.arbitration);
    this.dirtyOutputs = new Int32Array(channels);
    this.isDirty = new Uint8Array(channels);
    this.handler = kernel.register(path, this);
  }

  hasInjectionRoom(node: number, trafficClass: number): boolean {
    return !this.buffers.isFull(this.injectionBuffer(node, trafficClass));
  }

  /** Puts a packet into a node's injection buffer. @param arrivedCycle when its message reached the node. */
  inject(node: number, trafficClass: number, packet: number, arrivedCycle: number): void {
    this.enqueue(this.injectionBuffer(node, trafficClass), packet, arrivedCycle + this.config.routerCycles);
  }

  roomAtNode(node: number): void {
    // The news may come between two edges of our clock.
    this.wakeOutput(this.links + node, this.clock.cycleAtOrAfter(this.kernel.now));
  }

  onEvent(code: number, arg: number): void {
    const cycle = this.clock.cycleAt(this.kernel.now);
    if (code === EVENT_HEAD) this.requestOutput(arg, cycle);
    else if (code === EVENT_ARBITRATE) this.arbitrate(cycle);
    else if (code === EVENT_OUTPUT) this.outputWakes(arg, cycle);
    else if (code === EVENT_ENTRY) this.owner.entryFree(arg);
    else this.ejectPacket(arg);
  }

  /** Packets at the head of a buffer, and the channel that each wants: who waits for whom, for the deadlock report. */
  *heldPackets(): Generator<{ readonly from: number; readonly wants: number }> {
    for (let buffer = 0; buffer < this.wiring.routerOfBuffer.length; buffer++) {
      if (this.buffers.length(buffer) === 0) continue;
      const node = this.packets.destinationNode[this.buffers.head(buffer)]!;
      yield { from: Math.floor(buffer / this.lanes), wants: this.outputFor(this.wiring.routerOfBuffer[buffer]!, node) };
    }
  }

  private injectionBuffer(node: number, trafficClass: number): number {
    return (this.links + node) * this.lanes + trafficClass * this.levels;
  }

  private enqueue(buffer: number, packet: number, readyCycle: number): void {
    this.buffers.push(buffer, packet, readyCycle);
    if (this.buffers.length(buffer) === 1) this.scheduleHead(buffer);
  }

  private scheduleHead(buffer: number): void {
    this.at(this.buffers.headReadyCycle(buffer), Phase.compute, EVENT_HEAD, buffer);
  }

  private at(cycle: number, phase: Phase, code: number, arg: number): void {
    this.kernel.schedule(this.handler, this.clock.tickOf(cycle), phase, code, arg);
  }

  /** Asks for the output, or takes it at once when it is free and nobody waits: of several that come together, the first. */
  private requestOutput(buffer: number, cycle: number): void {
    const packet = this.buffers.head(buffer);
    const router = this.wiring.routerOfBuffer[buffer]!;
    const special = this.packets.special[packet];
    if (special === undefined) return this.requestFor(buffer, packet, this.outputFor(router, this.packets.destinationNode[packet]!), cycle);
    if (special instanceof Contribution) return this.contribute(buffer, packet, special, cycle);
    for (const output of this.forks.open(buffer, packet, special, (node) => this.outputFor(router, node))) this.requestFor(buffer, packet, output, cycle);
  }

  /**
   * A packet of a sum. Where it meets others it passes the adder; all but the last to come stay in the router's table, and the last
   * goes on from its buffer, as the sum, like any packet.
   */
  private contribute(buffer: number, packet: number, part: Contribution, cycle: number): void {
    const router = this.wiring.routerOfBuffer[buffer]!;
    const node = this.packets.destinationNode[packet]!;
    if (part.meetsOthersAt(router, this.topology.exitRouter(node))) {
      if (part.enterAdder(router)) this.buffers.delayHead(buffer, this.config.reductionCycles);
      if (this.buffers.headReadyCycle(buffer) > cycle) return this.scheduleHead(buffer);
      if (!part.reduction.add(router, part.sequence)) return this.store(buffer, packet, cycle);
      this.packets.message[packet] = part.reduction.leader;
      this.at(cycle + this.packets.cycles[packet]!, Phase.deliver, EVENT_ENTRY, router);
    }
    this.requestFor(buffer, packet, this.outputFor(router, node), cycle);
  }

  /** Moves a packet from its buffer into the reduction table, where an entry is reserved. */
  private store(buffer: number, packet: number, cycle: number): void {
    const endCycle = cycle + this.packets.cycles[packet]!;
    this.owner.onCombined(this.packets.bytes[packet]!);
    this.packets.release(packet);
    this.leaveBuffer(buffer, endCycle);
  }

  private requestFor(buffer: number, packet: number, output: number, cycle: number): void {
    const lane = this.nextLane(buffer, output);
    if (this.outputs.waiting[output] === 0 && this.outputs.freeCycle[output]! <= cycle && this.hasRoom(output, lane, cycle)) {
      return this.sendOn(output, buffer, cycle);
    }
    const message = this.packets.message[packet]!;
    const key = this.config.arbitration === 'age' ? message.issuedTick : message.priority;
    this.outputs.request(output, this.wiring.inputOfBuffer[buffer]!, lane, key);
    this.totalWaiting++;
    this.markOutput(output, cycle);
  }

  /** Lane in which a packet goes on: its class, and the level that keeps waiting packets from closing a chain. */
  private nextLane(buffer: number, output: number): number {
    const lane = buffer % this.lanes;
    if (this.levels === 1) return lane;
    const trafficClass = Math.floor(lane / this.levels);
    const channel = Math.floor(buffer / this.lanes);
    const [link, next] = [channel < this.links ? channel : -1, output < this.links ? output : -1];
    return trafficClass * this.levels + this.topology.nextLevel(lane % this.levels, link, next);
  }

  private outputFor(router: number, node: number): number {
    const destination = this.topology.exitRouter(node);
    return router === destination ? this.links + node : this.topology.nextLink(router, destination);
  }

  /** Lets the output be arbitrated in this cycle, or as soon as it is free. */
  private markOutput(output: number, cycle: number): void {
    if (this.outputs.freeCycle[output]! > cycle) return this.wakeOutput(output, this.outputs.freeCycle[output]!);
    if (this.isDirty[output] === 1) return;
    this.isDirty[output] = 1;
    if (this.dirtyCount === 0) this.at(cycle, Phase.compute, EVENT_ARBITRATE, 0);
    this.dirtyOutputs[this.dirtyCount++] = output;
  }

  private wakeOutput(output: number, cycle: number): void {
    if (this.outputs.wakeCycle[output]! <= cycle) return;
    this.outputs.wakeCycle[output] = cycle;
    this.at(cycle, Phase.deliver, EVENT_OUTPUT, output);
  }

  private outputWakes(output: number, cycle: number): void {
    if (this.outputs.wakeCycle[output] !== cycle) return;
    this.outputs.wakeCycle[output] = Infinity;
    if (this.outputs.waiting[output]! > 0) this.markOutput(output, cycle);
  }

  private arbitrate(cycle: number): void {
    for (let i = 0; i < this.dirtyCount; i++) {
      const output = this.dirtyOutputs[i]!;
      this.isDirty[output] = 0;
      this.grant(output, cycle);
    }
    this.dirtyCount = 0;
    this.owner.onWaiting(this.totalWaiting);
  }

  private grant(output: number, cycle: number): void {
    // One packet, or all for which there is room where a link is shared.
    while (this.outputs.waiting[output]! > 0) {
      if (this.outputs.freeCycle[output]! > cycle) return this.wakeOutput(output, this.outputs.freeCycle[output]!);
      for (let lane = 0; lane < this.lanes; lane++) this.laneHasRoom[lane] = this.hasRoom(output, lane, cycle) ? 1 : 0;
      const winner = this.outputs.choose(output, this.laneHasRoom);
      if (winner < 0) return this.awaitRoom(output);
      this.totalWaiting--;
      this.sendOn(output, this.wiring.bufferAt(output, winner), cycle);
    }
  }

  /** The first packet of the buffer takes the output. */
  private sendOn(output: number, buffer: number, cycle: number): void {
    const head = this.buffers.head(buffer);
    const endCycle = cycle + this.packets.cycles[head]!;
    const readyCycle = this.buffers.headReadyCycle(buffer);
    this.owner.onGrant(cycle - readyCycle);
    if (cycle > readyCycle && this.owner.listens) this.owner.onWaited(this.packets.message[head]!, readyCycle, cycle, this.causeOfWait(output));
    this.outputs.awaitsRoom[output] = 0;
    if (this.isExclusive || output >= this.links) this.outputs.freeCycle[output] = endCycle;
    const isFork = this.forks.isOpen(buffer);
    const packet = isFork ? this.forks.take(buffer, output) : head;
    if (isFork) this.copyLeaves(buffer, head, endCycle);
    else this.leaveBuffer(buffer, endCycle);
    if (output < this.links) this.crossLink(output, packet, this.nextLane(buffer, output), cycle, endCycle);
    else this.at(endCycle, Phase.deliver, EVENT_EJECT, packet);
  }

  /** What came last of what a packet that now takes an output has waited for: room behind it, or its end of other packets. */
  private causeOfWait(output: number): Waited {
    if (this.outputs.awaitsRoom[output] === 0) return Waited.link;
    return output < this.links ? Waited.credit : Waited.port;
  }

  /** The packet leaves its buffer with the last of its copies. */
  private copyLeaves(buffer: number, head: number, endCycle: number): void {
    const freeCycle = this.forks.close(buffer, endCycle);
    if (freeCycle === undefined) return;
    this.packets.release(head);
    this.leaveBuffer(buffer, freeCycle);
  }

  private hasRoom(output: number, lane: number, cycle: number): boolean {
    if (output < this.links) return this.credits.has(output * this.lanes + lane, cycle);
    return this.owner.canEject(output - this.links, Math.floor(lane / this.levels));
  }

  /** A place downstream comes back by time; that a node has room again is said by the node. */
  private awaitRoom(output: number): void {
    this.outputs.awaitsRoom[output] = 1;
    if (output >= this.links) return;
    let next = Infinity;
    for (let lane = 0; lane < this.lanes; lane++) next = Math.min(next, this.credits.nextReturn(output * this.lanes + lane));
    if (next !== Infinity) this.wakeOutput(output, next);
  }

  private leaveBuffer(buffer: number, endCycle: number): void {
    const channel = Math.floor(buffer / this.lanes);
    this.buffers.shift(buffer);
    this.buffers.freeCycle[buffer] = this.isExclusive || channel >= this.links ? endCycle : this.clock.cycleAt(this.kernel.now);
    if (this.buffers.length(buffer) > 0) this.scheduleHead(buffer);
    if (channel >= this.links) return this.owner.injectionRoom(channel - this.links, Math.floor((buffer % this.lanes) / this.levels));
    const returnCycle = endCycle + this.flightCycles[channel]!;
    this.credits.give(buffer, returnCycle);
    // Whoever waits for this link may wait for this very place.
    if (this.outputs.waiting[channel]! > 0) this.wakeOutput(channel, Math.max(returnCycle, this.outputs.freeCycle[channel]!));
  }

  private crossLink(link: number, packet: number, lane: number, cycle: number, endCycle: number): void {
    const departed = this.config.switching === 'store-and-forward' ? endCycle : cycle;
    this.credits.take(link * this.lanes + lane);
    this.owner.onLink(link, cycle, endCycle - cycle, this.packets.bytes[packet]!, this.packets.message[packet]!);
    this.enqueue(link * this.lanes + lane, packet, departed + this.flightCycles[link]! + this.config.routerCycles);
  }

  private ejectPacket(packet: number): void {
    const message = this.packets.message[packet]!;
    const node = this.packets.destinationNode[packet]!;
    const isLast = this.packets.isLast[packet]!;
    const special = this.packets.special[packet];
    this.packets.release(packet);
    if (isLast) this.owner.eject(message, node);
    else if (special instanceof Contribution && special.reduction.packetArrived()) this.owner.ejectSum(special.reduction, node);
  }

  /** @param reference tells a reduction */
  state(s: StateExchange, reference: (reduction: Reduction | undefined) => Reduction): void {
    const { clock } = this;
    this.packets.state(s, reference);
    this.forks.state(s, clock);
    this.buffers.state(s, clock);
    this.outputs.state(s, clock);
    this.credits.state(s, clock);
    const dirty = [...this.dirtyOutputs.subarray(0, this.dirtyCount)];
    s.numbers(dirty);
    this.totalWaiting = s.number(this.totalWaiting);
    if (!s.loading) return;
    this.isDirty.fill(0);
    this.dirtyCount = dirty.length;
    dirty.forEach((output, i) => {
      this.dirtyOutputs[i] = output;
      this.isDirty[output] = 1;
    });
  }
}
