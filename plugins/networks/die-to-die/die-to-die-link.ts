import {
  Phase,
  Wake,
  type Block,
  type BlockContext,
  type EventHandler,
  type MilestoneDeclaration,
  type Port,
  type StallClasses,
  type StateExchange,
  type TrafficClass,
  type WaitFor,
} from 'tessera-sim';
import { creditsOf, type DieToDieConfig } from './config.js';
import { Direction } from './direction.js';
import { ErrorProcess } from './error-process.js';
import { LinkTiming } from './link-timing.js';

export type DieToDieStatistic = 'messages' | 'bytes' | 'laneBytes' | 'flits' | 'replays' | 'resentFlits' | 'replayNs' | 'busyNs';

export const LINK_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No message in the link' },
  busy: { role: 'work', description: 'Messages are in the link' },
  'wait-credit': { role: 'wait', on: 'buffer', description: "A direction has a message and no credit for the far side's buffer" },
};
const IDLE = 0;
const BUSY = 1;
const WAIT_CREDIT = 2;

export const LINK_BLOCK_MILESTONES: Readonly<Record<'link' | 'credit' | 'port', MilestoneDeclaration>> = {
  link: { cause: 'link', description: 'The lanes were free of the messages before' },
  credit: { cause: 'credit', description: 'The far die had room for one more message of the class' },
  port: { cause: 'port', description: 'The network of the far die took it' },
};
const [WAS_LINK, WAS_CREDIT, WAS_PORT] = [0, 1, 2] as const;

const EVENT_ARRIVAL = 0;
const EVENT_SEND = 1;
const TICKS_PER_NS = 1000;

/** A full-duplex link between two dies: lanes, framing, latency, credits, and replays of flits that arrive wrong. */
export class DieToDieLink implements Block, EventHandler {
  readonly timing: LinkTiming;
  private readonly directions: readonly Direction[];
  private readonly handler: number;
  private readonly wakes: readonly Wake[];
  private readonly bitAction: number;
  private inside = 0;

  constructor(private readonly context: BlockContext<DieToDieConfig, DieToDieStatistic>) {
    const { config, kernel } = context;
    this.timing = new LinkTiming(config);
    this.directions = [this.makeDirection('a-to-b', context.port('a'), context.port('b')), this.makeDirection('b-to-a', context.port('b'), context.port('a'))];
    this.bitAction = context.energy.action('lanes');
    const handler = kernel.register(context.path, this);
    this.handler = handler;
    this.wakes = this.directions.map((_, i) => new Wake(kernel, handler, EVENT_SEND + i, Phase.compute));
  }

  private makeDirection(name: string, from: Port, to: Port): Direction {
    const errors = new ErrorProcess(this.context.random(name), this.timing.flitErrorRate, this.timing.roundTripFlits);
    return new Direction(from, to, name, this.context.spanProbe(name), errors, creditsOf(this.context.config));
  }

  onArrival(port: Port): void {
    this.wakes[this.directions[0]!.from === port ? 0 : 1]!.now();
  }

  onRoom(port: Port): void {
    this.handOut(this.directions[0]!.to === port ? 0 : 1);
  }

  onEvent(code: number, arg: number): void {
    if (code === EVENT_ARRIVAL) return this.receive(arg);
    const index = code - EVENT_SEND;
    if (this.wakes[index]!.isDue()) this.send(index);
  }

  state(s: StateExchange): void {
    for (const wake of this.wakes) wake.state(s);
    for (const direction of this.directions) direction.state(s);
    this.inside = s.number(this.inside);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    return this.directions
      .filter((direction) => direction.received.some((ring) => ring.length > 0))
      .map(({ to }) => ({ who: path, whom: to.neighbourPath, what: `room behind ${to.name}`, sinceTick: kernel.now }));
  }

  /** Each way by itself, in the form in which networks list their links. */
  report(): Readonly<Record<string, unknown>> {
    const { now } = this.context.kernel;
    const links = this.directions.map(({ name, messages, bytes, replays, replayTicks, busyTicks }) => {
      const utilisation = now === 0 ? 0 : Math.min(1, busyTicks / now);
      return { label: name, bytes, utilisation, messages, replays, replayNs: replayTicks / TICKS_PER_NS, busyNs: busyTicks / TICKS_PER_NS };
    });
    return { links };
  }

  /** Puts the next message on the lanes, if they are free and the far die has a place. */
  private send(index: number): void {
    const { now } = this.context.kernel;
    const direction = this.directions[index]!;
    const { milestones } = this.context;
    if (milestones.active && direction.waitsSince < 0 && direction.hasInput) direction.waitsSince = now;
    if (direction.freeTick > now) return this.wakes[index]!.at(direction.freeTick);
    const wasStarved = direction.starved;
    const trafficClass = direction.nextClass(now);
    direction.starved = trafficClass === undefined && direction.hasInput;
    if (trafficClass !== undefined) this.transmit(direction, index, trafficClass, wasStarved ? WAS_CREDIT : WAS_LINK);
    this.enterClass();
    if (direction.starved) {
      const tick = direction.nextCreditTick();
      if (tick !== Infinity) this.wakes[index]!.at(tick);
    } else if (direction.hasInput) {
      this.wakes[index]!.at(direction.freeTick);
    }
  }

  private transmit(direction: Direction, index: number, trafficClass: TrafficClass, cause: number): void {
    const { timing } = this;
    const { now } = this.context.kernel;
    const message = direction.takeMessage(trafficClass);
    if (this.context.milestones.active) this.noteStart(direction, message.operation, cause);
    const flits = timing.flitsOf(message.wireBytes);
    const laneBytes = timing.wireBytesOf(flits);
    const { errors } = direction;
    errors.pass(flits, direction.hasInput);
    const replayTicks = errors.replays * timing.replayTicks;
    const usableTick = now + timing.ticksOf(timing.usableBytesOf(message.wireBytes, flits)) + replayTicks;
    direction.freeTick = now + timing.ticksOf(laneBytes) + replayTicks;
    direction.flying.push(message);
    this.inside++;
    this.context.kernel.schedule(this.handler, usableTick + timing.latencyTicks, Phase.deliver, EVENT_ARRIVAL, index);
    this.count(direction, message.wireBytes, flits, direction.freeTick - now);
    if (direction.span.active) direction.span.emit(now, direction.freeTick, trafficClass, message.operation);
  }

  /** The next message, if there is one, waits from now on. */
  private noteStart(direction: Direction, operation: number, cause: number): void {
    const { kernel, milestones } = this.context;
    const since = direction.waitsSince;
    direction.waitsSince = direction.hasInput ? kernel.now : -1;
    if (since >= 0 && since < kernel.now) milestones.note(cause, operation, since, kernel.now);
  }

  private count(direction: Direction, bytes: number, flits: number, ticks: number): void {
    const { statistics, energy } = this.context;
    const { replays, resentFlits } = direction.errors;
    const replayTicks = replays * this.timing.replayTicks;
    statistics.messages++;
    statistics.bytes += bytes;
    statistics.laneBytes += this.timing.wireBytesOf(flits);
    statistics.flits += flits;
    statistics.replays += replays;
    statistics.resentFlits += resentFlits;
    statistics.replayNs += replayTicks / TICKS_PER_NS;
    statistics.busyNs += ticks / TICKS_PER_NS;
    direction.count(bytes, ticks, replays, replayTicks);
    energy.count(this.bitAction, this.timing.wireBytesOf(flits + resentFlits) * 8);
  }

  private receive(index: number): void {
    const direction = this.directions[index]!;
    const message = direction.flying.shift()!;
    direction.received[message.trafficClass]!.push(message);
    this.handOut(index);
  }

  /** Hands messages on to the die; each frees a place, which the sender hears of a latency later. */
  private handOut(index: number): void {
    const direction = this.directions[index]!;
    for (let c = 0; c < direction.received.length; c++) {
      const received = direction.received[c]!;
      while (received.length > 0 && direction.to.canSend(c as TrafficClass)) {
        const message = received.shift()!;
        if (direction.portSince[c]! >= 0) this.noteHandedOut(direction, c, message.operation);
        direction.to.send(message);
        this.inside--;
        direction.returnCredit(c as TrafficClass, this.context.kernel.now + this.timing.latencyTicks);
      }
      if (this.context.milestones.active && received.length > 0 && direction.portSince[c]! < 0) direction.portSince[c] = this.context.kernel.now;
    }
    if (direction.starved && direction.nextCreditTick() !== Infinity) this.wakes[index]!.at(direction.nextCreditTick());
    this.enterClass();
  }

  private noteHandedOut(direction: Direction, trafficClass: number, operation: number): void {
    const { kernel, milestones } = this.context;
    const since = direction.portSince[trafficClass]!;
    direction.portSince[trafficClass] = -1;
    if (milestones.active && since < kernel.now) milestones.note(WAS_PORT, operation, since, kernel.now);
  }

  private enterClass(): void {
    const starved = this.directions[0]!.starved || this.directions[1]!.starved;
    this.context.stalls.enter(starved ? WAIT_CREDIT : this.inside > 0 ? BUSY : IDLE);
  }
}
