import { ModelError } from '../errors.js';
import type { ClockDomain } from '../kernel/clock-domain.js';
import type { EventHandler, HandlerId, Kernel } from '../kernel/kernel.js';
import type { StateExchange } from '../kernel/state.js';
import { Phase } from '../kernel/time.js';
import { Milestones, type MilestoneDeclaration } from './milestone.js';
import type { SpanProbe } from './probes.js';
import { Ring } from './ring.js';
import { TRAFFIC_CLASSES, type TrafficClass, type Transaction } from './transaction.js';

export interface LinkParameters {
  /** Cycles from the last beat's departure to its arrival; at least 1, so that order within a cycle cannot matter. */
  readonly latencyCycles: number;
  /** Bits a cycle; Infinity when the ends set the pace. */
  readonly widthBits: number;
  /** Cycles that messages spend in serializers and packers besides; credits do not pass them. Default 0. */
  readonly conversionCycles?: number;
  /** False: the next message enters only when the last has arrived. Default true: as soon as its last beat has left. */
  readonly pipelined?: boolean;
  /** Energy of a bit, header bits included. Default 0. */
  readonly energyPerBitPj?: number;
  /** Messages of one traffic class that the far inbox holds. */
  readonly depth: number;
}

/** One of the two ports that a link joins. */
export interface LinkEnd {
  readonly path: string;
  /** Takes a multicast as one message. */
  readonly takesGroups: boolean;
  /** A message has arrived. */
  deliver(message: Transaction): void;
  /** A credit has come back after a `canSend` that said no. */
  roomAgain(trafficClass: TrafficClass): void;
}

/** What ends the wait of a message that is to be sent over a link. */
export const LINK_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  credit: { cause: 'credit', description: 'The far inbox had room again' },
  link: { cause: 'link', description: 'The messages before had left the wire' },
};
const [WAS_CREDIT, WAS_LINK] = [0, 1] as const;

const EVENT_ARRIVAL = 0;
/** Codes from here on: room for traffic class (code - EVENT_ROOM). */
const EVENT_ROOM = 1;

/**
 * One direction of a connection: latency, bandwidth, and the credits of the inbox at its end. A credit takes the link's
 * latency to come back; it costs an event only when the sender waits for it.
 */
export class Link implements EventHandler {
  readonly path: string;
  /** Payload and header bytes that have entered the link. */
  bytesSent = 0;
  messagesSent = 0;
  /** Ticks during which nothing else could enter. */
  busyTicks = 0;
  /** Spans of use, for the trace. */
  span: SpanProbe | undefined;
  readonly milestones: Milestones;

  private readonly handler: HandlerId;
  private readonly bytesPerCycle: number;
  /** From the last beat's departure to the message's arrival. */
  private readonly passageCycles: number;
  /** From the last beat's departure until the next message may enter. */
  private readonly closedCycles: number;
  private readonly inFlight: Ring<Transaction>;
  private readonly credits: number[] = [];
  /** Ticks at which taken slots become usable again, per class, oldest first. */
  private readonly returning: Ring<number>[] = [];
  private readonly senderWaits: boolean[] = [];
  /** Tick since which the sender waits for a credit, per class; -1 when it does not. */
  private readonly waitsSince: number[] = [];
  private freeTick = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly clock: ClockDomain,
    private readonly parameters: LinkParameters,
    private readonly from: LinkEnd,
    private readonly to: LinkEnd,
  ) {
    if (parameters.latencyCycles < 1) throw new ModelError('a link between blocks takes at least one cycle', from.path);
    this.path = `${from.path}->${to.path}`;
    this.milestones = new Milestones(this.path, Object.keys(LINK_MILESTONES));
    this.bytesPerCycle = parameters.widthBits / 8;
    this.passageCycles = parameters.latencyCycles + (parameters.conversionCycles ?? 0);
    this.closedCycles = parameters.pipelined === false ? this.passageCycles : 0;
    this.inFlight = new Ring(parameters.depth * TRAFFIC_CLASSES);
    for (let c = 0; c < TRAFFIC_CLASSES; c++) {
      this.credits.push(parameters.depth);
      this.returning.push(new Ring<number>(parameters.depth));
      this.senderWaits.push(false);
      this.waitsSince.push(-1);
    }
    this.handler = kernel.register(this.path, this);
  }

  /** Blocks at the two ends, for routing and reports. */
  get sourcePath(): string {
    return this.from.path;
  }

  get destinationPath(): string {
    return this.to.path;
  }

  /** Whether the block at the end takes a multicast as one message. */
  get takesGroups(): boolean {
    return this.to.takesGroups;
  }

  /** Energy of everything sent; undefined when no figure is stated. */
  get energyPj(): number | undefined {
    const { energyPerBitPj } = this.parameters;
    return energyPerBitPj === undefined ? undefined : this.bytesSent * 8 * energyPerBitPj;
  }

  hasCredit(trafficClass: TrafficClass): boolean {
    if (this.credits[trafficClass]! > 0) return true;
    this.collectCredits(trafficClass);
    if (this.credits[trafficClass]! > 0) return true;
    this.awaitCredit(trafficClass);
    return false;
  }

  send(message: Transaction): void {
    const trafficClass = message.trafficClass;
    if (this.credits[trafficClass] === 0) this.collectCredits(trafficClass);
    if (this.credits[trafficClass] === 0) throw new ModelError('send into a full port', this.from.path);
    this.credits[trafficClass]!--;
    const startTick = Math.max(this.clock.edgeAtOrAfter(this.kernel.now), this.freeTick);
    if (this.milestones.active) this.noteWaits(message, startTick);
    const wireBytes = message.wireBytes;
    const beats = Math.ceil(wireBytes / this.bytesPerCycle);
    this.freeTick = this.clock.after(startTick, beats + this.closedCycles);
    this.bytesSent += wireBytes;
    this.messagesSent++;
    this.busyTicks += this.freeTick - startTick;
    if (this.span?.active === true && this.freeTick > startTick) this.span.emit(startTick, this.freeTick, message.kind, message.operation);
    this.inFlight.push(message);
    const arrival = this.clock.after(startTick, beats + this.passageCycles);
    this.kernel.schedule(this.handler, arrival, Phase.deliver, EVENT_ARRIVAL, 0);
  }

  /** Called by the far port when it takes a message. */
  returnCredit(trafficClass: TrafficClass): void {
    const tick = this.clock.after(this.kernel.now, this.parameters.latencyCycles);
    this.returning[trafficClass]!.push(tick);
    if (this.senderWaits[trafficClass] === true && this.returning[trafficClass]!.length === 1) {
      this.kernel.schedule(this.handler, tick, Phase.deliver, EVENT_ROOM + trafficClass, 0);
    }
  }

  onEvent(code: number): void {
    if (code === EVENT_ARRIVAL) {
      this.to.deliver(this.inFlight.shift()!);
      return;
    }
    const trafficClass = (code - EVENT_ROOM) as TrafficClass;
    this.collectCredits(trafficClass);
    if (this.senderWaits[trafficClass] !== true || this.credits[trafficClass] === 0) return;
    this.senderWaits[trafficClass] = false;
    this.from.roomAgain(trafficClass);
  }

  /** What is under way, and the credits. */
  state(s: StateExchange): void {
    this.freeTick = s.tick(this.freeTick);
    s.queue(this.inFlight, (message) => s.transaction(message));
    s.numbers(this.credits);
    for (const returning of this.returning) s.queue(returning, (tick) => s.tick(tick ?? 0));
    s.flags(this.senderWaits);
    s.ticks(this.waitsSince);
  }

  /** Totals: part of a checkpoint, not of what the link does next. */
  counters(s: StateExchange): void {
    this.bytesSent = s.number(this.bytesSent);
    this.messagesSent = s.number(this.messagesSent);
    this.busyTicks = s.number(this.busyTicks);
  }

  private collectCredits(trafficClass: TrafficClass): void {
    const returning = this.returning[trafficClass]!;
    let tick = returning.peek();
    while (tick !== undefined && tick <= this.kernel.now) {
      returning.shift();
      this.credits[trafficClass]!++;
      tick = returning.peek();
    }
  }

  /** What the message has waited for: first its place at the far end, then the wire. */
  private noteWaits({ trafficClass, operation }: Transaction, startTick: number): void {
    const { now } = this.kernel;
    const since = this.waitsSince[trafficClass]!;
    this.waitsSince[trafficClass] = -1;
    if (since >= 0 && since < now) this.milestones.note(WAS_CREDIT, operation, since, now);
    const edge = this.clock.edgeAtOrAfter(now);
    if (startTick > edge) this.milestones.note(WAS_LINK, operation, edge, startTick);
  }

  private awaitCredit(trafficClass: TrafficClass): void {
    if (this.senderWaits[trafficClass] === true) return;
    this.senderWaits[trafficClass] = true;
    if (this.milestones.active) this.waitsSince[trafficClass] = this.kernel.now;
    const tick = this.returning[trafficClass]!.peek();
    if (tick !== undefined) this.kernel.schedule(this.handler, tick, Phase.deliver, EVENT_ROOM + trafficClass, 0);
  }
}
