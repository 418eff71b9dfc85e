import {
  ModelError,
  Phase,
  Ring,
  TRAFFIC_CLASSES,
  Wake,
  makeArbiter,
  type Arbiter,
  type Block,
  type BlockContext,
  type ClockDomain,
  type EventHandler,
  type Port,
  type SpanProbe,
  type StallClasses,
  type StateExchange,
  type TrafficClass,
  type Transaction,
  type WaitFor,
} from 'tessera-sim';
import { settled, type BusConfig } from './config.js';
import { BusWaits } from './bus-waits.js';

export type BusStatistic = 'messages' | 'bytes' | 'busyCycles';

export const BUS_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No message on the bus' },
  busy: { role: 'work', description: 'A message is on the bus' },
  blocked: { role: 'wait', on: 'peer', description: 'Messages that have been on the bus find no room where they go' },
};
const IDLE = 0;
const BUSY = 1;
const BLOCKED = 2;

/** Messages of one class that have been on the bus and wait to leave at one port. */
class Outlet {
  readonly messages: Ring<Transaction>;
  readonly exitCycles: Ring<number>;

  constructor(
    readonly port: Port,
    readonly trafficClass: TrafficClass,
    depth: number,
  ) {
    this.messages = new Ring(depth);
    this.exitCycles = new Ring(depth);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.queue(this.messages, (message) => s.transaction(message));
    s.queue(this.exitCycles, (cycle) => s.cycle(cycle ?? 0, clock));
  }
}

/** One message at a time, whoever it is from. Requests and responses have buffers of their own, so that neither stops the other. */
export class BusNetwork implements Block, EventHandler {
  private readonly inputs: readonly Port[];
  private readonly outlets: Outlet[] = [];
  private readonly arbiter: Arbiter;
  private readonly wants: Uint8Array;
  private readonly keys: Float64Array;
  private readonly wake: Wake;
  private readonly span: SpanProbe;
  private readonly moveAction: number;
  private readonly config: BusConfig;
  /** Messages may be on the bus at once: it is never taken. */
  private readonly isShared: boolean;
  private readonly waitsNoted: BusWaits;
  /** Cycle in which the last message has left the bus. */
  private freeCycle = 0;

  constructor(private readonly context: BlockContext<BusConfig, BusStatistic>) {
    const { kernel } = context;
    const config = (this.config = settled(context.config));
    this.isShared = config.ideal.includes('contention');
    this.inputs = context.ports('node');
    for (const port of this.inputs) {
      for (let c = 0; c < TRAFFIC_CLASSES; c++) this.outlets.push(new Outlet(port, c as TrafficClass, config.outputDepth));
    }
    this.arbiter = makeArbiter(config.arbitration, this.inputs.length * TRAFFIC_CLASSES);
    this.wants = new Uint8Array(this.inputs.length * TRAFFIC_CLASSES);
    this.keys = new Float64Array(this.wants.length);
    this.waitsNoted = new BusWaits(context.milestones, this.wants.length);
    this.span = context.spanProbe('bus');
    this.moveAction = context.energy.action('bus');
    this.wake = new Wake(kernel, kernel.register(context.path, this), 0, Phase.compute);
  }

  onArrival(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onRoom(): void {
    this.onArrival();
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    const cycle = this.context.clock.cycleAt(this.context.kernel.now);
    for (let i = 0; i < this.outlets.length; i++) this.drain(this.outlets[i]!, cycle);
    if (this.isShared) while (this.grant(cycle));
    else if (this.freeCycle <= cycle) this.grant(cycle);
    if (this.context.milestones.active) this.noticeWaits();
    this.context.stalls.enter(this.stallClass(cycle));
    this.sleep(cycle);
  }

  state(s: StateExchange): void {
    const { clock } = this.context;
    this.wake.state(s);
    for (const outlet of this.outlets) outlet.state(s, clock);
    this.arbiter.state?.(s);
    this.waitsNoted.state(s);
    this.freeCycle = s.cycle(this.freeCycle, clock);
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    return this.outlets
      .filter((outlet) => outlet.messages.length > 0)
      .map(({ port }) => ({ who: path, whom: port.neighbourPath, what: `room at ${port.name}`, sinceTick: kernel.now }));
  }

  /** Lets one message on the bus; false when nobody asks. */
  private grant(cycle: number): boolean {
    const winner = this.arbiter.choose(this.collectWants(), this.keys);
    if (winner < 0) return false;
    const { config } = this;
    const { clock, statistics, energy, milestones } = this.context;
    const trafficClass = (winner % TRAFFIC_CLASSES) as TrafficClass;
    const message = this.inputs[Math.floor(winner / TRAFFIC_CLASSES)]!.take(trafficClass)!;
    const beats = Math.ceil((message.wireBytes * 8) / config.widthBits);
    const outlet = this.outletOf(message);
    const endCycle = cycle + beats;
    this.freeCycle = Math.max(this.freeCycle, endCycle);
    outlet.messages.push(message);
    outlet.exitCycles.push(endCycle + config.latencyCycles);
    if (milestones.active) this.waitsNoted.end(winner, message.operation, this.context.kernel.now);
    statistics.messages++;
    statistics.bytes += message.wireBytes;
    statistics.busyCycles += beats;
    energy.count(this.moveAction, message.wireBytes);
    if (this.span.active) this.span.emit(this.context.kernel.now, clock.tickOf(endCycle), message.kind, message.operation);
    return true;
  }

  /** Who stands at the bus and has not come on it. */
  private noticeWaits(): void {
    const { now } = this.context.kernel;
    for (let i = 0; i < this.wants.length; i++) {
      const message = this.inputs[i >> 1]!.peek((i & 1) as TrafficClass);
      if (message !== undefined) this.waitsNoted.notice(i, this.outletOf(message).messages.isFull, now);
    }
  }

  /** Who asks for the bus: every first message whose way out has room. */
  private collectWants(): Uint8Array {
    const { wants, keys } = this;
    const byAge = this.config.arbitration === 'age';
    for (let i = 0; i < wants.length; i++) {
      const message = this.inputs[i >> 1]!.peek((i & 1) as TrafficClass);
      wants[i] = message !== undefined && !this.outletOf(message).messages.isFull ? 1 : 0;
      if (message !== undefined) keys[i] = byAge ? message.issuedTick : message.priority;
    }
    return wants;
  }

  private drain(outlet: Outlet, cycle: number): void {
    while ((outlet.exitCycles.peek() ?? Infinity) <= cycle && outlet.port.canSend(outlet.trafficClass)) {
      const { kernel, clock, milestones } = this.context;
      const exitCycle = outlet.exitCycles.shift()!;
      const message = outlet.messages.shift()!;
      if (milestones.active) this.waitsNoted.atPort(message.operation, clock.tickOf(exitCycle), kernel.now);
      outlet.port.send(message);
    }
  }

  private outletOf(message: Transaction): Outlet {
    const { portToward, blocks, path } = this.context;
    const port = portToward(message.destination);
    if (port === undefined) throw new ModelError(`no port leads to ${blocks.pathOf(message.destination)}`, path);
    return this.outlets[port.index * TRAFFIC_CLASSES + message.trafficClass]!;
  }

  private stallClass(cycle: number): number {
    if (this.freeCycle > cycle) return BUSY;
    let result = IDLE;
    for (let i = 0; i < this.outlets.length; i++) {
      const outlet = this.outlets[i]!;
      const exit = outlet.exitCycles.peek() ?? Infinity;
      if (exit <= cycle || outlet.port.waiting(outlet.trafficClass) > 0) return BLOCKED;
      if (exit !== Infinity) result = BUSY;
    }
    return result;
  }

  private sleep(cycle: number): void {
    let next = this.freeCycle > cycle ? this.freeCycle : Infinity;
    for (let i = 0; i < this.outlets.length; i++) {
      const exit = this.outlets[i]!.exitCycles.peek() ?? Infinity;
      // One that is due and still here waits for room; `onRoom` comes when there is some.
      if (exit > cycle && exit < next) next = exit;
    }
    if (next !== Infinity) this.wake.at(this.context.clock.tickOf(next));
  }
}
