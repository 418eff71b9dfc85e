import {
  Fifo,
  ModelError,
  Phase,
  TrafficClass,
  TransactionKind,
  Wake,
  type Block,
  type BlockContext,
  type EventHandler,
  type OperationSink,
  type OperationUnit,
  type Port,
  type Transaction,
  type RunningOperation,
  type StateExchange,
  type StallClasses,
  type WaitFor,
} from 'tessera-sim';
import type { BurstPlace } from './burst-cutter.js';
import type { DmaConfig } from './config.js';
import { BurstSlot, Descriptor } from './descriptor.js';
import { gatheringReads, reductionBurstBytes, type QueuedRead } from './gather.js';
import { DmaWait } from './milestones.js';
import { refusalOf } from './refusal.js';
import { Requests } from './requests.js';
import { waitsOf } from './waits.js';

export type DmaStatistic = 'transfers' | 'readBursts' | 'writeBursts' | 'bytesRead' | 'bytesWritten' | 'meanBurstBytes' | 'busyCycles';

export const DMA_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No transfer' },
  busy: { role: 'work', description: 'Moves bytes to a destination' },
  setup: { role: 'work', description: 'Reads a descriptor; moves nothing yet' },
  'wait-source': { role: 'wait', on: 'memory', description: 'Bytes are asked for and have not come' },
  'wait-destination': { role: 'wait', on: 'memory', description: 'Bytes are there and find no room on their way out, or are not yet acknowledged' },
};
const IDLE = 0;
const BUSY = 1;
const SETUP = 2;
const WAIT_SOURCE = 3;
const WAIT_DESTINATION = 4;

/**
 * Moves regions between memories: descriptors are set up one after the other, their bursts read in order, each written
 * as soon as its data has come. Reads, data path and writes overlap as far as there are buffers.
 */
export class DmaBlock implements Block, EventHandler {
  readonly unit: OperationUnit = {
    attach: (sink) => void (this.sink = sink),
    canAccept: () => this.freeDescriptors.length > 0,
    start: (operation) => this.begin(operation),
    refuses: (operation) => refusalOf(operation, this.context),
  };

  private readonly local: Port;
  private readonly network: Port;
  private readonly requests: Requests;
  private sink: OperationSink | undefined;
  private readonly descriptors: Descriptor[];
  private readonly freeDescriptors: Descriptor[];
  /** Descriptors whose bursts are not all read yet, oldest first. */
  private readonly reading = new Fifo<Descriptor>();
  /** Reads of a reduction's burst that have not left; no other is read before. */
  private readonly queuedReads = new Fifo<QueuedRead>();
  private readonly slots: BurstSlot[];
  private readonly freeSlots: BurstSlot[];
  /** Slots with data to be written. */
  private readonly writing = new Fifo<BurstSlot>();
  private activeDescriptors = 0;
  private readsInFlight = 0;
  private setupFreeCycle = 0;
  private readFreeCycle = 0;
  private writeFreeCycle = 0;
  /** Where the time belongs once the data path has nothing to move. */
  private classBehindBusy = IDLE;
  private readBlocked = false;
  private writeBlocked = false;
  /** Since when the next read found no port or no buffer, and the next write no port; -1 when it did. For milestones. */
  private readBlockedCycle = -1;
  private noBufferCycle = -1;
  private writeBlockedCycle = -1;
  private readonly wake: Wake;
  private readonly moveAction: number;
  private readonly bytesPerCycle: number;

  constructor(private readonly context: BlockContext<DmaConfig, DmaStatistic>) {
    const { config, kernel } = context;
    this.descriptors = Array.from({ length: config.descriptorsInFlight }, (_, i) => new Descriptor(i, context.spanProbe(`transfer.${i}`)));
    this.freeDescriptors = [...this.descriptors].reverse();
    this.requests = new Requests(context);
    this.local = context.port('local');
    this.network = context.port('network');
    this.slots = Array.from({ length: config.outstandingBursts }, (_, index) => new BurstSlot(index));
    this.freeSlots = [...this.slots].reverse();
    this.bytesPerCycle = config.widthBits / 8;
    this.moveAction = context.energy.action('move');
    this.wake = new Wake(kernel, kernel.register(context.path, this), 0, Phase.compute);
  }

  private begin(operation: RunningOperation): void {
    const { clock, kernel, config, statistics, stalls } = this.context;
    const descriptor = this.freeDescriptors.pop();
    if (descriptor === undefined) throw new ModelError('started without a free descriptor', this.context.path);
    // The first edge after this one: the start itself comes at the end of a cycle.
    const first = clock.cycleAtOrAfter(kernel.now + 1);
    const cycle = Math.max(first, this.setupFreeCycle);
    if (this.context.milestones.active) this.note(DmaWait.order, operation.id, first, cycle);
    this.setupFreeCycle = descriptor.readyCycle = cycle + config.setupCycles;
    descriptor.operation = operation;
    descriptor.startTick = kernel.now;
    descriptor.isReduction = operation.form.reduce !== undefined;
    descriptor.burstBytes = descriptor.isReduction ? reductionBurstBytes(operation.reads, config.burstBytes, this.requests) : config.burstBytes;
    descriptor.cutter.begin(operation.reads, operation.writes, descriptor.isReduction);
    operation.startTick = kernel.now;
    this.reading.push(descriptor);
    this.activeDescriptors++;
    statistics.transfers++;
    this.leaveBusy(clock.cycleAtOrAfter(kernel.now));
    if (stalls.currentClass === IDLE) stalls.enter(SETUP);
    if (this.classBehindBusy === IDLE) this.classBehindBusy = SETUP;
    this.wake.at(clock.tickOf(descriptor.readyCycle));
  }

  onArrival(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onRoom(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    const { clock, kernel } = this.context;
    const cycle = clock.cycleAt(kernel.now);
    this.leaveBusy(cycle);
    this.takeResponses(this.local, cycle);
    this.takeResponses(this.network, cycle);
    this.sendWrites(cycle);
    this.sendReads(cycle);
    this.enterClass(cycle);
    this.sleep(cycle);
  }

  finish(): void {
    this.leaveBusy(this.context.clock.cycleAtOrAfter(this.context.kernel.now));
  }

  state(s: StateExchange): void {
    const { clock } = this.context;
    this.wake.state(s);
    for (const descriptor of this.descriptors) descriptor.state(s, clock);
    for (const slot of this.slots) slot.state(s, clock, this.descriptors);
    const descriptorOf = (present: Descriptor | undefined): Descriptor => this.descriptors[s.number(present?.index ?? 0)]!;
    const slotOf = (present: BurstSlot | undefined): BurstSlot => this.slots[s.number(present?.index ?? 0)]!;
    s.list(this.freeDescriptors, descriptorOf);
    s.queue(this.reading, descriptorOf);
    s.list(this.freeSlots, slotOf);
    s.queue(this.writing, slotOf);
    s.queue(this.queuedReads, (read) => this.exchangeRead(s, read));
    this.activeDescriptors = s.number(this.activeDescriptors);
    this.readsInFlight = s.number(this.readsInFlight);
    this.setupFreeCycle = s.cycle(this.setupFreeCycle, clock);
    this.readFreeCycle = s.cycle(this.readFreeCycle, clock);
    this.writeFreeCycle = s.cycle(this.writeFreeCycle, clock);
    this.classBehindBusy = s.number(this.classBehindBusy);
    this.readBlocked = s.flag(this.readBlocked);
    this.writeBlocked = s.flag(this.writeBlocked);
    this.readBlockedCycle = s.cycle(this.readBlockedCycle, clock);
    this.noBufferCycle = s.cycle(this.noBufferCycle, clock);
    this.writeBlockedCycle = s.cycle(this.writeBlockedCycle, clock);
  }

  private exchangeRead(s: StateExchange, read: QueuedRead | undefined): QueuedRead {
    const request = s.transaction(read?.request);
    return read ?? { port: this.requests.portTo(request.target), request };
  }

  waits(): readonly WaitFor[] {
    return waitsOf(this.slots, this.context);
  }

  /** The data path ran dry at some cycle before this one: from there on the time belongs to what it waits for. */
  private leaveBusy(cycle: number): void {
    const { stalls, clock } = this.context;
    if (stalls.currentClass === BUSY && this.writeFreeCycle < cycle) stalls.enterAt(this.classBehindBusy, clock.tickOf(this.writeFreeCycle));
  }

  /** A wait from one cycle to another, if there was one. */
  private note(cause: number, operation: number, sinceCycle: number, cycle: number): void {
    const { milestones, clock } = this.context;
    if (sinceCycle < cycle) milestones.note(cause, operation, clock.tickOf(sinceCycle), clock.tickOf(cycle));
  }

  private takeResponses(port: Port, cycle: number): void {
    for (let response = port.take(TrafficClass.response); response !== undefined; response = port.take(TrafficClass.response)) {
      const slot = this.slots[response.tag]!;
      if (this.context.milestones.active) this.noteAnswer(response);
      if (response.kind === TransactionKind.read) {
        this.readsInFlight--;
        slot.dataCycle = cycle;
        if (--slot.answersLeft === 0) this.writing.push(slot);
      } else if (++slot.writesAcknowledged === slot.destinationCount) {
        this.freeSlot(slot);
      }
      this.context.transactions.release(response);
    }
  }

  private noteAnswer({ kind, operation, issuedTick }: Transaction): void {
    const { milestones, kernel } = this.context;
    milestones.note(kind === TransactionKind.read ? DmaWait.data : DmaWait.acknowledgement, operation, issuedTick, kernel.now);
  }

  private freeSlot(slot: BurstSlot): void {
    const descriptor = slot.descriptor!;
    slot.descriptor = undefined;
    this.freeSlots.push(slot);
    descriptor.burstsInFlight--;
    if (descriptor.burstsInFlight === 0 && descriptor.cutter.isDone) this.endTransfer(descriptor);
  }

  private endTransfer(descriptor: Descriptor): void {
    const operation = descriptor.operation!;
    if (descriptor.span.active) descriptor.span.emit(descriptor.startTick, this.context.kernel.now, 0, operation.id);
    descriptor.operation = undefined;
    this.freeDescriptors.push(descriptor);
    this.activeDescriptors--;
    this.sink?.finished(operation);
  }

  /** Writes bursts while the data path is free: one leaves at once, and occupies the path for its bytes. */
  private sendWrites(cycle: number): void {
    this.writeBlocked = false;
    let slot = this.writing.peek();
    while (slot !== undefined && this.writeFreeCycle <= cycle) {
      const members = slot.writesSent === 0 ? this.gatherGroup(slot) : 0;
      const place = slot.destinations[slot.writesSent]!;
      const port = this.requests.portTo(place.memory);
      if (!port.canSend(TrafficClass.request)) {
        this.writeBlocked = true;
        if (this.writeBlockedCycle < 0) this.writeBlockedCycle = cycle;
        return;
      }
      if (this.context.milestones.active) this.noteWrite(slot, cycle);
      this.writeBlockedCycle = -1;
      if (members > 1) this.multicast(slot, port, members);
      else {
        port.send(this.requests.make(TransactionKind.write, place, slot));
        slot.writesSent++;
        this.countWrite(slot.bytes, 1);
      }
      this.writeFreeCycle = cycle + this.pathCycles(slot.bytes);
      if (slot.writesSent === slot.destinationCount) this.writing.shift();
      slot = this.writing.peek();
    }
  }

  /** A write leaves: the burst waited for the data path, then perhaps for its port. */
  private noteWrite(slot: BurstSlot, cycle: number): void {
    const operation = slot.descriptor!.operation!.id;
    const blocked = this.writeBlockedCycle < 0 ? cycle : this.writeBlockedCycle;
    if (slot.writesSent === 0) this.note(DmaWait.path, operation, slot.dataCycle, blocked);
    this.note(DmaWait.writePort, operation, Math.max(blocked, slot.dataCycle), cycle);
  }

  /**
   * Puts the destinations behind a port whose network makes the copies first, and returns how many they are; the others (the
   * engine's own memory, mostly) are written one by one. 0 when there are no two of them.
   */
  private gatherGroup(slot: BurstSlot): number {
    const { destinations, destinationCount } = slot;
    for (let first = 0; first < destinationCount - 1; first++) {
      const port = this.requests.portTo(destinations[first]!.memory);
      if (!port.sendsGroups) continue;
      let members = 0;
      for (let i = 0; i < destinationCount; i++) if (this.requests.portTo(destinations[i]!.memory) === port) swap(destinations, members++, i);
      if (members > 1) return members;
    }
    return 0;
  }

  /** The data leave once; each memory gets, and acknowledges, a write of its own. */
  private multicast(slot: BurstSlot, port: Port, members: number): void {
    port.send(this.requests.makeGroup(TransactionKind.write, slot.destinations.slice(0, members), slot));
    slot.writesSent = members;
    this.countWrite(slot.bytes, members);
  }

  /** Reads bursts in order, at the pace at which the data path can take them in. */
  private sendReads(cycle: number): void {
    this.readBlocked = false;
    if (!this.sendQueuedReads(cycle)) return;
    let descriptor = this.reading.peek();
    while (descriptor !== undefined && descriptor.readyCycle <= cycle && this.readFreeCycle <= cycle && this.freeSlots.length > 0) {
      if (this.noBufferCycle >= 0) this.endNoBuffer(descriptor, cycle);
      if (descriptor.isReduction) this.queueReads(descriptor);
      else if (!this.readBurst(descriptor, cycle)) return;
      if (descriptor.cutter.isDone) this.reading.shift();
      if (!this.sendQueuedReads(cycle)) return;
      descriptor = this.reading.peek();
    }
    if (this.freeSlots.length > 0 || this.noBufferCycle >= 0 || descriptor === undefined) return;
    if (descriptor.readyCycle <= cycle && this.readFreeCycle <= cycle) this.noBufferCycle = cycle;
  }

  private endNoBuffer(descriptor: Descriptor, cycle: number): void {
    if (this.context.milestones.active) this.note(DmaWait.room, descriptor.operation!.id, this.noBufferCycle, cycle);
    this.noBufferCycle = -1;
  }

  /** A read found no room at its port. */
  private blockRead(cycle: number): void {
    this.readBlocked = true;
    if (this.readBlockedCycle < 0) this.readBlockedCycle = cycle;
  }

  /** A read leaves. */
  private unblockRead(operation: number, cycle: number): void {
    if (this.context.milestones.active) this.note(DmaWait.readPort, operation, this.readBlockedCycle, cycle);
    this.readBlockedCycle = -1;
  }

  private readBurst(descriptor: Descriptor, cycle: number): boolean {
    const { statistics } = this.context;
    const port = this.requests.portTo(descriptor.cutter.nextSourceMemory);
    if (!port.canSend(TrafficClass.request)) {
      this.blockRead(cycle);
      return false;
    }
    if (this.readBlockedCycle >= 0) this.unblockRead(descriptor.operation!.id, cycle);
    const slot = this.takeSlot(descriptor);
    slot.answersLeft = 1;
    port.send(this.requests.make(TransactionKind.read, descriptor.cutter.sources[0]!, slot));
    this.readsInFlight++;
    this.readFreeCycle = cycle + this.pathCycles(slot.bytes);
    statistics.readBursts++;
    statistics.bytesRead += slot.bytes;
    return true;
  }

  /** The descriptor's next burst gets a buffer. */
  private takeSlot(descriptor: Descriptor): BurstSlot {
    const slot = this.freeSlots.pop()!;
    slot.descriptor = descriptor;
    slot.destinationCount = descriptor.operation!.writes.length;
    slot.writesSent = slot.writesAcknowledged = 0;
    slot.bytes = descriptor.cutter.cut(descriptor.burstBytes, slot.destinations);
    descriptor.burstsInFlight++;
    return slot;
  }

  private queueReads(descriptor: Descriptor): void {
    const slot = this.takeSlot(descriptor);
    const { sources, sourceCount } = descriptor.cutter;
    const reads = gatheringReads(sources.slice(0, sourceCount), slot, this.requests);
    slot.answersLeft = reads.length;
    for (const read of reads) this.queuedReads.push(read);
  }

  /** Each response, a sum or not, occupies the data path once. False while some are left. */
  private sendQueuedReads(cycle: number): boolean {
    const { statistics } = this.context;
    for (let read = this.queuedReads.peek(); read !== undefined; read = this.queuedReads.peek()) {
      if (this.readFreeCycle > cycle) return false;
      this.readBlocked = false;
      if (!read.port.canSend(TrafficClass.request)) {
        this.blockRead(cycle);
        return false;
      }
      if (this.readBlockedCycle >= 0) this.unblockRead(read.request.operation, cycle);
      this.queuedReads.shift();
      const { bytes, group } = read.request;
      const sources = 1 + (group?.length ?? 0);
      read.port.send(read.request);
      this.readsInFlight++;
      this.readFreeCycle = cycle + this.pathCycles(bytes);
      statistics.readBursts += sources;
      statistics.bytesRead += bytes * sources;
    }
    return true;
  }

  /** Bytes that reach memories, and the time that sending them once takes. */
  private countWrite(bytes: number, copies: number): void {
    const { statistics, energy } = this.context;
    statistics.writeBursts += copies;
    statistics.bytesWritten += bytes * copies;
    statistics.busyCycles += this.pathCycles(bytes);
    energy.count(this.moveAction, bytes);
  }

  private pathCycles(bytes: number): number {
    return Math.ceil(bytes / this.bytesPerCycle);
  }

  private enterClass(cycle: number): void {
    this.classBehindBusy = this.waitClass();
    this.context.stalls.enter(this.writeFreeCycle > cycle ? BUSY : this.classBehindBusy);
  }

  private waitClass(): number {
    if (this.activeDescriptors === 0) return IDLE;
    if (this.writeBlocked) return WAIT_DESTINATION;
    if (this.readsInFlight > 0 || this.readBlocked) return WAIT_SOURCE;
    return this.freeSlots.length < this.slots.length ? WAIT_DESTINATION : SETUP;
  }

  /** What time alone brings: the data path free, a descriptor set up. Everything else comes through a port. */
  private sleep(cycle: number): void {
    let next = Infinity;
    if (this.writing.length > 0 && !this.writeBlocked) next = this.writeFreeCycle;
    const descriptor = this.reading.peek();
    if (this.queuedReads.length > 0 && !this.readBlocked) next = Math.min(next, this.readFreeCycle);
    if (descriptor !== undefined && !this.readBlocked && this.freeSlots.length > 0) {
      next = Math.min(next, Math.max(descriptor.readyCycle, this.readFreeCycle));
    }
    if (next !== Infinity) this.wake.at(this.context.clock.tickOf(Math.max(next, cycle + 1)));
  }
}

function swap(places: BurstPlace[], a: number, b: number): void {
  const place = places[a]!;
  places[a] = places[b]!;
  places[b] = place;
}
