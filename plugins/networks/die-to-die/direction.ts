import { Fifo, Ring, TRAFFIC_CLASSES, TrafficClass, type Port, type SpanProbe, type StateExchange, type Transaction } from 'tessera-sim';
import type { ErrorProcess } from './error-process.js';

/** One way over the link: the sender on one die, the receiving buffers on the other, and the credits between them. */
export class Direction {
  freeTick = 0;
  /** A message waits for a credit while the lanes are free. */
  starved = false;
  /** For the report. */
  messages = 0;
  bytes = 0;
  replays = 0;
  replayTicks = 0;
  busyTicks = 0;
  /** Messages on the lanes, then those in the receiving buffer, by class. */
  readonly flying = new Fifo<Transaction>();
  readonly received: Ring<Transaction>[] = [];
  private readonly credits: number[] = [];
  private readonly returning: Ring<number>[] = [];
  private lastClass: TrafficClass = TrafficClass.response;
  /** Ticks since which the next message waits, and since which each class waits at the far port; -1 while nothing does. Kept while somebody listens. */
  waitsSince = -1;
  readonly portSince: number[] = [];

  constructor(
    readonly from: Port,
    readonly to: Port,
    readonly name: string,
    readonly span: SpanProbe,
    readonly errors: ErrorProcess,
    credits: number,
  ) {
    for (let c = 0; c < TRAFFIC_CLASSES; c++) {
      this.received.push(new Ring(credits));
      this.credits.push(credits);
      this.returning.push(new Ring(credits));
      this.portSince.push(-1);
    }
  }

  get hasInput(): boolean {
    return this.from.waiting(TrafficClass.request) > 0 || this.from.waiting(TrafficClass.response) > 0;
  }

  /** Class of the next message: those that wait and have a credit take turns; undefined when there is none. */
  nextClass(now: number): TrafficClass | undefined {
    const other = (1 - this.lastClass) as TrafficClass;
    if (this.maySend(other, now)) return other;
    return this.maySend(this.lastClass, now) ? this.lastClass : undefined;
  }

  takeMessage(trafficClass: TrafficClass): Transaction {
    this.lastClass = trafficClass;
    this.credits[trafficClass]!--;
    return this.from.take(trafficClass)!;
  }

  /** Notes a message on the lanes for `ticks` ticks, `replayTicks` of them for replays. */
  count(bytes: number, ticks: number, replays: number, replayTicks: number): void {
    this.messages++;
    this.bytes += bytes;
    this.busyTicks += ticks;
    this.replays += replays;
    this.replayTicks += replayTicks;
  }

  returnCredit(trafficClass: TrafficClass, tick: number): void {
    this.returning[trafficClass]!.push(tick);
  }

  /** Tick of the next credit to come back; Infinity when none is on its way. */
  nextCreditTick(): number {
    return Math.min(this.returning[0]!.peek() ?? Infinity, this.returning[1]!.peek() ?? Infinity);
  }

  state(s: StateExchange): void {
    this.freeTick = s.tick(this.freeTick);
    this.starved = s.flag(this.starved);
    s.queue(this.flying, (message) => s.transaction(message));
    for (const received of this.received) s.queue(received, (message) => s.transaction(message));
    s.numbers(this.credits);
    for (const returning of this.returning) s.queue(returning, (tick) => s.tick(tick ?? 0));
    this.lastClass = s.number(this.lastClass) as TrafficClass;
    this.waitsSince = s.tick(this.waitsSince);
    s.ticks(this.portSince);
    this.errors.state(s);
    this.totals(s);
  }

  private totals(s: StateExchange): void {
    this.messages = s.number(this.messages);
    this.bytes = s.number(this.bytes);
    this.replays = s.number(this.replays);
    this.replayTicks = s.number(this.replayTicks);
    this.busyTicks = s.number(this.busyTicks);
  }

  private maySend(trafficClass: TrafficClass, now: number): boolean {
    const returning = this.returning[trafficClass]!;
    for (let tick = returning.peek(); tick !== undefined && tick <= now; tick = returning.peek()) {
      returning.shift();
      this.credits[trafficClass]!++;
    }
    return this.credits[trafficClass]! > 0 && this.from.waiting(trafficClass) > 0;
  }
}
