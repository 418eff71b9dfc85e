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
  type RunningOperation,
  type Transaction,
  type WaitFor,
} from '../../../core/index.js';
import type { BurstPlace } from './burst-cutter.js';
import type { DmaConfig } from './config.js';
import { BurstSlot, Descriptor } from './descriptor.js';

export type DmaStatistic = 'transfers' | 'readBursts' | 'writeBursts' | 'bytesRead' | 'bytesWritten' | 'busyCycles';

export const DMA_STALLS = ['idle', 'busy', 'setup', 'wait-source', 'wait-destination'] as const;
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
    refuses: (operation) => this.refuses(operation),
  };

  private readonly local: Port;
  private readonly network: Port;
  private sink: OperationSink | undefined;
  private readonly freeDescriptors: Descriptor[] = [];
  /** Descriptors whose bursts are not all read yet, oldest first. */
  private readonly reading = new Fifo<Descriptor>();
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
  private readonly wake: Wake;
  private readonly moveAction: number;
  private readonly bytesPerCycle: number;

  constructor(private readonly context: BlockContext<DmaConfig, DmaStatistic>) {
    const { config, kernel } = context;
    for (let i = config.descriptorsInFlight - 1; i >= 0; i--) this.freeDescriptors.push(new Descriptor(context.spanProbe(`transfer.${i}`)));
    this.local = context.port('local');
    this.network = context.port('network');
    this.slots = Array.from({ length: config.outstandingBursts }, (_, index) => new BurstSlot(index));
    this.freeSlots = [...this.slots].reverse();
    this.bytesPerCycle = config.widthBits / 8;
    this.moveAction = context.energy.declare('move', config.energyPerBytePj);
    this.wake = new Wake(kernel, kernel.register(context.path, this), 0, Phase.compute);
  }

  private refuses(operation: RunningOperation): string | undefined {
    const { path, blocks, portToward } = this.context;
    if (operation.form.kind !== 'transfer') return `${path} is a dma engine and executes transfers, not '${operation.form.kind}'`;
    if (operation.reads.length === 0 || operation.writes.length === 0) return 'a transfer reads at least one region and writes at least one';
    const bytes = operation.reads.reduce((sum, region) => sum + region.bytes, 0);
    if (bytes === 0) return 'the transfer moves no bytes';
    const odd = operation.writes.find((region) => region.bytes !== bytes);
    if (odd !== undefined) return `the transfer reads ${bytes} bytes but writes ${odd.bytes} to '${odd.tensor}'`;
    const lost = [...operation.reads, ...operation.writes].find((region) => portToward(region.memory) === undefined);
    return lost === undefined ? undefined : `${path} has no way to ${blocks.pathOf(lost.memory)}`;
  }

  private begin(operation: RunningOperation): void {
    const { clock, kernel, config, statistics, stalls } = this.context;
    const descriptor = this.freeDescriptors.pop();
    if (descriptor === undefined) throw new ModelError('started without a free descriptor', this.context.path);
    // The first edge after this one: the start itself comes at the end of a cycle.
    const cycle = Math.max(clock.cycleAtOrAfter(kernel.now + 1), this.setupFreeCycle);
    this.setupFreeCycle = descriptor.readyCycle = cycle + config.setupCycles;
    descriptor.operation = operation;
    descriptor.startTick = kernel.now;
    descriptor.cutter.begin(operation.reads, operation.writes);
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
    this.takeResponses(this.local);
    this.takeResponses(this.network);
    this.sendWrites(cycle);
    this.sendReads(cycle);
    this.enterClass(cycle);
    this.sleep(cycle);
  }

  finish(): void {
    this.leaveBusy(this.context.clock.cycleAtOrAfter(this.context.kernel.now));
  }

  waits(): readonly WaitFor[] {
    const { path, kernel, blocks } = this.context;
    const waits: WaitFor[] = [];
    const add = (memory: number, what: string): void => void waits.push({ who: path, whom: blocks.pathOf(memory), what, sinceTick: kernel.now });
    for (const slot of this.slots) {
      const operation = slot.descriptor?.operation;
      const destination = slot.destinations[slot.writesAcknowledged];
      if (operation === undefined || destination === undefined) continue;
      if (slot.writesSent > 0) add(destination.memory, `a write of operation ${operation.id} to be acknowledged`);
      else add(operation.reads[0]?.memory ?? 0, `data or room for operation ${operation.id}`);
    }
    return waits;
  }

  /** The data path ran dry at some cycle before this one: from there on the time belongs to what it waits for. */
  private leaveBusy(cycle: number): void {
    const { stalls, clock } = this.context;
    if (stalls.currentClass === BUSY && this.writeFreeCycle < cycle) stalls.enterAt(this.classBehindBusy, clock.tickOf(this.writeFreeCycle));
  }

  private takeResponses(port: Port): void {
    for (let response = port.take(TrafficClass.response); response !== undefined; response = port.take(TrafficClass.response)) {
      const slot = this.slots[response.tag]!;
      if (response.kind === TransactionKind.read) {
        this.readsInFlight--;
        this.writing.push(slot);
      } else if (++slot.writesAcknowledged === slot.destinationCount) {
        this.freeSlot(slot);
      }
      this.context.transactions.release(response);
    }
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
      const place = slot.destinations[slot.writesSent]!;
      const port = this.portTo(place.memory);
      if (!port.canSend(TrafficClass.request)) {
        this.writeBlocked = true;
        return;
      }
      if (slot.writesSent === 0 && this.canMulticast(slot, port)) this.multicast(slot, port);
      else {
        port.send(this.makeRequest(TransactionKind.write, place, slot));
        slot.writesSent++;
        this.countWrite(slot.bytes, 1);
      }
      this.writeFreeCycle = cycle + this.pathCycles(slot.bytes);
      if (slot.writesSent === slot.destinationCount) this.writing.shift();
      slot = this.writing.peek();
    }
  }

  /** Several memories behind one port whose network makes the copies. */
  private canMulticast(slot: BurstSlot, port: Port): boolean {
    if (slot.destinationCount < 2 || !port.sendsGroups) return false;
    for (let i = 1; i < slot.destinationCount; i++) if (this.portTo(slot.destinations[i]!.memory) !== port) return false;
    return true;
  }

  /** The data leave once; each memory gets, and acknowledges, a write of its own. */
  private multicast(slot: BurstSlot, port: Port): void {
    const writes: Transaction[] = [];
    for (let i = 0; i < slot.destinationCount; i++) writes.push(this.makeRequest(TransactionKind.write, slot.destinations[i]!, slot));
    const [first, ...others] = writes;
    first!.group = others;
    port.send(first!);
    slot.writesSent = slot.destinationCount;
    this.countWrite(slot.bytes, slot.destinationCount);
  }

  /** Reads bursts in order, at the pace at which the data path can take them in. */
  private sendReads(cycle: number): void {
    this.readBlocked = false;
    let descriptor = this.reading.peek();
    while (descriptor !== undefined && descriptor.readyCycle <= cycle && this.readFreeCycle <= cycle && this.freeSlots.length > 0) {
      if (!this.readBurst(descriptor, cycle)) return;
      if (descriptor.cutter.isDone) this.reading.shift();
      descriptor = this.reading.peek();
    }
  }

  private readBurst(descriptor: Descriptor, cycle: number): boolean {
    const { statistics } = this.context;
    const port = this.portTo(descriptor.cutter.nextSourceMemory);
    if (!port.canSend(TrafficClass.request)) {
      this.readBlocked = true;
      return false;
    }
    const slot = this.freeSlots.pop()!;
    slot.descriptor = descriptor;
    slot.destinationCount = descriptor.operation!.writes.length;
    slot.writesSent = slot.writesAcknowledged = 0;
    slot.bytes = descriptor.cutter.cut(this.context.config.burstBytes, slot.destinations);
    port.send(this.makeRequest(TransactionKind.read, descriptor.cutter.source, slot));
    descriptor.burstsInFlight++;
    this.readsInFlight++;
    this.readFreeCycle = cycle + this.pathCycles(slot.bytes);
    statistics.readBursts++;
    statistics.bytesRead += slot.bytes;
    return true;
  }

  private makeRequest(kind: TransactionKind, place: BurstPlace, slot: BurstSlot): Transaction {
    const { transactions, blockId, kernel } = this.context;
    const request = transactions.acquire();
    request.kind = kind;
    request.requester = blockId;
    request.target = place.memory;
    request.address = place.address;
    request.rowBytes = place.rowBytes;
    request.rows = place.rows;
    request.pitchBytes = place.pitchBytes;
    request.tag = slot.index;
    request.operation = slot.descriptor!.operation!.id;
    request.issuedTick = kernel.now;
    return request;
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

  private portTo(memory: number): Port {
    const port = this.context.portToward(memory);
    if (port === undefined) throw new ModelError(`no way to ${this.context.blocks.pathOf(memory)}`, this.context.path);
    return port;
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
    if (descriptor !== undefined && !this.readBlocked && this.freeSlots.length > 0) {
      next = Math.min(next, Math.max(descriptor.readyCycle, this.readFreeCycle));
    }
    if (next !== Infinity) this.wake.at(this.context.clock.tickOf(Math.max(next, cycle + 1)));
  }
}
