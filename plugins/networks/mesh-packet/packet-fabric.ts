import { Phase, TRAFFIC_CLASSES, type ClockDomain, type EventHandler, type HandlerId, type Kernel, type Transaction } from '../../../core/index.js';
import type { MeshPacketConfig } from './config.js';
import { Credits } from './credits.js';
import { InputBuffers } from './input-buffers.js';
import { Outputs } from './outputs.js';
import { PacketPool } from './packet-pool.js';
import type { Topology } from './topology.js';

const EVENT_HEAD = 0;
const EVENT_OUTPUT = 1;
const EVENT_EJECT = 2;
const EVENT_ARBITRATE = 3;

/** What the fabric asks of and tells the network around it. */
export interface FabricOwner {
  /** Whether a whole message of this class can leave at a node; a `false` must be followed by `roomAtNode`. */
  canEject(node: number, trafficClass: number): boolean;
  /** The last packet of a message has come out at its node. */
  eject(message: Transaction, node: number): void;
  /** The injection buffer of a node has room. */
  injectionRoom(node: number, trafficClass: number): void;
  /** A packet crosses a link from `cycle` on. */
  onLink(link: number, cycle: number, packetCycles: number, packetBytes: number, message: Transaction): void;
  /** A packet goes on after waiting `cycles`. */
  onGrant(waitedCycles: number): void;
  /** Packets that ask for an output, after each change. */
  onWaiting(packets: number): void;
}

/**
 * Packets on routers and links. A router is a set of input buffers (one a link and class) and of outputs (one a link or
 * node); a packet costs an event at each router. All outputs that several packets want in one cycle share one more.
 *
 * Buffers and outputs are numbered alike: 0 .. links-1 for the links, then the nodes; times are cycles of the network.
 */
export class PacketFabric implements EventHandler {
  readonly packets = new PacketPool();
  private readonly buffers: InputBuffers;
  private readonly outputs: Outputs;
  private readonly credits: Credits;
  private readonly links: number;
  private readonly handler: HandlerId;
  /** Router that a buffer feeds. */
  private readonly routerOfBuffer: Int32Array;
  /** Place of a buffer among the inputs of its router. */
  private readonly inputOfBuffer: Int32Array;
  /** Buffers of each router by input. */
  private readonly buffersOfRouter: number[][];
  private readonly routerOfOutput: Int32Array;
  private readonly dirtyOutputs: Int32Array;
  private readonly isDirty: Uint8Array;
  private dirtyCount = 0;
  private totalWaiting = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly clock: ClockDomain,
    path: string,
    private readonly topology: Topology,
    nodes: number,
    private readonly config: MeshPacketConfig,
    private readonly owner: FabricOwner,
  ) {
    this.links = topology.links.length;
    const channels = this.links + nodes;
    this.buffers = new InputBuffers(channels * TRAFFIC_CLASSES, config.bufferPackets);
    this.credits = new Credits(this.links * TRAFFIC_CLASSES, config.bufferPackets);
    this.routerOfBuffer = new Int32Array(channels * TRAFFIC_CLASSES);
    this.inputOfBuffer = new Int32Array(channels * TRAFFIC_CLASSES);
    this.routerOfOutput = new Int32Array(channels);
    this.buffersOfRouter = Array.from({ length: topology.routers }, () => []);
    for (let channel = 0; channel < channels; channel++) this.placeChannel(channel);
    const inputCounts = Array.from(this.routerOfOutput, (router) => this.buffersOfRouter[router]!.length);
    this.outputs = new Outputs(inputCounts, config.arbitration);
    this.dirtyOutputs = new Int32Array(channels);
    this.isDirty = new Uint8Array(channels);
    this.handler = kernel.register(path, this);
  }

  routerOfNode(node: number): number {
    return Math.floor(node / this.config.concentration);
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
    else this.ejectPacket(arg);
  }

  /** Nodes at which packets wait to leave, for the deadlock report. */
  blockedNodes(): number[] {
    const nodes: number[] = [];
    for (let output = this.links; output < this.routerOfOutput.length; output++) {
      if (this.outputs.waiting[output]! > 0) nodes.push(output - this.links);
    }
    return nodes;
  }

  private placeChannel(channel: number): void {
    const link = this.topology.links[channel];
    const entered = link?.to ?? this.routerOfNode(channel - this.links);
    this.routerOfOutput[channel] = link?.from ?? entered;
    for (let c = 0; c < TRAFFIC_CLASSES; c++) {
      const buffer = channel * TRAFFIC_CLASSES + c;
      this.routerOfBuffer[buffer] = entered;
      this.inputOfBuffer[buffer] = this.buffersOfRouter[entered]!.push(buffer) - 1;
    }
  }

  private injectionBuffer(node: number, trafficClass: number): number {
    return (this.links + node) * TRAFFIC_CLASSES + trafficClass;
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
    const message = this.packets.message[packet]!;
    const key = this.config.arbitration === 'age' ? message.issuedTick : message.priority;
    const output = this.outputFor(this.routerOfBuffer[buffer]!, this.packets.destinationNode[packet]!);
    if (this.outputs.waiting[output] === 0 && this.outputs.freeCycle[output]! <= cycle && this.mayGo(output, buffer & 1, cycle)) {
      return this.sendOn(output, buffer, cycle);
    }
    this.outputs.request(output, this.inputOfBuffer[buffer]!, key);
    this.totalWaiting++;
    this.markOutput(output, cycle);
  }

  private outputFor(router: number, node: number): number {
    const destination = this.routerOfNode(node);
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
    if (this.outputs.waiting[output] === 0) return;
    const winner = this.outputs.choose(output, this.mayGo(output, 0, cycle), this.mayGo(output, 1, cycle));
    if (winner < 0) return this.awaitCredit(output);
    this.totalWaiting--;
    this.sendOn(output, this.buffersOfRouter[this.routerOfOutput[output]!]![winner]!, cycle);
    if (this.outputs.waiting[output]! > 0) this.wakeOutput(output, this.outputs.freeCycle[output]!);
  }

  /** The first packet of the buffer takes the output. */
  private sendOn(output: number, buffer: number, cycle: number): void {
    const packet = this.buffers.head(buffer);
    const endCycle = cycle + this.packets.cycles[packet]!;
    this.outputs.freeCycle[output] = endCycle;
    this.owner.onGrant(cycle - this.buffers.headReadyCycle(buffer));
    this.leaveBuffer(buffer, endCycle);
    if (output < this.links) this.crossLink(output, packet, buffer & 1, cycle, endCycle);
    else this.at(endCycle, Phase.deliver, EVENT_EJECT, packet);
  }

  private mayGo(output: number, trafficClass: number, cycle: number): boolean {
    if (output < this.links) return this.credits.has(output * TRAFFIC_CLASSES + trafficClass, cycle);
    return this.owner.canEject(output - this.links, trafficClass);
  }

  /** A place downstream comes back by time; that a node has room again is said by the node. */
  private awaitCredit(output: number): void {
    if (output >= this.links) return;
    const pool = output * TRAFFIC_CLASSES;
    const next = Math.min(this.credits.nextReturn(pool), this.credits.nextReturn(pool + 1));
    if (next !== Infinity) this.wakeOutput(output, next);
  }

  private leaveBuffer(buffer: number, endCycle: number): void {
    this.buffers.shift(buffer);
    this.buffers.freeCycle[buffer] = endCycle;
    if (this.buffers.length(buffer) > 0) this.scheduleHead(buffer);
    const channel = buffer >> 1;
    if (channel >= this.links) return this.owner.injectionRoom(channel - this.links, buffer & 1);
    const returnCycle = endCycle + this.config.linkCycles;
    this.credits.give(buffer, returnCycle);
    // Whoever waits for this link may wait for this very place.
    if (this.outputs.waiting[channel]! > 0) this.wakeOutput(channel, Math.max(returnCycle, this.outputs.freeCycle[channel]!));
  }

  private crossLink(link: number, packet: number, trafficClass: number, cycle: number, endCycle: number): void {
    const departed = this.config.switching === 'store-and-forward' ? endCycle : cycle;
    this.credits.take(link * TRAFFIC_CLASSES + trafficClass);
    this.owner.onLink(link, cycle, endCycle - cycle, this.packets.bytes[packet]!, this.packets.message[packet]!);
    this.enqueue(link * TRAFFIC_CLASSES + trafficClass, packet, departed + this.config.linkCycles + this.config.routerCycles);
  }

  private ejectPacket(packet: number): void {
    const message = this.packets.message[packet]!;
    const node = this.packets.destinationNode[packet]!;
    const isLast = this.packets.isLast[packet]!;
    this.packets.release(packet);
    if (isLast) this.owner.eject(message, node);
  }
}
